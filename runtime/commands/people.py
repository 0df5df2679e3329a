"""`staff`: who works here, invitations, sign-in links, and tokens for programs."""

from __future__ import annotations

import stat
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from casework.actions import staffing
from casework.offices import Role
from casework.refusals import BadInput
from casework.workdays import SHANGHAI
from runtime.commands.common import console, run, service
from runtime.wiring import Service, has_demo_keys

staff = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="姓名或编号")]


@staff.command("add")
def staff_add(
    name: Annotated[str, typer.Argument(help="同事看到的称呼")],
    unit: Annotated[str, typer.Option("--unit", help="单位编号,如 housing-410423")],
    role: Annotated[
        list[Role] | None, typer.Option("--role", help="做什么的,可以写几个;不写是承办人")
    ] = None,
    until: Annotated[str, typer.Option("--until", help="做到哪一天,如 2026-11-30,当天24点停")] = "",
) -> None:
    """加一位工作人员,打印邀请链接。密码由本人自己设。"""

    async def adding() -> None:
        async with service() as opened:
            roles = role or [Role.HANDLER]
            person, token = await staffing.invite(
                opened.office, None, name, unit, roles, until=_day(until)
            )
            console.print(f"{person.id} {person.name}")
            console.print(f"{opened.settings.base_url}/desk/invite/{token}", soft_wrap=True)

    run(adding)


async def _person_named(opened: Service, name: str) -> str:
    """Whom a name means. The demo may leave it out; nobody is ever guessed between two."""
    async with opened.store.reading() as reading:
        people = await reading.people.all()
    found = [p for p in people if name in (p.id, p.name)] if name else list(people)
    if not found:
        raise BadInput(f"没有叫“{name}”的工作人员。")
    if len(found) > 1 and not (has_demo_keys(opened.settings.data_dir) and not name):
        if not name:
            raise BadInput("请写明是谁。都有谁,看 xiangsheng staff list。")
        each = ";".join(f"{p.id}({p.unit})" for p in found)
        raise BadInput(f"有 {len(found)} 个人叫“{name}”,请写编号:{each}")
    return found[0].id


@staff.command("login-link")
def staff_login_link(
    name: Annotated[str, typer.Argument(help="姓名或编号;演示时可以不写")] = "",
) -> None:
    """打印一个一次性登录链接(10分钟内有效);还没有设密码的人,打印新的邀请链接(7天内有效)。"""

    async def linking() -> None:
        async with service() as opened:
            person = await _person_named(opened, name)
            async with opened.store.files() as files:
                purpose = "login" if await files.people.has_password(person) else "invite"
                token = await files.people.link(person, purpose, now=opened.office.clock.now())
            console.print(f"{opened.settings.base_url}/desk/{purpose}/{token}", soft_wrap=True)

    run(linking)


@staff.command("list")
def staff_list() -> None:
    """都有谁:编号、称呼、单位、做什么的。"""

    async def listing() -> None:
        async with service() as opened, opened.store.reading() as reading:
            for person in await reading.people.all():
                console.print(
                    f"{person.id} {person.name} {person.unit} {','.join(sorted(person.roles))}"
                )

    run(listing)


Yes = Annotated[bool, typer.Option("--yes", help="不再问一遍")]
Last = Annotated[str, typer.Option("--until", help="做到哪一天,如 2026-11-30,当天24点停")]


@staff.command("give")
def staff_give(
    name: Name,
    role: Annotated[Role, typer.Option("--role", help="加哪个岗位")],
    since: Annotated[str, typer.Option("--since", help="从哪一天起;不写是现在起")] = "",
    until: Last = "",
) -> None:
    """加岗位。办件的岗位,还要他单位的同事让他进来,才看得到件。"""

    async def giving() -> None:
        async with service() as opened:
            person = await _person_named(opened, name)
            await staffing.give(
                opened.office, None, person, role, since=_day(since), until=_day(until)
            )
            await _say_posts(opened, person)

    run(giving)


@staff.command("end")
def staff_end(
    name: Name,
    role: Annotated[Role, typer.Option("--role", help="停哪个岗位")],
    until: Last = "",
) -> None:
    """岗位到期;不写日子,马上停。"""

    async def ending() -> None:
        async with service() as opened:
            person, now = await _person_named(opened, name), opened.office.clock.now()
            async with opened.store.reading() as reading:
                posts = await reading.people.posts(person)
            standing = [p for p in posts if p.role is role and not p.is_over(now)]
            if not standing:
                raise BadInput(f"他现在没有“{role.label}”这个岗位。")
            for post in standing:
                await staffing.end(opened.office, None, person, role, post.since, last=_day(until))
            await _say_posts(opened, person)

    run(ending)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput("日子要写成 2026-11-30 这样。") from None


