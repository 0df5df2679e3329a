"""What is known of a county, and which examples there were by a day."""

from __future__ import annotations

from datetime import date

from casework.content import Topic
from casework.county import County, Fact

TOLD = Fact(value="D级补3万元", source="县住建局", since=date(2020, 5, 1))
COUNTY = County(code="410423", facts={"subsidy_note": TOLD})


def test_a_fact_is_known_from_its_day_on_and_only_where_it_is_needed() -> None:
    assert COUNTY.known(("subsidy", "phone"), date(2020, 5, 1)) == {"subsidy_note": TOLD}
    assert COUNTY.known(("subsidy",), date(2020, 4, 30)) == {}
    assert COUNTY.known(("area",), date(2026, 1, 1)) == {}


def test_an_example_is_told_from_its_year_on() -> None:
    topic = Topic(
        slug="a.b", question="补多少?", variants=(), answer="各县不一样。",
        examples=("甲县2017年补8000元", "乙县2022年补1万元"),
    )  # fmt: skip

    assert topic.examples_by(date(2019, 1, 1)) == ("甲县2017年补8000元",)
    assert topic.examples_by(date(2022, 1, 1)) == topic.examples
    assert topic.examples_by(date(2016, 12, 31)) == ()
