"""Whatever one update is, whoever comes next is answered."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from typing import Any

import pytest

from bot.channels.telegram.polling import Pauses
from bot.channels.telegram.updates import KINDS, SERVICE
from casework.receipts import find_code
from tests.bot.channels.telegram.conftest import Account
from tests.bot.channels.telegram.peer import message, refusal
from tests.bot.conftest import A_PHOTO, A_VOICE, log_size
from tests.offices import UNDERSTANDING

COMMANDS = UNDERSTANDING.lexicon.commands

TEXTS = UNDERSTANDING.content.texts
SHE, NEXT = 7001, 7002
GROUP = -1001234567890
UNREADABLE, PRIVATE_ONLY = TEXTS("talk.unreadable"), TEXTS("telegram.private_only")

HUGE = "stands for a number that Python refuses to read"
#: What stands where something else should.
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, HUGE, 1.5, float("inf"), "", "0", "\ud83d",
    "支书\x00\x1d", "x" * 100_000, [], [None], [[]], {}, {"": {}}, {"id": {}}, [{"file_id": 7}],
)  # fmt: skip

PERSON = {"id": SHE, "is_bot": False, "first_name": "村民"}
WHOLE: tuple[dict[str, Any], ...] = (
    {"message": message(SHE, text="俺家危房能补多少钱")},
    {"message": message(SHE, text="反映", entities=[{"type": "bold", "offset": 0, "length": 2}])},
    {"message": message(SHE, text="/start 410423101")},
    {"message": message(SHE, photo=[{"file_id": "gone"}], caption="墙裂了", media_group_id="1")},
    {"message": message(SHE, voice={"file_id": "gone", "duration": 3})},
    {"message": message(SHE, text="转", forward_origin={"type": "hidden_user", "date": 1})},
    {"message": message(SHE, venue={"location": {}, "title": "村部", "address": "鲁山县"})},
    {"message": message(SHE, location={"latitude": 33.7, "longitude": 112.9})},
    {"message": message(GROUP, type="supergroup", text="支书扣了俺3000块")},
    {"edited_message": message(SHE, text="3000块", edit_date=2)},
    {"callback_query": {"id": "9", "from": PERSON, "data": "report", "message": message(SHE)}},
    {"my_chat_member": {"chat": {"id": GROUP, "type": "group"}, "from": PERSON, "date": 1,
                        "old_chat_member": {"status": "left"},
                        "new_chat_member": {"status": "member"}}},
)  # fmt: skip


def places(of: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a value, as the way to it."""
    inner = of.items() if isinstance(of, dict) else enumerate(of) if isinstance(of, list) else ()
    return [path, *(each for key, value in inner for each in places(value, (*path, key)))]


def mutated(chance: random.Random) -> Any:
    """An update with one to three things missing, odd, huge, from elsewhere or of another kind."""
    she = SHE + 10 * chance.randrange(1, 40)  # one of forty: nobody sends so much alone
    update: Any = json.loads(json.dumps(chance.choice(WHOLE)).replace(str(SHE), str(she)))
    update = {"update_id": 0, **update}
    for _ in range(chance.randint(1, 3)):
        *way, last = chance.choice([each for each in places(update) if each] or [("",)])
        inner = update
        for key in way:
            inner = inner[key]
        match chance.randrange(4):
            case 0 if isinstance(inner, dict):
                inner.pop(last, None)
            case 1 if isinstance(inner, dict):
                inner[str(chance.choice(("brand_new", *KINDS, *sorted(SERVICE)[:3])))] = {}
            case _ if isinstance(inner, dict | list) and last != "":
                inner[last] = deepcopy(chance.choice(ODD))
    return chance.choice(ODD) if chance.random() < 0.03 else update


def dumped(update: Any) -> str:
    """As JSON, a number of five thousand digits included."""
    return json.dumps(update).replace(f'"{HUGE}"', "1" + "0" * 4999)


SEED = 20261126