async def _say_posts(opened: Service, person: str) -> None:
    now = opened.office.clock.now()
    async with opened.store.reading() as reading:
        unit = (await reading.people.person(person)).unit
        for post in await reading.people.posts(person):
            if not post.is_over(now):
                until = (
                    f",到 {post.until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if post.until else ""
                )
                since = f"{post.since.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 起"
                console.print(f"{person} {post.role.label}({since}{until})")
    await _say_lock(opened, unit)


async def _say_lock(opened: Service, unit: str) -> None:
    async with opened.store.reading() as reading:
        state = await reading.unit_keys.state(unit)
    if state.due:
        console.print(f"{unit} 还没换锁:那里下一位有钥匙的同事登录时,系统自己换。")


@staff.command("move")
def staff_move(
    name: Name,
    unit: Annotated[str, typer.Option("--unit", help="调到哪个单位,如 housing-410423")],
    role: Annotated[list[Role], typer.Option("--role", help="到那边做什么,可以写几个")],
) -> None:
    """调走:在原单位等于离岗,到那边用原来的密码登录,等那边的同事让他进来。"""

    async def moving() -> None:
        async with service() as opened:
            person = await _person_named(opened, name)
            async with opened.store.reading() as reading:
                old = (await reading.people.person(person)).unit
            await staffing.move(opened.office, None, person, unit, role)
            console.print(f"{person} 调到了 {unit}。")
            await _say_lock(opened, old)

    run(moving)


@staff.command("reset")
def staff_reset(name: Name, yes: Yes = False) -> None:
    """重设密码:原来的密码马上不管用,打印新的邀请链接。设好以后要同事让他进来,才看得到件。"""

    async def resetting() -> None:
        async with service() as opened:
            person = await _person_named(opened, name)
            if not yes:
                typer.confirm(f"{person} 原来的密码马上不管用,收不回来。办吗?", abort=True)
            token = await staffing.reset(opened.office, None, person)
            console.print(f"{opened.settings.base_url}/desk/invite/{token}", soft_wrap=True)
            async with opened.store.reading() as reading:
                unit = (await reading.people.person(person)).unit
            await _say_lock(opened, unit)

    run(resetting)


@staff.command("remove")
def staff_remove(name: Name, yes: Yes = False) -> None:
    """离岗:马上什么也打不开,名字留在记录里。单位的钥匙由那里下一位登录的同事换。"""

    async def removing() -> None:
        async with service() as opened:
            person = await _person_named(opened, name)
            if not yes:
                typer.confirm(f"{person} 离岗,收不回来。办吗?", abort=True)
            await staffing.remove(opened.office, None, person)
            console.print(f"{person} 已经离岗。")
            async with opened.store.reading() as reading:
                unit = (await reading.people.person(person)).unit
            await _say_lock(opened, unit)

    run(removing)


@staff.command("token")
def staff_token(
    name: Name,
    password_file: Annotated[
        Path | None,
        typer.Option("--password-file", help="从文件读密码(权限要 600);写 - 是从管道读"),
    ] = None,
) -> None:
    """打印接口用的令牌。要本人的密码(演示不要);密码不写在命令里,免得别人从进程表看到。"""

    async def making() -> None:
        async with service() as opened:
            person, now = await _person_named(opened, name), opened.office.clock.now()
            async with opened.office.files() as files:
                link = await files.people.link(person, "login", now=now)
                session = await files.people.use_link(link, "login", now=now)
                salt = b"" if session.is_open else await files.people.salt_of(person)
            if not session.is_open:
                typed = _password(password_file)
                key = await opened.office.locks.password(typed, salt, caller="command line")
                async with opened.office.files() as files:
                    await files.people.unlock(session.token, key, now=now)
            await staffing.opened(opened.office, session.token)
            console.print(session.token, soft_wrap=True)

    run(making)


def _password(file: Path | None) -> str:
    """Typed unseen, or from a file that only its owner reads, or from a pipe."""
    if file is None:
        if not sys.stdin.isatty():
            raise BadInput(
                "这里没有终端,不能问密码。请用 --password-file 文件,或 --password-file -"
            )
        return str(typer.prompt("密码", hide_input=True))
    if str(file) == "-":
        return _first_line(sys.stdin.read())
    try:
        mode = file.stat().st_mode
        if stat.S_ISREG(mode) and mode & 0o077:
            raise BadInput(f"{file} 别人也读得到。先运行:chmod 600 {file}")
        return _first_line(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"密码文件读不了:{file}") from None


def _first_line(text: str) -> str:
    """An editor ends a file with a new line; the password does not have it."""
    lines = text.splitlines()
    if not lines or not lines[0]:
        raise BadInput("密码是空的。")
    return lines[0]
