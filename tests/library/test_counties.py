"""What a county's people type: what is right is entered, what is not is told beside its box."""

from __future__ import annotations

from datetime import date

import pytest

from casework.county import BOX, BOXES, County, Fact, Measure
from casework.refusals import BadInput, NotAllowed
from library.counties import Form, approved, as_file, filled, read, written
from library.layers import Layers
from library.reading import counties_of
from papers.sheets import Refused
from tests.offices import CONTENT_FOLDER

CODE, TODAY = "410421", date(2026, 11, 26)
EMPTY = County(code=CODE)
#: One good value for each box.
GOOD = {
    Measure.YUAN: "8000", Measure.YUAN_BY_PERSONS: "20000 26000 32000",
    Measure.SQUARE_BY_PERSONS: "40 50 60", Measure.SQUARE_EACH: "18", Measure.DAYS: "7",
    Measure.WORDS: "申请书、户口簿", Measure.PHONE: "0375-0000421",
}  # fmt: skip


def form(
    shown: County = EMPTY, *, source: str = "县里的文件", since: str = "2026-01-01", **typed: str
) -> Form:
    stood = {key: written(fact.value) for key, fact in shown.facts.items()}
    return Form(typed={**stood, **typed}, shown=stood, source=source, since=since)


def full(by: str = "p-1") -> County:
    typed = {box.key: GOOD[box.measure] for box in BOXES}
    return filled(EMPTY, form(**typed), by=by, today=TODAY).county


@pytest.mark.parametrize("box", BOXES, ids=lambda box: box.key)
def test_each_box_takes_what_belongs_there_and_reads_the_same_again(box: object) -> None:
    key = box.key  # type: ignore[attr-defined]
    done = filled(EMPTY, form(**{key: GOOD[BOX[key].measure]}), by="p-1", today=TODAY)

    assert not done.faults
    kept = counties_of(Layers(CONTENT_FOLDER, {f"counties/{CODE}.toml": as_file(done.county)}))[
        CODE
    ]
    assert kept == done.county
    assert written(kept.facts[key].value) == GOOD[BOX[key].measure]
    assert kept.unchecked == (key,)
    assert len(kept.missing) == len(BOXES) - 1


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("8000元", 8000), ("8,000", 8000), ("80 00", None), (" 8000 ", 8000), ("8000", 8000),
        (8000, 8000), ("", None),
    ],
)  # fmt: skip
def test_a_sum_is_read_as_people_write_it(typed: object, value: int | None) -> None:
    if typed == "80 00":
        with pytest.raises(Refused, match="一个数"):
            read("subsidy_c", typed)
    else:
        assert read("subsidy_c", typed) == value


@pytest.mark.parametrize(
    ("key", "typed", "says"),
    [
        ("subsidy_c", "两万六", "不是一个整数。只写数字"),
        ("subsidy_c", "8000或12000", "只写一个数"),
        ("subsidy_c", "C级8000 D级20000", "只写一个数"),
        ("subsidy_c", "-8000", "负数"),
        ("subsidy_c", "8", "不像"),
        ("subsidy_c", "80000000", "不像"),
        ("subsidy_c", "8000.5", "只写一个数"),
        ("subsidy_c", "<b>8000</b>", "不是一个整数"),
        ("subsidy_c", "9" * 100_000, "太长了"),
        ("subsidy_d", "32000 26000 20000", "写反了"),
        ("subsidy_d", "20000 两万六", "不是一个整数"),
        ("subsidy_d", " ".join(["20000"] * 11), "最多写到 10 口人"),
        ("area", "-40 50", "负数"),
        ("area", "4000", "不像"),
        ("area_each", "0", "不像"),
        ("notice_days", "七天", "不是一个整数"),
        ("notice_days", "2062", "不像"),
        ("papers", "申" * 101, "太长了"),
        ("papers", "户口簿" * 40_000, "太长了"),
        ("papers", "<script>alert(1)</script>", "里面有 <"),
        ("papers", "看 http://example.com", "里面有 ://"),
        ("papers", "写{name}", "里面有 {"),
        ("papers", "户口\u202e簿", "看不见的字符"),
        ("phone", "找老王", "不是电话号码"),
        ("phone", "1" * 40, "不是电话号码"),
    ],
)
def test_what_is_no_value_is_refused_beside_its_box_and_the_rest_is_kept(
    key: str, typed: str, says: str
) -> None:
    other = "hours" if key != "hours" else "address"
    done = filled(EMPTY, form(**{key: typed, other: "周一到周五"}), by="p-1", today=TODAY)

    assert list(done.faults) == [key]
    assert says in done.faults[key]
    assert done.changed == (other,)
    assert key not in done.county.facts


