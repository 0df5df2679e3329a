"""Somebody at the office types the code of his desk to the bot, and is told his urgent reports there."""

from __future__ import annotations

from dataclasses import replace

from casework.actions import rostering
from casework.alerts import CHAT
from casework.shelves import Talk
from papers.envelope import keypair_from_seed
from scheduler.tellers import Chat, Notifier
from tests.bot.channels.telegram.conftest import Account
from tests.offices import COUNTY, TestOffice

CHAT_OF_HIS, CHAT_OF_HERS = 4711, 815


async def code_of_the_desk(office: TestOffice) -> tuple[str, str]:
    async with office.reading() as reading:
        (clerk,) = await reading.people.with_key(COUNTY)
    return clerk.id, await rostering.offer_binding(office.office, await office.keyring(clerk))


async def test_what_the_desk_shows_binds_the_account_that_types_it(account: Account) -> None:
    who, code = await code_of_the_desk(account.office)

    account.platform.says(CHAT_OF_HIS, f"绑定 {code[:4]} {code[4:]}")
    await account.answers(CHAT_OF_HIS, "绑定好了")

    private = keypair_from_seed(account.office.store.keys.service("notifier"))[0]
    sender = account.pump.senders["telegram"]
    notifier = Notifier(CHAT, Chat(sender), account.office.office, private)
    async with account.office.reading() as reading:
        sealed = await reading.ways.sealed(who, CHAT)
    assert sealed is not None
    assert notifier._address(who, sealed) == str(CHAT_OF_HIS)
    await Chat(sender).tell(str(CHAT_OF_HIS), "乡声:试一试。")
    assert account.platform.heard_by(CHAT_OF_HIS)[-1] == "乡声:试一试。"


async def test_a_code_that_is_none_binds_nobody_and_leaves_her_talk_as_it_was(
    account: Account,
) -> None:
    account.platform.says(CHAT_OF_HERS, "我要反映村会计收了三千块")
    await account.all_done()
    before = await talk_of(account, CHAT_OF_HERS)

    account.platform.says(CHAT_OF_HERS, "绑定 AAAA AAAA")
    await account.answers(CHAT_OF_HERS, "这个绑定码不对")

    assert before is not None
    assert before.waits
    after = await talk_of(account, CHAT_OF_HERS)
    assert after is not None
    assert replace(after, at=before.at) == before


async def talk_of(account: Account, chat: int) -> Talk | None:
    async with account.office.reading() as reading:
        return await reading.talks.load("telegram", str(chat))