async def test_after_each_of_500_strange_updates_the_next_person_is_answered(
    account: Account,
) -> None:
    chance, platform = random.Random(SEED), account.platform

    for n in range(500):  # in fives, as a busy platform hands them over
        update = mutated(chance)
        if isinstance(update, dict) and update.get("update_id") == 0:
            # The true number; or one that came before, or none.
            lies = chance.random()
            update["update_id"] = platform.next if lies < 0.8 else chance.randint(1, platform.next)
        platform.brings_raw(dumped(update))
        platform.says(10_000 + n, "帮助")
        if n % 5 == 4:
            people = range(10_000 + n - 4, 10_000 + n + 1)
            await account.until(lambda: all(map(platform.heard_by, people)), within=5)  # noqa: B023

    await account.all_done()
    assert platform.queue == [] or platform.polls[-1]["offset"] >= platform.next
    assert len(platform.heard_by(GROUP)) == 1
    assert "xiangsheng_telegram_skipped_total{" in account.figures
    assert await log_size(account.office) == 0


def skipped(account: Account) -> float:
    return sum(
        float(line.rpartition(" ")[2])
        for line in account.figures.splitlines() if line.startswith("xiangsheng_telegram_skipped_total")
    )  # fmt: skip


async def test_what_has_no_name_is_logged_without_a_word_of_it_and_counted(
    account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    number = account.platform.brings({"message": {"text": "支书扣了俺3000块"}})
    account.platform.says(NEXT, "帮助")

    await account.answers(NEXT)

    lines = [each for each in caplog.records if each.getMessage() == "update skipped"]
    assert [(vars(each)["update"], vars(each)["fault"]) for each in lines] == [(number, "chat")]
    assert "支书" not in caplog.text
    assert skipped(account) == 1


async def test_an_old_message_forwarded_from_a_nameless_sender_is_answered_like_any_other(
    account: Account,
) -> None:
    hidden = {"type": "hidden_user", "date": 1422450181}
    account.platform.says(SHE, "帮助", forward_origin=hidden)
    account.platform.says(NEXT, "帮助")

    await account.answers(SHE, "直接说事就行")
    await account.answers(NEXT, "直接说事就行")


@pytest.mark.parametrize("known", [True, False], ids=["in the middle", "first of all"])
async def test_an_update_without_a_number_is_no_loop_and_stops_nobody(
    account: Account, known: bool
) -> None:
    platform = account.platform
    if known:
        platform.says(NEXT, "帮助")
        await account.all_done()
    for update in ({"message": message(SHE, text="反映")}, [], 7, None):
        platform.brings(update, number=None)
    await account.until(lambda: skipped(account) >= 4)
    platform.says(NEXT, "菜单")

    await account.answers(NEXT, "想干啥", within=5)

    assert platform.heard_by(SHE) == []
    await account.all_done()
    if known:  # numbers grow by one, so each was passed over and none came twice
        assert skipped(account) == 4


async def test_a_batch_that_leads_nowhere_is_asked_for_again_after_a_pause(
    account: Account,
) -> None:
    account.poller._pauses = Pauses(first=3600)
    account.platform.brings({"message": message(SHE, text="反映")}, number=None)
    await account.until(lambda: bool(skipped(account)))

    for _ in range(20):  # time enough for many a poll
        await account.pump.once("telegram")

    assert skipped(account) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"update_id": %d, "message": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"update_id": %d, "message": {"text": \'no JSON\'}}',
        '{"update_id": %d, "message": "' + "长" * 6_000_000 + '"}',
    ],
    ids=["deep", "no JSON", "larger than anything"],
)
async def test_one_that_spoils_its_batch_is_passed_over_and_the_others_come_one_by_one(
    account: Account, text: str
) -> None:
    platform = account.platform
    platform.says(SHE, "帮助")
    platform.brings_raw(text % platform.next)
    platform.says(NEXT, "帮助")

    await account.answers(SHE)
    await account.answers(NEXT)

    assert skipped(account) == 1
    await account.all_done()
    platform.says(SHE, "菜单")
    await account.answers(SHE, "想干啥")
    assert platform.polls[-1]["limit"] == 100


async def test_only_what_is_read_is_asked_for(account: Account) -> None:
    await account.until(lambda: bool(account.platform.polls))

    asked = account.platform.polls[0]["allowed_updates"]

    assert asked == ["message", "edited_message", "callback_query", "my_chat_member"]


async def test_the_menu_of_commands_is_published_and_each_command_is_known(
    account: Account,
) -> None:
    await account.until(lambda: bool(account.platform.commands))

    names = [each["command"] for each in account.platform.commands]

    assert {"report", "status", "menu", "cancel", "help"} <= set(names)
    assert all(f"/{name}" in COMMANDS for name in names)


