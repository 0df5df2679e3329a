"""The bot talks where nobody reads along; and it understands what menus and links write."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text as sql

from tests.bot.channels.telegram.conftest import Account
from tests.bot.channels.telegram.peer import message
from tests.bot.conftest import log_size
from tests.offices import UNDERSTANDING

COMMANDS = UNDERSTANDING.lexicon.commands

TEXTS = UNDERSTANDING.content.texts
PRIVATE_ONLY = TEXTS("telegram.private_only")
SHE = 7001
GROUPS = {"group": -4001, "supergroup": -1001234567890}
PERSON = {"id": SHE, "is_bot": False, "first_name": "村民"}

REPORT = ("反映", "支书扣了俺3000块", "鲁山县", "去年", "对", "要", "没有", "没有了", "提交")


async def rows(account: Account, table: str) -> int:
    async with account.office.reading() as reading:
        found = await reading.connection.execute(sql(f"select count(*) from {table}"))
        return int(found.scalar_one())


@pytest.mark.parametrize("kind", GROUPS)
async def test_in_a_group_one_sentence_is_said_and_nothing_is_taken(
    account: Account, kind: str
) -> None:
    platform, group = account.platform, GROUPS[kind]
    for words in REPORT:
        update = {"message": message(group, type=kind, text=words, **{"from": PERSON})}
        platform.brings(update)
    photo = [{"file_id": "one"}]
    platform.brings({"message": message(group, type=kind, photo=photo, caption="墙裂了")})
    platform.brings({"message": message(group, type=kind, text="/start@XiangshengBot 410423")})
    platform.brings({"message": message(group, type=kind, text={"odd": 1})})

    await account.all_done()

    assert [(each["chat_id"], each["text"]) for each in platform.sent] == [
        (str(group), PRIVATE_ONLY)
    ]
    assert "请私聊我" in PRIVATE_ONLY
    assert await log_size(account.office) == 0
    assert [await rows(account, table) for table in ("inbound", "talks")] == [0, 0]

    account.office.wait(hours=1)
    platform.brings({"message": message(group, type=kind, text="还在吗")})
    await account.all_done()
    assert len(platform.sent) == 2


async def test_a_restart_in_the_hour_says_it_no_second_time(account: Account) -> None:
    group = GROUPS["group"]
    account.platform.brings({"message": message(group, type="group", text="在吗")})
    await account.all_done()
    account.poller._told = ("", set())

    account.platform.brings({"message": message(group, type="group", text="在吗")})
    await account.all_done()

    assert len(account.platform.sent) == 1


@pytest.mark.parametrize("kind", [*GROUPS, "channel"])
async def test_whoever_puts_the_bot_into_a_group_is_told_the_same(
    account: Account, kind: str
) -> None:
    def moved(was: str, now: str) -> dict[str, Any]:
        member = {
            "chat": {"id": -4001, "type": kind}, "from": PERSON, "date": 1,
            "old_chat_member": {"status": was}, "new_chat_member": {"status": now},
        }  # fmt: skip
        return {"my_chat_member": member}

    account.platform.brings(moved("left", "administrator"))
    account.platform.brings(moved("administrator", "member"))
    account.platform.brings(moved("member", "kicked"))
    account.platform.brings({"channel_post": message(-4001, type=kind, text="通知")})
    account.platform.brings({"edited_message": message(-4001, type=kind, text="通知")})
    await account.all_done()

    assert [each["text"] for each in account.platform.sent] == [PRIVATE_ONLY]


async def test_a_button_pressed_in_a_group_is_released_with_the_sentence_and_not_taken(
    account: Account,
) -> None:
    pressed = {"id": "9", "from": PERSON, "data": "report", "chat_instance": "1"}
    where = message(GROUPS["group"], type="group")
    account.platform.brings({"callback_query": {**pressed, "message": where}})
    account.platform.brings({"callback_query": pressed})
    await account.all_done()

    assert [each["text"] for each in account.platform.pressed] == [PRIVATE_ONLY] * 2
    assert account.platform.sent == []
    assert await rows(account, "inbound") == 0


async def test_every_button_of_her_own_is_released_also_when_it_comes_twice(
    account: Account,
) -> None:
    pressed = {"id": "9", "from": PERSON, "data": "report", "message": message(SHE)}
    old = {"chat": {"id": SHE, "type": "private"}, "message_id": 1, "date": 0}
    for _ in range(2):
        account.platform.brings({"callback_query": pressed}, number=7)
    account.platform.brings({"callback_query": {**pressed, "message": old, "data": "phone"}})
    await account.until(lambda: len(account.platform.pressed) == 3)
    await account.all_done()

    assert all("text" not in each for each in account.platform.pressed)
    assert sum("出了啥事" in said for said in account.platform.heard_by(SHE)) >= 1


#: What menus, groups and people write, and what is answered.
WRITTEN = {
    "/start": "您好", "/start@XiangshengBot": "您好", "/START@xiangshengBOT": "您好",
    "/start@another_bot": "您好", "/start 410423": "您这里是平顶山市鲁山县",
    "/start@XiangshengBot place_410423101": "您这里是平顶山市鲁山县",
    "/start of-a-poster": "您好", "/start ": "您好", "/start 1": "您好",
    "/menu": "想干啥", "/menu@Bot": "想干啥", "/report": "出了啥事", "/report@Bot": "出了啥事",
    "/report@Bot 村里收了俺3000": "是哪个县", "/status": "20位编号", "/ask": "请直接问",
    "/ask 俺家危房能补多少钱": "别处的例子", "/human": "12345", "/phone@Bot": "12388",
    "/cancel": "不弄了", "/cancel@Bot 算了吧": "不弄了", "/help": "说错了说“返回”",
    "/training": "手机号", "/again": "您好", "/back": "您好", "/unsubscribe": "不再发培训",
}  # fmt: skip


async def test_commands_are_understood_as_menus_groups_and_people_write_them(
    account: Account,
) -> None:
    for n, (words, answer) in enumerate(WRITTEN.items()):
        account.platform.says(8000 + n, words)
        await account.all_done()

        assert answer in "\n".join(account.platform.heard_by(8000 + n)), words


def test_every_verb_has_its_command() -> None:
    assert {f"/{verb}" for verb in COMMANDS.values()} <= COMMANDS.keys()


async def test_in_a_report_a_command_is_no_answer_and_a_linked_place_is_one(
    account: Account,
) -> None:
    platform = account.platform
    for words in ("反映", "村里收了俺3000", "/help@XiangshengBot"):
        platform.says(SHE, words)
    await account.answers(SHE, "说错了说“返回”")

    platform.says(SHE, "/start 410423101")
    await account.answers(SHE, "大概啥时候")

    platform.says(SHE, "/back@XiangshengBot")
    await account.all_done()
    assert "是哪个县" in platform.heard_by(SHE)[-1]

    platform.says(SHE, "/cancel@XiangshengBot")
    await account.answers(SHE, "不弄了")
