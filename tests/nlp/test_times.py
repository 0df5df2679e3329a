"""When it happened is told by other words than how old somebody is, or how long it took."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.reports import LONGEST
from nlp.times import Times
from nlp.understanding import Understanding
from nlp.words import normalise
from tests.long_texts import MOST_CPU, cpu
from tests.offices import UNDERSTANDING

TIMES = UNDERSTANDING.lexicon.times
TABLE = [
    line.split("\t")
    for line in Path(__file__).with_name("times.tsv").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize(("when", "text"), TABLE)
def test_the_time_of_what_happened_is_told_first(when: str, text: str) -> None:
    found = TIMES.dates(normalise(text))

    assert found[0].startswith(when) if when != "-" else found == ()


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("这两天老有人来问,上个月会计收了五百", ("上个月", "这两天")),
        ("冬天给俺盖的,去年腊月验收的", ("去年腊月", "冬天")),
        ("1998年发过大水,去年又淹", ("去年", "1998年")),
        ("说年底补,前天又说没有", ("前天", "年底")),
        ("前年报的,去年批的,去年没给", ("前年", "去年")),
    ],
)
def test_what_tells_less_of_when_comes_after_what_tells_more(
    text: str, when: tuple[str, ...]
) -> None:
    assert TIMES.dates(text) == when


@pytest.mark.parametrize("words", ["去年腊月", "三个多月前", "麦收时候", "前年"])
def test_a_time_that_is_not_exact_stays_in_its_words(
    understanding: Understanding, today: date, words: str
) -> None:
    assert understanding.facts(f"{words}的事", today=today).dates == (words,)


@pytest.mark.parametrize(
    ("text", "words"),
    [("支书夜个后晌来的", ["夜个后晌"]), ("2023年3月扣的", ["2023年3月"]), ("俺70岁", [])],
)
def test_a_time_knows_where_it_stands(text: str, words: list[str]) -> None:
    assert [text[each.start : each.end] for each in TIMES.named(text)] == words


def test_a_folder_without_words_for_times_knows_what_a_calendar_writes() -> None:
    bare = Times({})

    assert bare.dates("2023年3月扣的,去年也扣过,yesterday again") == ("2023-03", "yesterday")


HOSTILE = [
    "9", "万", ",", "年", "1年", "18年", "三月", "去年", "前三年", "2019-", "2019年三月十", "今年七十", "去年的",
    "半年前", "春", "正月十五", "一", "到了", "1月", "十", "初", "last ", "20", "月前",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_of_times_takes_long(piece: str) -> None:
    text = piece * (LONGEST // len(piece))

    assert cpu(lambda: TIMES.dates(text)) <= MOST_CPU


@given(st.text("今去前年月日号一二三十初正腊的麦春清明0129-/.前后说了岁盖 ,", max_size=60))
def test_whatever_is_written_each_time_is_a_part_of_it(text: str) -> None:
    found = TIMES.named(text)

    assert all(0 <= each.start < each.end <= len(text) and each.words for each in found)
    assert len({each.start for each in found}) == len(found)
