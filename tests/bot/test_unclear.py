"""After 没用: what was not clear, a person of her county, or registering; her question goes along."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogues.outcomes import AskAgain
from bot.dialogues.unclear import together, tried_again
from bot.reception import MENU
from casework.reports import LONGEST
from tests.bot.conftest import A_PHOTO, Villager
from tests.offices import CONTENT, LUSHAN, UNDERSTANDING

ASKED = "俺家危房能补多少钱"
AMOUNT = "subsidy.amount"
TODAY = date(2026, 11, 2)
TEXTS = CONTENT.texts


async def found_useless(villager: Villager, asked: str = ASKED) -> str:
    await villager.says(asked)
    return await villager.says("没用")


async def test_four_ways_go_on_from_an_answer_that_did_not_help(villager: Villager) -> None:
    said = await found_useless(villager)

    ways = (TEXTS("unclear.tell"), TEXTS("ask.human"), TEXTS("ask.report"), TEXTS("ask.done"))
    assert said == "\n".join(
        (TEXTS("unclear.text"), *(f"{n} {way}" for n, way in enumerate(ways, start=1)))
    )


@pytest.mark.parametrize("first", [(), ("1",), (TEXTS("unclear.tell"),)])
async def test_what_was_not_clear_is_understood_together_with_what_she_asked(
    villager: Villager, first: tuple[str, ...]
) -> None:
    await found_useless(villager)
    for line in first:
        await villager.says(line)

    assert "鲁山县(演示数据):C级修房" in await villager.says("俺是鲁山县的")


async def test_a_question_of_its_own_is_answered_by_itself(villager: Villager) -> None:
    await found_useless(villager)

    answer = await villager.says("能盖多大")

    assert UNDERSTANDING.answer_for("area.limits", today=TODAY).parts.sure in answer


@pytest.mark.parametrize("said", ["没用", "火星上的庄稼", "补多少钱", "\0\0", "长" * 5000])
async def test_where_it_is_still_not_answered_a_person_and_registering_are_offered(
    villager: Villager, said: str
) -> None:
    await found_useless(villager)

    answer = await villager.says(said)

    assert TEXTS("ask.unsure") in answer
    ways = ("ask", "report", "urgent", "retaliation", "human")
    shown = "\n".join(f"{n} {TEXTS(f'ask.way.{way}')}" for n, way in enumerate(ways, start=1))
    assert shown in answer


@pytest.mark.parametrize("way", [TEXTS("ask.human"), "中,找人", "找人"])
async def test_a_person_is_first_of_all_one_of_her_county(villager: Villager, way: str) -> None:
    await found_useless(villager, f"鲁山县{ASKED}")

    assert "0375-0000423" in await villager.says(way)


async def test_danger_is_no_answer_to_what_was_not_clear(villager: Villager) -> None:
    await found_useless(villager)

    assert "119" in await villager.says("墙都歪了夜个还掉砖,快塌了咋办")


async def test_what_was_wrong_is_reported_with_what_she_asked(villager: Villager) -> None:
    await found_useless(villager)

    said = await villager.says("村会计扣了俺五百块手续费")

    assert TEXTS("promise.telegram") in said


async def test_a_photo_instead_of_words_begins_a_report(villager: Villager) -> None:
    await found_useless(villager)

    assert TEXTS("report.what_of_it") in await villager.shows(A_PHOTO)


async def test_who_wants_nothing_more_is_asked_nothing_more(villager: Villager) -> None:
    await found_useless(villager)

    assert await villager.says("算了") == "\n".join(
        (TEXTS("talk.cancelled"), TEXTS("menu.text"), *menu())
    )


def menu() -> list[str]:
    return [f"{n} {TEXTS(f'menu.{word}')}" for n, word in enumerate(MENU, start=1)]


# The rule


def again(text: str, topic: str = AMOUNT) -> tuple[str, str]:
    said, answer = tried_again(
        UNDERSTANDING, AskAgain(text, ASKED, topic), today=TODAY, county=LUSHAN
    )
    return said, answer.kind


def test_the_answer_that_did_not_help_is_not_given_again() -> None:
    assert again("补多少钱") == (f"{ASKED}\n补多少钱", "unknown")
    assert again("补多少钱", "build.gone") == ("补多少钱", "answer")


def test_her_household_told_afterwards_makes_it_another_answer() -> None:
    assert again("D级,四口人") == ("D级,四口人", "answer")


def test_danger_and_a_person_are_looked_for_in_her_new_words_alone() -> None:
    assert again("找个真人")[0] == "找个真人"
    assert again("墙要倒了快塌了,人还在屋里") == ("墙要倒了快塌了,人还在屋里", "urgent")


def test_of_more_than_anything_takes_the_newest_is_kept() -> None:
    assert together("", "问") == "问"
    assert together("一\n二", "三") == "一\n二\n三"
    assert together("头" * 3000 + "\n中" * 3, "尾" * 3000) == "中\n中\n中\n" + "尾" * 3000
    assert len(together("头" * LONGEST, "尾" * LONGEST)) == LONGEST
