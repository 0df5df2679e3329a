"""Kept questions become wordings of a topic they are near to, or drafts; the import takes the sheet."""

from __future__ import annotations

import pytest

from casework.judgements import KeptWords, Said
from library.layers import TOPICS, Layers
from library.proposals import LONGEST_WORDING, PROPOSED, gathered, proposed
from library.topics import COLUMNS, merge, rows_of
from papers.sheets import as_csv, as_xlsx, read_table
from tests.offices import CONTENT, CONTENT_FOLDER, UNDERSTANDING

LAYERS = Layers(CONTENT_FOLDER)
ROWS = rows_of(LAYERS)
LAMP = ("太阳能路灯坏了谁给修呢", "太阳能路灯谁给修")
DANCE = ("村里广场舞吵得睡不着", "广场舞太吵了睡不着觉")


def words(*texts: str, times: int = 1, topic: str = "") -> list[KeptWords]:
    said = Said.USELESS if topic else Said.UNANSWERED
    return [KeptWords(text=each, said=said, topic=topic, times=times) for each in texts]


def test_what_was_asked_most_often_comes_first_with_the_topic_nearest_to_it() -> None:
    lamp, dance = gathered([*words(*DANCE), *words(*LAMP, times=3)], UNDERSTANDING)

    assert (lamp.texts, lamp.times, lamp.topic, lamp.of_it) == (
        LAMP, 6, "elsewhere.utilities", True,
    )  # fmt: skip
    assert (dance.texts, dance.times, dance.of_it) == (DANCE, 2, False)


def test_a_topic_that_did_not_help_gets_no_wording_of_it() -> None:
    (cluster,) = gathered(words(*LAMP, topic="elsewhere.utilities"), UNDERSTANDING)

    assert cluster.topic != "elsewhere.utilities"
    assert proposed([cluster], ROWS)[0].draft


def test_near_a_topic_it_becomes_a_wording_and_near_none_a_draft_without_an_answer() -> None:
    wording, draft = proposed(gathered([*words(*LAMP), *words(*DANCE)], UNDERSTANDING), ROWS)

    known = CONTENT.topics["elsewhere.utilities"]
    assert wording.row["slug"] == known.slug
    assert wording.row["variants"] == (*known.variants, *LAMP)
    assert draft.row["question"] == DANCE[0]
    assert draft.row["status"] == "draft"
    assert "answer" not in draft.row


def test_two_clusters_near_one_topic_are_one_row() -> None:
    found = gathered(words("太阳能路灯谁给修", "自来水停了归谁管"), UNDERSTANDING)
    assert len(found) == 2

    made = proposed(found, ROWS)

    assert [each.row["slug"] for each in made] == ["elsewhere.utilities"]
    assert len(made[0].fresh) == 2


def test_words_that_are_a_wording_already_and_stories_are_no_proposal() -> None:
    known = CONTENT.topics["apply.how"]
    texts = (known.question, known.variants[0], "太阳能" * LONGEST_WORDING)

    assert proposed(gathered(words(*texts), UNDERSTANDING), ROWS) == []


def test_the_import_takes_the_sheet_as_it_is() -> None:
    made = proposed(gathered([*words(*LAMP), *words(*DANCE)], UNDERSTANDING), ROWS)
    rows = [each.row for each in made]
    for name, sheet in (("a.xlsx", as_xlsx(PROPOSED, rows)), ("a.csv", as_csv(PROPOSED, rows))):
        change = merge(read_table(sheet, name, COLUMNS), LAYERS)

        assert (change.new, change.changed) == (1, 1)
        assert DANCE[0] in change.files[TOPICS]
        assert LAMP[0] in change.files[TOPICS]


@pytest.mark.parametrize(
    "hostile",
    ["=HYPERLINK(1)", "'=1+1", "<script>alert(1)</script>", "{{ 7*7 }}", "-1+1", "@SUM(A1)", "1E5", "[red]红"],
)  # fmt: skip
def test_hostile_words_go_through_the_sheet_as_words(hostile: str) -> None:
    made = proposed(gathered(words(hostile), UNDERSTANDING), ROWS)
    rows = [each.row for each in made]

    read = [
        read_table(as_xlsx(PROPOSED, rows), "a.xlsx", COLUMNS),
        read_table(as_csv(PROPOSED, rows), "a.csv", COLUMNS),
    ]

    for sheet in read:
        variants = sheet[0].cells["variants"]
        assert isinstance(variants, tuple)
        assert variants[-1] == hostile


def test_the_same_words_come_to_the_same_draft() -> None:
    first, again = (proposed(gathered(words(*DANCE), UNDERSTANDING), ROWS) for _ in range(2))

    assert first == again
