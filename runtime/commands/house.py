"""`init` and `upgrade`: the house itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casework.offices import Role
from casework.refusals import BadInput
from papers.envelope import new_keypair
from papers.files import write_whole
from runtime.commands.backup import DATABASE, write_backup
from runtime.commands.common import console, run, service
from runtime.settings import load_settings
from runtime.wiring import CARD, read_card


def init(
    card: Annotated[Path, typer.Option("--card", help="纪检机关 inbox init 给的 card.json")],
    first: Annotated[str, typer.Option("--first", help="省级第一位工作人员的称呼")] = "省级督办员",
) -> None:

    async def starting() -> None:
        known = read_card(card)
        async with service() as opened:
            organisation = opened.office.content.organisation
            if known.office != organisation.discipline.id:
                raise BadInput(
                    f"卡片是 {known.office} 的,这里要的是 {organisation.discipline.id}。"
                )
            await opened.store.make_unit_key(known.office, bytes.fromhex(known.box))
            private, public = new_keypair()
            if await opened.store.make_unit_key(organisation.escrow.id, public):
                console.print("离线保管人的钥匙(只显示这一次,抄在纸上锁起来):")
                console.print(private.hex(), soft_wrap=True)
            write_whole(opened.settings.data_dir / CARD, known.to_bytes())
            now = opened.office.clock.now()
            async with opened.office.files() as files:
                roles = frozenset({Role.SUPERVISOR, Role.DISPATCHER})
                person = await files.people.add(first, organisation.province.id, roles)
                token = await files.people.link(person.id, "invite", now=now)
            console.print("省级第一位工作人员的邀请链接(7天内有效):")
            console.print(f"{opened.settings.base_url}/desk/invite/{token}", soft_wrap=True)
            console.print(f"本机的签名公钥,交给纪检机关 inbox trust:{opened.signing.public_text}")

    run(starting)


def upgrade() -> None:
    settings = load_settings()
    target = settings.data_dir / "before-upgrade.tar"
    if not settings.database_url and (settings.data_dir / DATABASE).exists():
        count = write_backup(target)
        console.print(f"先备份好了:{target},{count} 个文件。", soft_wrap=True)

    async def upgrading() -> None:
        async with service():
            console.print("表是最新的。")

    run(upgrading)
