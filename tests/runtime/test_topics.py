"""`topics`: how the answers do, at the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.judgements import Judgement, Said
from library.layers import Layers
from library.reading import load_content
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


LAMP, DANCE = "太阳能路灯坏了谁给修呢", "村里广场舞吵得睡不着"


async def agreed(office: TestOffice) -> None:
    async with office.files() as files:
        for words in (LAMP, DANCE, "[red]<b>火星[/]"):
            judgement = Judgement(said=Said.UNANSWERED, words=words)
            await files.judgements.count(*[judgement] * 3)
            await files.judgements.keep(judgement, words)
        await files.judgements.count(Judgement(said=Said.UNANSWERED, words="没有同意的"))


@pytest.mark.parametrize(
    "words", [("unanswered",), ("propose", "--dry-run"), ("propose", "a.xlsx")]
)
def test_while_nobody_agreed_it_says_so_and_writes_nothing(
    house: House, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    said = house.types("topics", *words)

    assert (said.exit_code, said.output.strip()) == (0, "还没有人同意留话。")
    assert not (tmp_path / "a.xlsx").exists()


def test_what_was_asked_stands_with_how_often_and_the_nearest_topic(house: House) -> None:
    house.opened(agreed)

    said = house.types("topics", "unanswered").output

    (lamp,) = [line for line in said.splitlines() if LAMP in line]
    assert " 3 " in lamp
    assert "elsewhere.utilities" in lamp
    assert "[red]<b>火星[/]" in said
    assert "另有 1 种问话没有同意留" in said
    assert "没有同意的" not in said


def test_a_look_writes_nothing_and_without_a_file_it_asks_for_one(
    house: House, tmp_path: Path
) -> None:
    house.opened(agreed)

    shown = house.types("topics", "propose", tmp_path / "a.xlsx", "--dry-run")
    refused = house.types("topics", "propose")

    assert f"添问法 elsewhere.utilities:{LAMP}" in shown.output
    assert f":{DANCE}" in shown.output
    assert not (tmp_path / "a.xlsx").exists()
    assert refused.exit_code == 1
    assert "--dry-run" in refused.stderr


@pytest.mark.parametrize("name", ["提议.xlsx", "提议.csv"])
def test_the_sheet_is_taken_by_the_import(house: House, tmp_path: Path, name: str) -> None:
    house.opened(agreed)

    written = house.types("topics", "propose", tmp_path / name)
    taken = house.types("import", "topics", tmp_path / name)

    assert written.exit_code == 0, written.output
    assert "导入以前改写" in written.output
    assert taken.exit_code == 0, taken.output
    topics = load_content(Layers.at(house.content, house.folder / "own-content")).topics
    assert LAMP in topics["elsewhere.utilities"].variants
    (draft,) = [topic for topic in topics.values() if topic.question == DANCE]
    assert (draft.status, draft.answer) == ("draft", "")
    again = house.types("topics", "propose", "--dry-run").output
    assert LAMP not in again
    assert DANCE not in again
