"""No text a person can send keeps the process: every pattern and every loop is linear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from bot.channels.wechat import speaking
from bot.channels.wording import pieces
from casework.receipts import find_code, read_code
from casework.refusals import Refusal
from casework.reports import LONGEST, LONGEST_REPORT
from nlp import money, particulars
from nlp.words import normalise
from tests.long_texts import MOST_CPU, STOPPED, Found, Spindle, cpu, fragments, patterns, troubles
from tests.offices import CONTENT, UNDERSTANDING

TODAY = date(2019, 4, 23)
FOUND = patterns(UNDERSTANDING)
SPINDLE = Spindle(fragments(FOUND, vars(UNDERSTANDING.lexicon), CONTENT.concepts))


def slow(texts: Iterator[str]) -> list[tuple[int, str]]:
    """(milliseconds, the first letters) of what took too long; each reader has its own 50 ms, and as
    much again for the second half of a story that came in several messages."""
    found = []
    for text in texts:
        most = {UNDERSTANDING.ask: MOST_CPU, UNDERSTANDING.facts: MOST_CPU * parts(text)}
        for read in (UNDERSTANDING.ask, UNDERSTANDING.facts):
            took = cpu(lambda read=read, text=text: read(text, today=TODAY))  # type: ignore[misc]
            if took > most[read]:
                found.append((round(took * 1000), text[:20]))
    return found


def parts(text: str) -> int:
    return -(-min(max(len(text), 1), LONGEST_REPORT) // LONGEST)


@pytest.mark.parametrize("found", FOUND, ids=lambda each: each.where)
def test_no_pattern_can_read_the_same_letters_again_and_again(found: Found) -> None:
    assert troubles(found) == []


@pytest.mark.parametrize(
    "pattern",
    [
        "(补|收)(了|每户|每家|每|户|家)*$", "(x+)+", "(a|b|ab)*c", "归.*管", r"\d+户", r"(?:a?){2,}b",
        "(a|aa){1,30}b", r"[一二]+[二三]+年", r"(?<!x)\d+户", r"(?:a{1,60}a{1,60}){1,3}a",
    ],
)  # fmt: skip
def test_a_pattern_that_could_is_noticed(pattern: str) -> None:
    assert troubles(Found("here", pattern))


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<!\d)\d+户",
        r"收[^。]{0,20}钱",
        "每户|每家|每",
        r"(?P<n>\d+)(多)?(\d)?",
        r"(?:了|一个人){0,12}$",
    ],
)
def test_a_pattern_that_could_not_is_left_alone(pattern: str) -> None:
    assert troubles(Found("here", pattern)) == []


@pytest.mark.parametrize("length", [48, 60])
def test_no_short_text_takes_long(length: int) -> None:
    assert slow(SPINDLE.texts(length, leads=1, every=5)) == []


def test_no_long_text_takes_long() -> None:
    assert slow(SPINDLE.texts(3000, leads=1, every=23)) == []


@pytest.mark.prove
@pytest.mark.parametrize("length", [48, 60])
def test_no_fragment_behind_any_beginning_takes_long(length: int) -> None:
    assert slow(SPINDLE.texts(length, leads=20)) == []


@pytest.mark.prove
def test_no_fragment_without_end_takes_long() -> None:
    assert slow(SPINDLE.texts(3000, leads=3)) == []


@pytest.mark.parametrize("text", STOPPED.values(), ids=STOPPED)
def test_what_once_stopped_everything_is_read_at_once(text: str) -> None:
    assert slow(iter([text])) == []


@pytest.mark.parametrize("text", STOPPED.values(), ids=STOPPED)
@pytest.mark.parametrize("length", [6000, 100_000])
def test_what_is_longer_than_anything_taken_is_looked_at_no_further(text: str, length: int) -> None:
    text = text * (length // len(text) + 1)

    assert slow(iter([text[:length]])) == []


def test_a_code_is_found_among_ten_thousand_digits() -> None:
    code = "12345 " * 1000

    assert cpu(lambda: find_code(code)) <= MOST_CPU
    with pytest.raises(Refusal, match="编号一共20位数字"):
        read_code(code)


def test_a_letter_box_of_many_letters_is_cut_in_time() -> None:
    told = "收了钱\n" * 40_000

    assert cpu(lambda: pieces(told, speaking.LONGEST)) <= MOST_CPU


def test_the_longest_text_taken_is_read_to_its_end() -> None:
    text = "事" * (LONGEST - 12) + "村支书扣了俺500块"

    assert UNDERSTANDING.facts(text[:LONGEST], today=TODAY).amounts == (500,)


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("收了俺叔每户500", (500,)), ("给乡里一个人800", (800,)), ("打给他家1200", (1200,)),
        ("套取了每家3000", (3000,)), ("叫每户一个人900", ()), ("少给了700", (700,)),
    ],
)  # fmt: skip
def test_small_words_between_paying_and_the_sum_are_stepped_over(
    text: str, yuan: tuple[int, ...]
) -> None:
    assert money.amounts(text) == yuan


@pytest.mark.parametrize("text", ["9" * 30 + "块", "一" * 25 + "块钱", "1万" * 13 + "元"])
def test_what_is_longer_than_a_number_is_no_sum(text: str) -> None:
    assert money.amounts(text) == ()


@pytest.mark.parametrize(
    ("text", "count"), [("9" * 400 + "户", None), ("一共1400户", 1400), ("俺庄十二家", 12)]
)
def test_households_are_a_number_people_say(text: str, count: int | None) -> None:
    assert particulars.people(text) == count


@pytest.mark.parametrize(
    "text", ["e\u0301", "ộ", "が", "각", "\uff13\uff10\uff10元", "。" * 50, "?!" * 50]
)
def test_letters_with_their_marks_stay_what_they_are(text: str) -> None:
    import unicodedata

    assert normalise(text) == normalise(unicodedata.normalize("NFKC", text))
    assert len(normalise(text)) >= len(unicodedata.normalize("NFC", text))
