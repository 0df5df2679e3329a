"""What is one message though it came as several, and what never is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reception.bundles import (
    AT_ONCE,
    MOST,
    SURELY_CUT,
    as_one,
    first_together,
    goes_together,
    may_go_on,
)
from casework.reports import LONGEST
from casework.shelves import Inbound
from tests.offices import A_MONDAY

WORDS = "支书收了俺3000块钱手续费"
MORE = "说是给县里跑手续用的"


def said(text: str = "", *, kind: str = "", after: float = 0, **more: str) -> Inbound:
    kind = kind or ("photo" if more.get("media") else "text")
    return Inbound(
        channel="telegram", external_id="1", caller="7", kind=kind, text=text,
        at=A_MONDAY + timedelta(seconds=after), **more,
    )  # fmt: skip


PHOTO = said(media="a")


@pytest.mark.parametrize(
    ("earlier", "later", "one"),
    [
        (PHOTO, PHOTO, True),
        (PHOTO, said(WORDS), True),
        (said(WORDS), PHOTO, True),
        (said(WORDS), said(MORE), True),
        (said(WORDS), said(MORE, after=AT_ONCE.total_seconds() + 1), False),
        (said("封面", media="a", album="9"), said(media="b", album="9", after=60), True),
        (PHOTO, said("去年"), False),
        (said("去年"), said("鲁山县"), False),
        (said(WORDS), said("提交"), False),
        (said(WORDS), said("0936460347443820671"), False),
        (said(WORDS), said("俺的编号是09364 60347 44382 0671"), False),
        (said("/report"), said(WORDS), False),
        (said(WORDS), said("send=send", kind="choice"), False),
        (said(WORDS, kind="voice"), said(MORE), False),
        (said(WORDS, kind="edit"), said(MORE), False),
        (said("33.7,112.9", kind="location"), said(WORDS), False),
        (said(kind="scan"), said(WORDS), False),
    ],
)
def test_only_what_tells_a_story_goes_together(earlier: Inbound, later: Inbound, one: bool) -> None:
    assert goes_together(earlier, later) is one
    assert first_together([earlier, later]) == 1 + one


@pytest.mark.parametrize(
    ("message", "in_a_breath", "waits"),
    [
        (said("能补多少钱"), False, False),
        (said(WORDS), False, False),
        (said(WORDS), True, True),
        (said("去年"), True, False),
        (said("提交"), True, False),
        (PHOTO, False, True),
        (said("墙裂了", media="a"), False, False),
        (said("墙裂了", media="a", album="9"), False, True),
        (said("长" * SURELY_CUT), False, True),
        (said("send=send", kind="choice"), True, False),
        (said(WORDS, kind="voice"), True, False),
    ],
)
def test_nobody_waits_for_more_of_what_is_whole(
    message: Inbound, in_a_breath: bool, waits: bool
) -> None:
    assert may_go_on(message, in_a_breath=in_a_breath) is waits


def test_what_a_client_cut_in_the_middle_of_a_line_is_whole_again() -> None:
    line = "墙" * SURELY_CUT + "梁断了,瓦也掉了"

    cut = as_one([said(line), said("两间屋都不能住了")])
    ended = as_one([said(f"{line}。"), said("两间屋都不能住了")])
    short = as_one([said(WORDS), said(MORE)])

    assert cut.text == line + "两间屋都不能住了"
    assert ended.text == f"{line}。\n两间屋都不能住了"
    blank = as_one([said(" " * SURELY_CUT), said(MORE)])

    assert blank.text.strip() == MORE
    assert short.text == f"{WORDS}\n{MORE}"


def test_an_edit_of_one_part_finds_nothing_that_it_would_take_away() -> None:
    two, captioned = said(WORDS, number="4"), said(WORDS, media="a", number="4")

    assert as_one([two, said(MORE, number="5")]).number == ""
    assert as_one([captioned, said(media="b", number="5")]).number == "4"


def test_what_no_report_would_take_as_one_stays_apart() -> None:
    long = [said("长" * (LONGEST - 2)), said(MORE)]

    assert first_together(long) == 1
    assert first_together([PHOTO] * (MOST + 3)) == MOST


@given(st.lists(st.tuples(st.text(max_size=30), st.booleans()), min_size=1, max_size=30))
def test_no_word_and_no_file_is_lost_or_said_twice(told: list[tuple[str, bool]]) -> None:
    waiting = [
        replace(said(text), files=(str(n),) if has_file else (), kind="photo" if has_file else "text")
        for n, (text, has_file) in enumerate(told)
    ]  # fmt: skip
    bundles = []
    while waiting:
        n = first_together(waiting)
        bundles.append(as_one(waiting[:n]))
        waiting = waiting[n:]

    assert [file for each in bundles for file in each.files] == [
        str(n) for n, (_, has_file) in enumerate(told) if has_file
    ]
    words = "".join(each.text for each in bundles).replace("\n", "")
    assert words == "".join(text for text, _ in told).replace("\n", "")
