"""`jobs`, `batch`, `log`, `staff`, `announce`, `import`: what the office does from the shell."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.progress import Progress as Bar

from casework.actions.training import announce as announce_training
from casework.clues import checked_month
from casework.offices import Role
from casework.receipts import read_code
from casework.refusals import BadInput
from casework.shelves import Craftsman, Progress
from casework.transparency import digits, frontier_of, leaf_hash
from papers.ledger import SheetError, read_craftsmen
from runtime.clock import SetClock
from runtime.commands.common import console, day, moment, run, service, show_json
from runtime.wiring import Service
from scheduler.clockwork import replay as replay_jobs
from scheduler.clockwork import run as run_job
from scheduler.hand_over import Recipient, push, seal_month

jobs = typer.Typer(help="定时任务", no_args_is_help=True)
batch = typer.Typer(help="每月移交", no_args_is_help=True)
log = typer.Typer(help="公开日志", no_args_is_help=True)
staff = typer.Typer(help="工作人员", no_args_is_help=True)
imports = typer.Typer(help="导入表格", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查,不写入")]


@jobs.command("list")
def jobs_list(as_json: Json = False) -> None:
    """什么时候做什么。"""

    async def listing() -> None:
        async with service() as opened:
            now = opened.office.clock.now()
            for job in opened.jobs():
                async with opened.office.reading() as reading:
                    last = await reading.counters.last_run(job.name)
                row = {
                    "job": job.name, "when": job.when, "does": job.says, "last": last,
                    "next": job.next_after(now),
                }  # fmt: skip
                if as_json:
                    show_json(row)
                else:
                    console.print(
                        f"{job.name:10} {job.when:14} {job.says}  上次 {last or '还没跑过'}"
                    )

    run(listing)


@jobs.command("run")
def jobs_run(name: str, at: Annotated[str | None, typer.Option("--at")] = None) -> None:
    """现在跑一个任务,或者当作某个时间跑。"""

    async def running() -> None:
        clock = SetClock(moment(at)) if at else None
        async with service(clock=clock) as opened:
            found = next((job for job in opened.jobs() if job.name == name), None)
            if found is None:
                names = "、".join(job.name for job in opened.jobs())
                raise BadInput(f"没有叫 {name} 的任务。有:{names}")
            console.print(await run_job(found, opened.office))

    run(running)


@jobs.command("replay")
def jobs_replay(
    start: Annotated[str, typer.Option("--from")], end: Annotated[str, typer.Option("--to")]
) -> None:
    """把一段日子的任务按顺序过一遍。"""

    async def replaying() -> None:
        first, last = moment(start), moment(end)
        clock = SetClock(first)
        async with service(clock=clock) as opened:
            runs = replay_jobs(opened.jobs(), first, last)
            with Bar(transient=True) as bar:
                for at, job in bar.track(runs, description="过日子"):
                    clock.at = at
                    await run_job(job, opened.office)
            console.print(f"过了 {len(runs)} 次任务,{first:%m-%d} 到 {last:%m-%d}")

    run(replaying)


def _recipient(opened: Service) -> Recipient:
    if opened.recipient is None:
        raise BadInput(
            "纪检机关的公钥还没有登记:把它的 card.json 放好,设 XIANGSHENG_DISCIPLINE_KEYS。"
        )
    return opened.recipient


@batch.command("seal")
def batch_seal(month: Annotated[str, typer.Option("--month")]) -> None:
    """封存一个月的线索。"""

    async def sealing() -> None:
        async with service() as opened:
            row = await seal_month(
                opened.office,
                checked_month(month),
                recipient=_recipient(opened),
                key=opened.signing,
            )
            console.print(f"{row.number}:{row.count} 件,摘要 {digits(bytes.fromhex(row.digest))}")

    run(sealing)


@batch.command("send")
def batch_send(dry_run: DryRun = False) -> None:
    """把还没有回执的批次送出去。"""

    async def sending() -> None:
        async with service() as opened:
            to = _recipient(opened)
            if not to.url:
                raise BadInput("还没有设 XIANGSHENG_DISCIPLINE_URL,不知道送到哪里。")
            async with opened.office.reading() as reading:
                waiting = [row for row in await reading.batches.all() if not row.receipt]
            if dry_run:
                console.print(f"会送 {len(waiting)} 批到 {to.url}。没有送。")
                return
            async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
                for row in waiting:
                    await push(opened.office, row, to, client)
                    console.print(f"{row.number} 已送到,有回执。")
            if not waiting:
                console.print("没有等着送的批次。")

    run(sending)


@batch.command("write")
def batch_write(folder: Path) -> None:
    """写到光盘目录:加密的批次、校验和、纸质交接单。"""

    folder.mkdir(parents=True, exist_ok=True)

    async def writing() -> None:
        async with service() as opened:
            async with opened.office.reading() as reading:
                for row in await reading.batches.all():
                    if row.receipt:
                        continue
                    content = await reading.batches.content(row.number)
                    (folder / f"{row.number}.age").write_bytes(content)
                    (folder / f"{row.number}.txt").write_text(
                        f"批次 {row.number}\n月份 {row.month}\n件数 {row.count}\n"
                        f"摘要 {digits(bytes.fromhex(row.digest))}\n移交人____ 接收人____\n",
                        encoding="utf-8",
                    )
                    console.print(f"{row.number}.age 和交接单已写到 {folder}")

    run(writing)


@batch.command("list")
def batch_list(as_json: Json = False) -> None:
    """每个月移交到哪一步了。"""

    async def listing() -> None:
        async with service() as opened, opened.office.reading() as reading:
            for row in await reading.batches.all():
                state = "有回执" if row.receipt else f"等回执,送过 {row.attempts} 次 {row.trouble}"
                if as_json:
                    show_json(
                        {"number": row.number, "count": row.count, "receipt": bool(row.receipt)}
                    )
                else:
                    console.print(f"{row.number} {row.count} 件 {state}")

    run(listing)


@log.command("verify")
def log_verify(as_json: Json = False) -> None:
    """把日志从头算一遍,和现在的头对上。"""

    async def verifying() -> None:
        async with service() as opened, opened.office.reading() as reading:
            head = await reading.log.head()
            bodies = await reading.log.bodies(0, head.size)
            whole = frontier_of([leaf_hash(body) for body in bodies])
        fits = whole == head
        if as_json:
            show_json({"size": head.size, "root": head.root().hex(), "ok": fits})
        else:
            console.print(
                f"{head.size} 条,头 {digits(head.root())},{'对得上' if fits else '对不上!'}"
            )
        if not fits:
            raise typer.Exit(2)

    run(verifying)


@log.command("prove")
def log_prove(receipt: str) -> None:
    """凭编号证明那件反映还在日志里。"""

    async def proving() -> None:
        code = read_code(receipt)
        async with service() as opened, opened.office.reading() as reading:
            keys = await opened.store.house.codes.open(code)
            await reading.mailboxes.open(code)
            head = await reading.log.head()
            bodies = await reading.log.bodies(0, head.size)
            index = next(n for n, body in enumerate(bodies) if keys.tag.hex().encode() in body)
            proof = await reading.log.proof(index)
        show_json(
            {
                "index": index, "leaf": proof.leaf.hex(), "size": proof.size,
                "root": proof.root.hex(), "path": [each.hex() for each in proof.path],
            }
        )  # fmt: skip

    run(proving)


@staff.command("add")
def staff_add(
    name: str,
    unit: Annotated[str, typer.Option("--unit")],
    role: Annotated[list[Role] | None, typer.Option("--role")] = None,
) -> None:
    """加一位工作人员,打印邀请链接。"""

    async def adding() -> None:
        async with service() as opened:
            if unit not in opened.office.content.organisation:
                raise BadInput(f"没有这个单位:{unit}")
            now = opened.office.clock.now()
            async with opened.office.files() as files:
                person = await files.people.add(name, unit, frozenset(role or [Role.HANDLER]))
                token = await files.people.link(person.id, "invite", now=now)
            console.print(f"{person.id} {name}")
            console.print(f"{opened.settings.base_url}/desk/invite/{token}", soft_wrap=True)

    run(adding)


async def _person_named(opened: Service, name: str) -> str:
    async with opened.store.reading() as reading:
        people = await reading.people.all()
    found = [p for p in people if name in (p.id, p.name)] or [p for p in people if not name]
    if not found:
        raise BadInput(f"没有叫“{name}”的工作人员。")
    return found[0].id


@staff.command("login-link")
def staff_login_link(name: Annotated[str, typer.Argument()] = "") -> None:
    """打印一个一次性登录链接(10分钟)。"""

    async def linking() -> None:
        async with service() as opened:
            person = await _person_named(opened, name)
            async with opened.office.files() as files:
                token = await files.people.link(person, "login", now=opened.office.clock.now())
            console.print(f"{opened.settings.base_url}/desk/login/{token}", soft_wrap=True)

    run(linking)


@staff.command("list")
def staff_list() -> None:
    """都有谁。"""

    async def listing() -> None:
        async with service() as opened, opened.store.reading() as reading:
            for person in await reading.people.all():
                console.print(
                    f"{person.id} {person.name} {person.unit} {','.join(sorted(person.roles))}"
                )

    run(listing)


@staff.command("token")
def staff_token(
    name: str,
    password: Annotated[str, typer.Option(prompt=False, hide_input=True)] = "",
) -> None:
    """打印接口用的令牌;不是演示就要密码。"""

    async def making() -> None:
        async with service() as opened:
            person, now = await _person_named(opened, name), opened.office.clock.now()
            async with opened.office.files() as files:
                link = await files.people.link(person, "login", now=now)
                session = await files.people.use_link(link, "login", now=now)
                if not session.is_open:
                    secret = password or typer.prompt("密码", hide_input=True)
                    await files.people.unlock(session.token, secret, now=now)
            console.print(session.token, soft_wrap=True)

    run(making)


@imports.command("craftsmen")
def import_craftsmen(file: Path, dry_run: DryRun = False) -> None:
    """导入工匠名册(xlsx 或 csv)。有一行不对就一行也不写。"""

    async def importing() -> None:
        async with service() as opened:
            people = list(_craftsmen(file, opened))
            if dry_run:
                console.print(f"检查过了,{len(people)} 人,没有写入。")
                return
            async with opened.office.files() as files:
                new, changed = await files.craftsmen.upsert(people)
            console.print(
                f"新增 {new} 人,更新 {changed} 人,没变 {len(people) - new - changed} 人。"
            )

    run(importing)


def _craftsmen(file: Path, opened: Service) -> Iterator[Craftsman]:
    try:
        rows = read_craftsmen(file.read_bytes(), file.name)
    except FileNotFoundError:
        raise BadInput(f"没有这个文件:{file}") from None
    except SheetError as fault:
        raise BadInput(str(fault)) from None
    for row in rows:
        found = opened.knows.gazetteer.find(row.county)
        yield Craftsman(
            id=f"c-{secrets.token_hex(6)}", name=row.name, phone=row.phone, county=found.county,
            township=row.township, trade=row.trade, certificate=row.certificate,
        )  # fmt: skip


def announce(
    text: str,
    county: Annotated[str, typer.Option("--county", help="县名或代码;空着是全省")] = "",
    dry_run: DryRun = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="等发完,显示进度")] = True,
) -> None:
    """给一个县的工匠发培训通知。"""

    async def announcing() -> None:
        async with service() as opened:
            code = _county(opened, county)
            async with opened.office.reading() as reading:
                number = await reading.craftsmen.count(code)
            if dry_run:
                console.print(f"会发给 {number} 人(其中能联系到的才发得出去)。没有发送。")
                return
            made = await announce_training(
                opened.office, id=f"a-{secrets.token_hex(6)}", text=text, county=code, by="shell"
            )
            await _watch(opened, made.id, wait=wait)

    run(announcing)


def _county(opened: Service, county: str) -> str:
    if not county:
        return ""
    code = (
        county if county in opened.knows.gazetteer else opened.knows.gazetteer.find(county).county
    )
    if not code:
        raise BadInput(f"没有找到“{county}”这个县。")
    return code


async def _watch(opened: Service, announcement: str, *, wait: bool) -> None:
    with Bar() as bar:
        task = bar.add_task("发送", total=None)
        while True:
            async with opened.office.reading() as reading:
                progress: Progress = await reading.craftsmen.progress(announcement)
            reachable = progress.total - progress.unreachable
            bar.update(task, total=max(reachable, 1), completed=reachable - progress.waiting)
            if not (wait and progress.waiting):
                break
            await asyncio.sleep(1)
    console.print(
        f"共 {progress.total} 人:送到 {progress.sent},失败 {progress.failed},"
        f"不知道到没到 {progress.unknown},等着 {progress.waiting},联系不上 {progress.unreachable}"
    )
    for name, reason in progress.failures:
        console.print(f"  {name}:{reason}")


__all__ = ["announce", "batch", "day", "imports", "jobs", "log", "staff"]