#: What a phone can send in a chat of two beside words and files, and what it is told.
KINDS_OF_MESSAGE: dict[str, tuple[dict[str, Any], str]] = {
    "sticker": ({"sticker": {"file_id": "s", "type": "regular", "emoji": "👍"}}, UNREADABLE),
    "contact": ({"contact": {"phone_number": "1", "first_name": "x"}}, UNREADABLE),
    "dice": ({"dice": {"emoji": "🎲", "value": 3}}, UNREADABLE),
    "poll": ({"poll": {"id": "1", "question": "?", "options": []}}, UNREADABLE),
    "game": ({"game": {"title": "x"}}, UNREADABLE),
    "story": ({"story": {"id": 1}}, UNREADABLE),
    "of a later year": ({"hologram": {"file_id": "h"}}, UNREADABLE),
    "nothing": ({}, UNREADABLE),
    "words that are none": ({"text": {"text": "反映"}}, UNREADABLE),
    "only what no text holds": ({"text": "\x00\x1d"}, UNREADABLE),
}


async def test_what_is_not_words_is_answered_by_one_sentence_and_ends_no_talk(
    account: Account,
) -> None:
    platform = account.platform
    platform.says(SHE, "反映")
    await account.answers(SHE, "出了啥事")

    for fields, told in KINDS_OF_MESSAGE.values():
        before = len(platform.sent)
        platform.brings({"message": message(SHE, **fields)})
        await account.all_done()
        assert [each["text"] for each in platform.sent[before:]] == [told], fields

    platform.says(SHE, "村里收了俺3000")
    await account.answers(SHE, "是哪个县")


async def test_what_a_chat_tells_about_itself_is_not_answered(account: Account) -> None:
    for field in SERVICE:
        account.platform.brings({"message": message(SHE, **{field: [PERSON]})})
        account.platform.brings({"message": message(GROUP, type="group", **{field: [PERSON]})})

    await account.all_done()

    assert account.platform.sent == []


@pytest.mark.parametrize("field", ["photo", "voice", "audio", "video", "video_note", "document"])
async def test_every_kind_of_file_is_held_as_evidence(account: Account, field: str) -> None:
    platform = account.platform
    platform.files = {"one": A_PHOTO if field in ("photo", "document") else A_VOICE}
    item: Any = {"file_id": "one", "file_unique_id": "u"}
    platform.says(SHE, "反映")
    platform.brings(
        {"message": message(SHE, **{field: [item, item] if field == "photo" else item})}
    )

    await account.answers(SHE, "收到了。再说一句是啥事")


async def test_a_venue_answers_where(account: Account) -> None:
    venue = {"location": {}, "title": "人民路1号", "address": "河南省平顶山市鲁山县"}
    for words in ("反映", "村里收了俺3000"):
        account.platform.says(SHE, words)
    account.platform.brings({"message": message(SHE, venue=venue, location={})})

    await account.answers(SHE, "大概啥时候")


LOST, TOO_BIG = TEXTS("talk.file_lost"), TEXTS("talk.file_too_big")
FILES_THAT_DO_NOT_COME = {
    "gone": LOST, "broken": LOST, "half": LOST, "unknown": LOST, "stumbles": LOST, 7: LOST,
    "large": TOO_BIG, "larger": TOO_BIG,
}  # fmt: skip


async def test_a_file_that_does_not_come_is_told_and_the_words_beside_it_count(
    account: Account,
) -> None:
    platform = account.platform
    for n, (file, told) in enumerate(FILES_THAT_DO_NOT_COME.items()):
        chat = 8000 + n
        platform.says(chat, "反映")
        await account.answers(chat, "出了啥事")
        platform.brings({"message": message(chat, photo=[{"file_id": file}])})
        await account.all_done()
        photo = [{"file_id": file}]
        platform.brings({"message": message(chat, photo=photo, caption="村里收了俺3000")})
        await account.answers(chat, "是哪个县")

        said = platform.heard_by(chat)[-3:]
        assert said[:2] == [told, told], file


async def test_a_file_that_is_slow_keeps_nobody_else_waiting(account: Account) -> None:
    platform = account.platform
    for chat in range(8000, 8020):
        platform.brings({"message": message(chat, photo=[{"file_id": "slow"}])})
    platform.says(NEXT, "帮助")

    await account.answers(NEXT, within=5)

    assert all(platform.heard_by(chat) == [] for chat in range(8000, 8020))
    platform.held.set()
    await account.answers(8019, LOST)