@pytest.mark.parametrize(
    ("over", "where", "says"),
    [
        ({"since": "2062-01-01"}, "since", "2062年不像"),
        ({"since": "1999-01-01"}, "since", "1999年不像"),
        ({"since": "去年"}, "since", "不是日期"),
        ({"since": ""}, "since", "没有写"),
        ({"source": " "}, "source", "没有写"),
        ({"source": "文" * 61}, "source", "太长了"),
        ({"source": "<b>"}, "source", "里面有 <"),
    ],
)
def test_without_a_word_for_it_and_a_day_nothing_is_entered(
    over: dict[str, str], where: str, says: str
) -> None:
    done = filled(EMPTY, form(subsidy_c="8000", **over), by="p-1", today=TODAY)

    assert says in done.faults[where]
    assert done.county == EMPTY


def test_a_box_that_is_not_touched_keeps_its_word_and_its_day() -> None:
    first = filled(EMPTY, form(subsidy_c="8000", hours="上午"), by="p-1", today=TODAY).county

    again = form(first, subsidy_c="9000", source="新文件", since="2026-06-01")
    second = filled(first, again, by="p-2", today=TODAY).county

    assert second.facts["hours"] == first.facts["hours"]
    assert second.facts["subsidy_c"] == Fact(
        value=9000, source="新文件", since=date(2026, 6, 1), by="p-2", entered_on=TODAY
    )
    assert filled(second, form(second, source="", since=""), by="p-1", today=TODAY).faults == {}


def test_an_emptied_box_is_unknown_again() -> None:
    county = full()

    done = filled(county, form(county, papers="", source="", since=""), by="p-1", today=TODAY)

    assert "papers" not in done.county.facts


def test_of_two_who_edit_at_once_the_second_sees_both_and_writes_over_nothing() -> None:
    shown = full()
    first = filled(shown, form(shown, subsidy_c="9000", area_each="15"), by="p-1", today=TODAY)

    second = filled(
        first.county,
        form(shown, subsidy_c="9500", area_each="15", hours="下午"),
        by="p-2",
        today=TODAY,
    )

    assert second.county.facts["subsidy_c"].value == 9000
    assert "9000" in second.faults["subsidy_c"]
    assert "9500" in second.faults["subsidy_c"]
    assert "area_each" not in second.faults  # both wrote the same
    assert second.county.facts["hours"].value == "下午"


def test_a_second_person_approves_and_the_one_who_entered_it_does_not() -> None:
    county = full(by="p-1")

    with pytest.raises(NotAllowed, match="别人复核"):
        approved(county, "subsidy_c", "8000", by="p-1")
    with pytest.raises(BadInput, match="有人改过"):
        approved(county, "subsidy_c", "7000", by="p-2")

    after = approved(county, "subsidy_c", "8000", by="p-2")
    assert after.facts["subsidy_c"].is_checked
    assert set(county.unchecked) - set(after.unchecked) == {"subsidy_c"}
    changed = filled(after, form(after, subsidy_c="9000"), by="p-2", today=TODAY).county
    assert "subsidy_c" in changed.unchecked
