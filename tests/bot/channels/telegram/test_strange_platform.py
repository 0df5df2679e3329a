"""Whatever the platform answers, and whatever fails here, the channel goes on and loses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from bot.channels.telegram.polling import Pauses
from bot.channels.telegram.sending import TelegramSender
from bot.reception import Step
from casework.delivery import Later, Never, Unsure
from casework.refusals import Away
from casework.shelves import Inbound, Parcel
from tests.bot.channels.telegram.conftest import Account
from tests.bot.channels.telegram.peer import FIRST, ok, refusal
from tests.offices import UNDERSTANDING
from tests.waiting import eventually

TEXTS = UNDERSTANDING.content.texts
SHE, NEXT = 7001, 7002

FAULTS: dict[str, Callable[[], web.StreamResponse | str]] = {
    "500": lambda: refusal(500),
    "a proxy's page": lambda: web.Response(status=502, text="<html>Bad Gateway</html>"),
    "a proxy's page as if all were well": lambda: web.Response(text="<html>log in</html>"),
    "nothing": lambda: web.Response(),
    "half": lambda: "half",
    "half, and no word of it": lambda: web.Response(
        text=f'{{"ok":true,"result":[{{"update_id":{FIRST + 1}'
    ),
    "no list": lambda: ok({"update_id": 500_000_000}),
    "no object": lambda: web.Response(text="[1]"),
    "bytes that are no text": lambda: web.Response(body=b"\xff\xfe{"),
    "another poller": lambda: refusal(409, "Conflict: terminated by other getUpdates request"),
    "a token it does not know": lambda: refusal(401, "Unauthorized"),
    "a pause that is none": lambda: refusal(429, parameters={"retry_after": "soon"}),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_after_whatever_the_platform_answers_it_is_asked_again_from_where_it_was(
    account: Account, name: str
) -> None:
    platform = account.platform
    platform.says(SHE, "帮助")
    await account.all_done()
    before = len(platform.polls)
    platform.faults += [FAULTS[name](), FAULTS[name](), FAULTS[name]()]
    platform.says(NEXT, "帮助")  # ends the poll that waits, which meets the first fault
    platform.says(SHE, "菜单")

    await account.answers(NEXT, within=5)
    await account.answers(SHE, "想干啥", within=5)

    await account.until(lambda: len(platform.polls) > before + 2)
    asked = [poll["offset"] for poll in platform.polls]
    assert asked == sorted(asked)
    assert len(platform.heard_by(NEXT)) == 1


async def test_a_platform_that_says_nothing_is_away_for_the_house_and_then_well_again(
    account: Account,
) -> None:
    async def last(name: str) -> bool:
        async with account.office.reading() as reading:
            return await reading.counters.last_run(name) is not None

    await account.until(lambda: bool(account.platform.polls))
    account.platform.faults += [refusal(500) for _ in range(4)]
    account.platform.says(SHE, "帮助")
    await account.answers(SHE)
    await eventually(lambda: last("telegram away"))

    account.platform.says(NEXT, "帮助")
    await account.answers(NEXT)
    await eventually(lambda: last("telegram fetched"))
    await account.until(lambda: "telegram_faults_in_a_row 0.0" in account.figures)


def test_pauses_grow_and_end() -> None:
    pauses = [Pauses().after(faults) for faults in range(1, 20)]

    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (1.0, 60.0)


class Stumbling:
    """Fails so many times, then does what it should."""

    def __init__(self, times: int, fault: Exception) -> None:
        self.left, self.fault = times, fault

    def stumble(self) -> None:
        if self.left:
            self.left -= 1
            raise self.fault


async def test_what_cannot_be_stored_now_comes_again(account: Account) -> None:
    class House(type(account.reception)):  # type: ignore[misc]  # the very class in use
        async def take(self, message: Inbound, **beside: Any) -> bool:
            stumbling.stumble()
            return bool(await super().take(message, **beside))

    for fault, times in ((Away(), 5), (OSError("disk"), 5), (ZeroDivisionError(), 2)):
        stumbling = Stumbling(times, fault)
        account.reception.__class__ = House
        account.platform.says(SHE, "帮助")
        await account.all_done()

    assert len(account.platform.heard_by(SHE)) == 3


async def test_what_can_never_be_stored_is_passed_over(account: Account) -> None:
    class House(type(account.reception)):  # type: ignore[misc]  # the very class in use
        async def take(self, message: Inbound, **beside: Any) -> bool:
            if message.text == "反映":
                raise ZeroDivisionError
            return bool(await super().take(message, **beside))

    account.reception.__class__ = House
    account.platform.says(SHE, "反映")
    account.platform.says(NEXT, "帮助")

    await account.answers(NEXT, within=5)

    assert 'skipped_total{fault="ZeroDivisionError"} 1.0' in account.figures


@pytest.mark.parametrize("times", [1, 2])
async def test_an_answer_that_fails_is_tried_again_without_a_restart(
    account: Account, times: int
) -> None:
    class House(type(account.reception)):  # type: ignore[misc]  # the very class in use
        async def heard(self, message: Inbound) -> Step:
            stumbling.stumble()
            step: Step = await super().heard(message)
            return step

    if times > 1:  # the first failure is answered at once, the next in its turn
        account.poller.queue.pace = replace(account.poller.queue.pace, every=0.05)
    stumbling = Stumbling(times, ZeroDivisionError())
    account.reception.__class__ = House
    account.platform.says(SHE, "帮助")

    await account.answers(SHE, "直接说事就行", within=5)

    assert len(account.platform.heard_by(SHE)) == 1


async def test_a_stop_ends_the_poll_that_waits_and_leaves_a_slow_file_for_later(
    account: Account,
) -> None:
    photo = [{"file_id": "slow"}]
    account.platform.brings({"message": {"chat": {"id": SHE, "type": "private"}, "photo": photo}})
    await account.all_taken()

    left = await account.reception.left("telegram")

    assert [message.media for message in left] == [
        "slow"
    ]  # and the fixture's end waits for nothing


def long_text(paragraph: str, units: int) -> str:
    """Paragraphs, each with its number, until it is so long."""
    lines: list[str] = []
    while len("\n\n".join(lines).encode("utf-16-le")) // 2 < units:
        lines.append(f"{len(lines)} {paragraph}")
    return "\n\n".join(lines)


@pytest.mark.parametrize(
    "paragraph", ["字" * 200, "😀" * 200, "a" * 5000, "😀" * 5000, "一\n" * 99]
)
async def test_a_long_text_goes_in_pieces_that_fit_with_its_buttons_under_the_last(
    account: Account, paragraph: str
) -> None:
    text = long_text(paragraph, 9000)
    parcel = Parcel(
        channel="telegram", recipient=str(SHE), text=text, options=(("yes", "要"),), dedupe="x"
    )

    number = await account.pump.senders["telegram"].send(parcel)

    said = account.platform.heard_by(SHE)
    assert number == str(len(said))
    assert "".join("".join(said).split()) == "".join(text.split())
    assert all(len(each.encode("utf-16-le")) <= 8192 for each in said)
    assert ["reply_markup" in each for each in account.platform.sent] == [
        *[False] * (len(said) - 1), True,
    ]  # fmt: skip
    if paragraph in ("字" * 200, "一\n" * 99):
        assert all(each[0].isdigit() for each in said)  # each begins a paragraph


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (lambda: refusal(429, parameters={"retry_after": 1}), Later),
        (lambda: refusal(500), Unsure),
        (lambda: web.Response(text="<html>"), Unsure),
        (lambda: web.Response(body=b"\xff\xff"), Unsure),
        (lambda: ok({"nothing": "of a message"}), Unsure),
    ],
)
async def test_sent_again_it_goes_on_where_it_broke_off(
    account: Account, fault: Callable[[], web.Response], trouble: type[Exception]
) -> None:
    text = long_text("字" * 200, 9000)
    parcel = Parcel(channel="telegram", recipient=str(SHE), text=text, dedupe="x")
    sender = account.pump.senders["telegram"]
    assert isinstance(sender, TelegramSender)
    platform = account.platform
    whole = asyncio.Event()

    class AfterOne(list[web.StreamResponse | str]):
        """Nothing is wrong with the first piece."""

        def __bool__(self) -> bool:
            return bool(platform.sent) and not whole.is_set()

        def pop(self, _n: object = -1) -> web.StreamResponse | str:
            whole.set()
            return fault()

    platform.refusals = AfterOne()
    with pytest.raises(trouble):
        await sender.send(parcel)
    await sender.send(parcel)

    said = platform.heard_by(SHE)
    assert len(said) == 3
    assert "".join("".join(said).split()) == "".join(text.split())
    assert sender._begun == {}


@pytest.mark.parametrize("parcel", [("no number", "好"), (str(SHE), ""), (str(SHE), " \n")])
async def test_what_can_never_be_sent_is_said_so_and_the_next_one_goes(
    account: Account, parcel: tuple[str, str]
) -> None:
    recipient, text = parcel
    with pytest.raises(Never):
        await account.pump.senders["telegram"].send(
            Parcel(channel="telegram", recipient=recipient, text=text)
        )
    async with account.office.files() as files:
        await files.outbox.add(
            Parcel(channel="telegram", recipient=recipient, text=text, dedupe="a")
        )
    account.platform.says(NEXT, "帮助")

    await account.answers(NEXT, within=5)