async def test_an_edited_message_changes_what_is_open(account: Account) -> None:
    platform = account.platform
    for number, text in enumerate(("反映", "支书收了俺300块手续费", "鲁山县", "去年"), start=11):
        platform.brings({"message": message(SHE, text=text, message_id=number)})
        await account.all_done()

    for number, text in (
        (12, "支书收了俺3000块手续费"),
        (13, "叶县"),
        (12, "支书收了俺30000块手续费"),
    ):
        edited = message(SHE, text=text, message_id=number, edit_date=2)
        platform.brings({"edited_message": edited})
        await account.all_done()
    for text in ("对", "要", "没有", "没有了"):
        platform.says(SHE, text)
        await account.all_done()

    summary = platform.heard_by(SHE)[-1]
    assert "30000元" in "".join(platform.heard_by(SHE)[-3:])
    assert "叶县" in "".join(platform.heard_by(SHE)[-3:])
    assert "鲁山" not in summary


async def test_what_is_open_no_more_is_not_changed_and_that_is_said(account: Account) -> None:
    platform = account.platform
    platform.says(SHE, "你好")
    edited = message(SHE, text="3000块", message_id=99, edit_date=2)
    platform.brings({"edited_message": edited})
    moving = message(SHE, location={"latitude": 33.7, "longitude": 112.9}, message_id=2)
    platform.brings({"edited_message": moving})
    platform.brings({"edited_message": message(GROUP, type="group", text="3000块")})

    await account.all_done()

    assert platform.heard_by(SHE).count(TEXTS("talk.edited_too_late")) == 1


async def test_a_position_in_the_middle_of_a_report_goes_along(account: Account) -> None:
    platform = account.platform
    for what in (
        {"text": "支书收了俺300块手续费"},
        {"location": {"latitude": 33.7, "longitude": 112.9}},
        {"location": {"latitude": "north", "longitude": None}},
    ):
        platform.brings({"message": message(SHE, **what)})
        await account.all_done()
    async with account.office.reading() as reading:
        talk = await reading.talks.load("telegram", str(SHE))

    assert talk is not None
    assert talk.answers["position"] == "33.700,112.900"
    for text in ("鲁山县", "去年", "对", "要", "没有", "没有了", "提交"):
        platform.says(SHE, text)
        await account.all_done()
    code = next(filter(None, map(find_code, platform.heard_by(SHE))))
    key = await account.office.locks.code(code, caller="")
    async with account.office.reading() as reading:
        story = (await reading.mailboxes.open(key)).letters[0].text
    assert TEXTS("report.position", place="33.700,112.900") in story


async def test_whoever_stops_the_bot_is_forgotten_at_once(account: Account) -> None:
    platform = account.platform
    platform.says(SHE, "反映")
    await account.answers(SHE, "出了啥事")
    async with account.office.files() as files:
        await files.remembered.keep("telegram", str(SHE), "a code")

    platform.brings({"my_chat_member": {
        "chat": {"id": SHE, "type": "private"}, "from": PERSON, "date": 1,
        "old_chat_member": {"status": "member"}, "new_chat_member": {"status": "kicked"},
    }})  # fmt: skip
    await account.all_done()

    async with account.office.reading() as reading:
        assert await reading.talks.load("telegram", str(SHE)) is None
        assert await reading.remembered.code("telegram", str(SHE)) == ""


async def test_the_clock_set_back_a_day_keeps_nobody_waiting(account: Account) -> None:
    platform = account.platform
    platform.refusals.append(refusal(429, parameters={"retry_after": 30}))
    platform.says(SHE, "帮助")
    await account.until(lambda: bool(account.pump.pauses))

    account.office.wait(days=-1)
    platform.says(NEXT, "帮助")

    await account.answers(NEXT, within=5)


async def test_who_sends_on_and_on_waits_alone(account: Account) -> None:
    for _ in range(90):  # sixty at once, and one a second
        account.platform.says(SHE, "帮助")
    account.platform.says(NEXT, "帮助")

    await account.answers(NEXT, within=5)
    await account.until(lambda: len(account.platform.heard_by(SHE)) >= 60)

    assert len(account.platform.heard_by(SHE)) < 90
    assert await account.reception.left("telegram")  # stored, and answered in their turn
