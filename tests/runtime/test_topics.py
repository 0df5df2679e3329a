"""`topics`: how the answers do, at the command line."""

from __future__ import annotations

from casework.judgements import Judgement, Said
from tests.offices import CONTENT, TestOffice
from tests.runtime.conftest import House

AMOUNT = "subsidy.amount"


async def judged(office: TestOffice) -> None:
    async with office.files() as files:
        await files.judgements.count(
            Judgement(said=Said.USELESS, topic=AMOUNT),
            Judgement(said=Said.USEFUL, topic="gone.now"),
            Judgement(said=Said.UNANSWERED),
        )


def test_before_anybody_said_anything_it_says_so(house: House) -> None:
    shown = house.types("topics", "counts")

    assert shown.exit_code == 0, shown.output
    assert "还没有人点过" in shown.output
    assert "没答上的问话:0 次" in shown.output


def test_each_topic_stands_with_its_question_and_its_counts(house: House) -> None:
    house.opened(judged)

    shown = house.types("topics", "counts", "--days", "36500").output

    (amount,) = [line for line in shown.splitlines() if AMOUNT in line]
    assert CONTENT.topics[AMOUNT].question in amount
    assert "gone.now" in shown
    assert "没答上的问话:1 次" in shown
