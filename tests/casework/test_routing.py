"""No report reaches the accused: over the real offices, with whatever a report may say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.offices import CHAIN, Level, Organisation, Unit
from casework.refusals import IntakeClosed
from casework.reports import Accused, Report
from casework.routing import SITS_AT, UNCLEAR, Route, excluded, route
from casework.tickets import Kind
from tests.offices import CITY, CONTENT, COUNTY, DISCIPLINE, ESCROW, LUSHAN, PROVINCE

OFFICES = CONTENT.organisation
EVERYBODY = frozenset(OFFICES.units)
NEEDED = frozenset({PROVINCE, DISCIPLINE, ESCROW})
LUSHAN_TOWNSHIP = "township-410423106"

#: Counties of the tree, one of a known city that is not in it, one of another city, none at all.
COUNTIES = (*(u.area for u in OFFICES.at(Level.COUNTY)), "410481", "410105", "419001", "")

#: How many digits of an area code the office of a role has; written by hand, not read from the
#: product. A role that is not here has no office in the tree.
OFFICE_DIGITS = {
    "first_secretary": 9, "work_team": 9, "township_cadre": 9, "township_head": 9,
    "county_cadre": 6, "county_head": 6, "inspector": 6, "city_cadre": 4, "province_cadre": 2,
    "handler": 2,
}  # fmt: skip
LOWEST = {9: Level.TOWNSHIP, 6: Level.COUNTY, 4: Level.CITY, 2: Level.PROVINCE}

one = st.builds(
    Accused,
    role=st.sampled_from([*SITS_AT, UNCLEAR, "", "neighbour"]),
    name=st.sampled_from(["", "王某", "李某某"]),
    unit=st.sampled_from([*sorted(EVERYBODY), "", "", "", "县里那个局"]),
)
accused = st.lists(one, max_size=3).map(tuple)
some_reports = st.builds(
    Report,
    text=st.just("说补两万,卡上才到一万五。"),
    county=st.sampled_from(COUNTIES),
    kind=st.sampled_from(Kind),
    to_discipline=st.booleans(),
    accused=accused,
    floor=st.sampled_from(["", "city"]),
)
#: When both the province and the discipline office are accused nobody is left; that is a test below.
reports = some_reports.filter(lambda report: not {PROVINCE, DISCIPLINE} <= must_not_read(report))
keyrings = st.frozensets(st.sampled_from(sorted(EVERYBODY - NEEDED))).map(NEEDED.union)


def in_area(code: str) -> frozenset[str]:
    """The units of the housing chain in an area, by the digits of its code alone."""
    return frozenset(
        u.id for u in OFFICES.units.values() if u.level in CHAIN and u.area.startswith(code)
    )


def must_not_read(report: Report) -> frozenset[str]:
    """The office of everybody accused and all below it, found by area codes instead of parents."""
    return frozenset[str]().union(
        *(by_unit(each) | by_role(each, report) for each in report.accused)
    )


def by_unit(about: Accused) -> frozenset[str]:
    if about.unit not in OFFICES:
        return frozenset()
    unit = OFFICES[about.unit]
    return in_area(unit.area) if unit.level in CHAIN else frozenset({unit.id})


def by_role(about: Accused, report: Report) -> frozenset[str]:
    if about.role == "discipline_cadre":
        return frozenset({DISCIPLINE})
    digits = OFFICE_DIGITS.get(about.role)
    if digits is None:
        return frozenset()
    reach = frozenset(u.id for u in OFFICES.at(LOWEST[digits]))
    if digits == 2:
        return in_area("41")
    if not report.county:  # nobody can tell which office is meant: none of that level
        return reach
    return reach & in_area(report.county[:6]) if digits == 9 else in_area(report.county[:digits])


# What holds for every report


@given(reports, keyrings)
@settings(max_examples=400)
def test_the_accused_and_everybody_below_him_never_read_it(
    report: Report, keyed: frozenset[str]
) -> None:
    way = route(report, OFFICES, keyed)

    assert not must_not_read(report) & set(way.readers)


@given(reports, keyrings)
def test_somebody_who_can_act_always_reads_it(report: Report, keyed: frozenset[str]) -> None:
    way = route(report, OFFICES, keyed)

    assert way.owner == way.readers[0]
    assert way.owner != ESCROW
    assert len(set(way.readers)) == len(way.readers)
    assert set(way.readers) <= keyed


@given(reports, keyrings)
def test_province_discipline_and_escrow_read_whatever_is_not_about_them(
    report: Report, keyed: frozenset[str]
) -> None:
    way = route(report, OFFICES, keyed)

    assert (NEEDED - must_not_read(report)) <= set(way.readers)


@given(reports, keyrings)
def test_nobody_outside_the_line_of_the_county_reads_it(
    report: Report, keyed: frozenset[str]
) -> None:
    own_line = {u.id for u in OFFICES.upwards(OFFICES.lowest_for(report.county))}

    way = route(report, OFFICES, keyed)

    assert set(way.readers) <= own_line | {DISCIPLINE, ESCROW}


@given(reports, keyrings)
def test_no_township_reads_and_what_starts_at_the_city_no_county(
    report: Report, keyed: frozenset[str]
) -> None:
    levels = {OFFICES[reader].level for reader in route(report, OFFICES, keyed).readers}

    assert Level.TOWNSHIP not in levels
    if report.floor == "city" or (report.kind is Kind.CLUE and vague(report)):
        assert Level.COUNTY not in levels


def vague(report: Report) -> bool:
    """Nobody named, or somebody of whom nothing tells where he sits."""
    return not report.accused or any(a.role not in SITS_AT and not a.unit for a in report.accused)


@given(reports, keyrings, st.sampled_from(sorted(NEEDED)))
def test_without_one_of_the_three_keys_the_intake_is_closed(
    report: Report, keyed: frozenset[str], missing: str
) -> None:
    with pytest.raises(IntakeClosed, match=re.escape(OFFICES[missing].name)) as refused:
        route(report, OFFICES, keyed - {missing})

    assert "12345" in refused.value.sentence


# By hand


def way_of(keyed: frozenset[str] = EVERYBODY, **said: object) -> Route:
    report = Report(text="漏雨", county=LUSHAN, **said)  # type: ignore[arg-type]  # named below
    return route(report, OFFICES, keyed)


def test_an_ordinary_report_is_read_from_the_county_upwards() -> None:
    assert way_of() == Route(owner=COUNTY, readers=(COUNTY, CITY, PROVINCE, DISCIPLINE, ESCROW))


@pytest.mark.parametrize(
    ("accused", "owner", "readers"),
    [
        (Accused(unit=LUSHAN_TOWNSHIP), COUNTY, (COUNTY, CITY, PROVINCE, DISCIPLINE, ESCROW)),
        (Accused(role="township_head"), COUNTY, (COUNTY, CITY, PROVINCE, DISCIPLINE, ESCROW)),
        (Accused(unit=COUNTY), CITY, (CITY, PROVINCE, DISCIPLINE, ESCROW)),
        (Accused(role="county_head"), CITY, (CITY, PROVINCE, DISCIPLINE, ESCROW)),
        (Accused(role="inspector"), CITY, (CITY, PROVINCE, DISCIPLINE, ESCROW)),
        (Accused(unit=CITY), PROVINCE, (PROVINCE, DISCIPLINE, ESCROW)),
        (Accused(role="city_cadre"), PROVINCE, (PROVINCE, DISCIPLINE, ESCROW)),
        (Accused(unit=PROVINCE), DISCIPLINE, (DISCIPLINE, ESCROW)),
        (Accused(role="province_cadre"), DISCIPLINE, (DISCIPLINE, ESCROW)),
        (Accused(role="handler"), DISCIPLINE, (DISCIPLINE, ESCROW)),
        (Accused(unit=DISCIPLINE), COUNTY, (COUNTY, CITY, PROVINCE, ESCROW)),
        (Accused(role="discipline_cadre"), COUNTY, (COUNTY, CITY, PROVINCE, ESCROW)),
        (Accused(unit=ESCROW), COUNTY, (COUNTY, CITY, PROVINCE, DISCIPLINE)),
        (Accused(unit="housing-410422"), COUNTY, (COUNTY, CITY, PROVINCE, DISCIPLINE, ESCROW)),
    ],
)
def test_the_way_of_a_report_about_somebody(
    accused: Accused, owner: str, readers: tuple[str, ...]
) -> None:
    way = way_of(accused=(accused,), kind=Kind.QUALITY, to_discipline=False)

    assert way == Route(owner=owner, readers=readers)


def test_of_several_every_one_is_shut_out() -> None:
    both = (Accused(role="village_secretary"), Accused(role="county_cadre", unit=CITY))

    assert way_of(accused=both).readers == (PROVINCE, DISCIPLINE, ESCROW)


def test_a_named_office_and_the_role_in_her_own_county_both_count() -> None:
    shut_out = excluded((Accused(role="county_cadre", unit="housing-410422"),), LUSHAN, OFFICES)

    assert {COUNTY, "housing-410422"} <= shut_out


@pytest.mark.parametrize(
    ("said", "start"),
    [
        ({"kind": Kind.CLUE}, CITY),
        ({"kind": Kind.CLUE, "accused": (Accused(role="neighbour"),)}, CITY),
        ({"kind": Kind.CLUE, "accused": (Accused(role=UNCLEAR),)}, CITY),
        ({"kind": Kind.CLUE, "accused": (Accused(role="township_cadre"),)}, CITY),
        ({"kind": Kind.CLUE, "accused": (Accused(role="village_secretary"),)}, COUNTY),
        (
            {
                "kind": Kind.CLUE,
                "accused": (Accused(role="village_secretary"), Accused(role=UNCLEAR)),
            },
            CITY,
        ),
        ({"kind": Kind.CLUE, "accused": (Accused(role="contractor"),)}, COUNTY),
        ({"kind": Kind.QUALITY, "accused": (Accused(role="township_cadre"),)}, CITY),
        (
            {
                "kind": Kind.QUALITY,
                "accused": (Accused(role="township_cadre"),),
                "to_discipline": False,
            },
            COUNTY,
        ),
        ({"kind": Kind.SERVICE, "floor": "city"}, CITY),
    ],
)
def test_a_clue_starts_at_the_city_unless_only_the_village_can_be_meant(
    said: dict[str, object], start: str
) -> None:
    assert way_of(**said).owner == start


def test_a_unit_without_a_key_does_not_exist_for_routing() -> None:
    assert way_of(EVERYBODY - {COUNTY}).owner == CITY
    assert way_of(EVERYBODY - {COUNTY, CITY}).readers == (PROVINCE, DISCIPLINE, ESCROW)


def test_where_the_county_is_not_known_nothing_below_the_province_reads() -> None:
    way = route(Report(text="漏雨"), OFFICES, EVERYBODY)

    assert way.readers == (PROVINCE, DISCIPLINE, ESCROW)


def test_where_only_the_city_is_in_the_tree_it_starts_there() -> None:
    assert route(Report(text="漏雨", county="410481"), OFFICES, EVERYBODY).owner == CITY


def test_the_townships_of_an_accused_township_cadre_are_shut_out() -> None:
    for role in ("township_cadre", "village_secretary", "team_leader"):
        shut_out = excluded((Accused(role=role),), LUSHAN, OFFICES)

        assert shut_out == {LUSHAN_TOWNSHIP, "township-410423107"}


def test_the_digest_changes_with_the_readers_and_not_with_their_order() -> None:
    way, other = way_of(), way_of(floor="city")

    assert way.digest == Route(owner=CITY, readers=tuple(reversed(way.readers))).digest
    assert way.digest != other.digest


def test_nobody_is_shut_out_of_a_report_about_nobody() -> None:
    assert excluded((), LUSHAN, OFFICES) == frozenset()


def test_about_the_province_and_the_discipline_office_both_the_intake_is_closed() -> None:
    both = (Accused(role="province_cadre"), Accused(role="discipline_cadre"))

    with pytest.raises(IntakeClosed, match="12388"):
        way_of(accused=both)


def test_when_nobody_is_left_who_may_read_it_the_intake_is_closed() -> None:
    # A tree in which somebody put the discipline office below the province.
    tree = Organisation.of(
        [
            Unit(id="p", name="省", level=Level.PROVINCE, area="41"),
            Unit(id="d", name="纪委", level=Level.DISCIPLINE, parent="p", area="41"),
            Unit(id="e", name="保管人", level=Level.ESCROW, area="41"),
        ]
    )

    with pytest.raises(IntakeClosed, match="12388"):
        route(Report(text="x", accused=(Accused(unit="p"),)), tree, frozenset("pde"))
