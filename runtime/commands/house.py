"""`init` and `upgrade`: the house itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from casework.offices import Role
from casework.refusals import BadInput
from papers.card import Card
from papers.envelope import new_keypair
from papers.files import unused, write_whole
from runtime.clock import SystemClock
from runtime.commands.backup import DATABASE, MARK, by_hand, write_backup
from runtime.commands.common import console, run, service
from runtime.settings import Settings, load_settings
from runtime.wiring import CARD, Service, has_demo_keys, read_card
from storage.migrate import HEAD
from storage.store import version_of

#: How the first person of the province is called when nobody says otherwise, and what he may do: let
#: others in, take in what no county can, and see what is late.
FIRST = "省级督办员"
FIRST_ROLES = frozenset({Role.SUPERVISOR, Role.DISPATCHER, Role.SYSADMIN})

#: A dump of PostgreSQL older than this is no copy of what an upgrade is about to change.
FRESH = timedelta(hours=1)


def init(
    card: Annotated[
        Path | None, typer.Option("--card", help="纪检机关 inbox init 给的 card.json;可以以后再补")
    ] = None,
    first: Annotated[str, typer.Option("--first", help="省级第一位工作人员的称呼")] = FIRST,
) -> None:
    settings = load_settings()
    if has_demo_keys(settings.data_dir):
        raise BadInput(
            f"{settings.data_dir} 是演示用的,钥匙都在里面,不能正式办公。"
            "把 XIANGSHENG_DATA_DIR 设成一个空文件夹,再运行 init。"
        )
    known = read_card(card) if card else None

    async def starting() -> None:
        async with service() as opened:
            if known:
                await _refuse_another_card(opened, known)
            _say_content(opened)
            await _register(opened, known)
            await _escrow(opened)
            await _first_person(opened, first)
            console.print("本机的签名公钥,交给纪检机关,在那边运行 xiangsheng inbox trust:")
            console.print(opened.signing.public_text, soft_wrap=True)

    run(starting)


async def _refuse_another_card(opened: Service, known: Card) -> None:
    """Reports are sealed to one office from the first on: another card later would open none."""
    office = opened.office.content.organisation.discipline.id
    if known.office != office:
        raise BadInput(f"卡片是 {known.office} 的,这里要的是 {office}。")
    kept = await opened.store.public_of(office)
    if kept not in (None, bytes.fromhex(known.box)):
        raise BadInput("纪检机关的公钥已经登记过,和这张卡片不是同一把。没有改。")


def _say_content(opened: Service) -> None:
    settings, content = opened.settings, opened.office.content
    console.print(
        f"内容文件夹:{settings.content},里面有 {len(content.organisation.units)} 个单位。",
        soft_wrap=True,
    )
    if not settings.has_own_content:
        console.print(
            "这是程序自带的演示机构。正式办公请先复制一份、改成本省的单位,"
            "把 XIANGSHENG_CONTENT 设成它,换一个空的数据文件夹再 init。",
            soft_wrap=True,
        )


async def _register(opened: Service, known: Card | None) -> None:
    office, kept = opened.office.content.organisation.discipline, opened.settings.data_dir / CARD
    if known:
        await opened.store.make_unit_key(office.id, bytes.fromhex(known.box))
        write_whole(kept, known.to_bytes())
        console.print(f"登记了{office.name}的公钥卡片。")
    elif await opened.store.public_of(office.id) is None:
        console.print(
            "还没有纪检机关的公钥卡片,登记以前不收反映:"
            "请纪检机关在自己的机器上运行 xiangsheng inbox init,把 card.json 交来,"
            "再运行一次 xiangsheng init --card card.json。",
            soft_wrap=True,
        )


async def _escrow(opened: Service) -> None:
    private, public = new_keypair()
    if await opened.store.make_unit_key(opened.office.content.organisation.escrow.id, public):
        console.print("离线保管人的钥匙(只显示这一次,抄在纸上锁起来):")
        console.print(private.hex(), soft_wrap=True)
    else:
        console.print("离线保管人的钥匙早就有了,没有再做。")


async def _first_person(opened: Service, name: str) -> None:
    """Where somebody of the province is known, nobody is added."""
    province, now = opened.office.content.organisation.province.id, opened.office.clock.now()
    async with opened.office.files() as files:
        people = await files.people.in_unit(province)
        if people:
            shown = "、".join(f"{each.name}({each.id})" for each in people)
            console.print(
                f"省级已经有人了:{shown},没有再加。"
                "谁的邀请链接丢了或过期了,运行 xiangsheng staff login-link 编号。",
                soft_wrap=True,
            )
            return
        person = await files.people.add(name, province, FIRST_ROLES)
        token = await files.people.link(person.id, "invite", now=now)
    console.print("省级第一位工作人员的邀请链接(7天内有效):")
    console.print(f"{opened.settings.base_url}/desk/invite/{token}", soft_wrap=True)


def upgrade() -> None:
    settings = load_settings()
    if not settings.database_url and not (settings.data_dir / DATABASE).exists():
        raise BadInput(
            f"{settings.data_dir} 里没有数据库,没有东西要升级。新装运行 xiangsheng init。"
        )
    if run(lambda: version_of(settings.data_dir, settings.database_url)) == HEAD:
        console.print(f"表已经是最新的({HEAD}),什么也没有改,也没有另做备份。")
        return
    _keep_a_copy(settings)

    async def upgrading() -> None:
        async with service():
            console.print(f"表升到了最新的({HEAD})。")

    run(upgrading)


def _keep_a_copy(settings: Settings) -> None:
    """Raises `BadInput` where PostgreSQL has not just been dumped by hand."""
    now = SystemClock().now()
    if settings.is_sqlite:
        target = unused(settings.data_dir, now, before="before-upgrade-", after=".tar")
        count = write_backup(target)
        console.print(f"先备份好了:{target},{count} 个文件。", soft_wrap=True)
        return
    mark = settings.data_dir / MARK
    if not mark.exists() or now.timestamp() - mark.stat().st_mtime > FRESH.total_seconds():
        copy = unused(settings.data_dir, now, before="before-upgrade-", after=".tar")
        raise BadInput(f"要改表了,先备份,再运行 upgrade。{by_hand(settings, copy)}")
