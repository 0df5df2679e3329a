"""Who may do what: every action against every role, and the rules beside the roles."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.actions.handling import HANDLING, LONGEST_TEXT, MAY, SAYS, allowed, checked, why_not
from casework.deadlines import SHANGHAI
from casework.offices import Person, Role
from casework.refusals import BadInput
from casework.tickets import NEXT, Action, Audience, Entry, Kind, Status, Ticket
from tests.offices import CITY, CONTENT, COUNTY

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=SHANGHAI)
OFFICES = CONTENT.organisation
TICKET = Ticket(
    number="K7QD2M", county="410423", category="quality.leak", kind=Kind.QUALITY, owner=COUNTY,
    filed_at=NOON, clocks=(),
)  # fmt: skip


def somebody(*roles: Role, unit: str = COUNTY, id: str = "p1") -> Person:
    return Person(id=id, name="甲", unit=unit, roles=frozenset(roles))


def refusal(action: Action, person: Person, *done: Entry, ticket: Ticket = TICKET) -> str:
    return why_not(ticket, action, person, OFFICES, done)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_a_role_may_what_the_list_says_and_nothing_else(action: Action, role: Role) -> None:
    sentence = refusal(action, somebody(role))

    if role in MAY.get(action, ()):
        assert sentence == ""
    else:
        assert sentence == f"您的岗位不能“{action.label}”。"


# By hand, so that the list itself is checked.


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        (Role.HANDLER, "sign return start ask reply resolve note mark_clue"),
        (Role.DISPATCHER, "accept decline dispatch ask close reopen extend note mark_clue"),
        (
            Role.SUPERVISOR,
            "accept decline dispatch sign start ask reply resolve close reopen extend note "
            "mark_clue",
        ),
        (Role.ORGANISER, ""),
        (Role.SYSADMIN, ""),
    ],
)
def test_the_work_of_a_role_is_this(role: Role, actions: str) -> None:
    may = {action for action in Action if not refusal(action, somebody(role))}

    assert may == {Action(each) for each in actions.split()}


@pytest.mark.parametrize("action", ["file", "add", "open", "batch", "remind", "escalate"])
def test_what_the_house_writes_itself_nobody_does_by_hand(action: str) -> None:
    assert refusal(Action(action), somebody(*Role)) == f"您的岗位不能“{Action(action).label}”。"


def test_the_system_administrator_reads_no_case() -> None:
    readers = {role for role in Role if somebody(role).may_read_cases()}

    assert readers == {Role.HANDLER, Role.DISPATCHER, Role.SUPERVISOR}
    assert somebody(Role.SYSADMIN, Role.HANDLER).may_read_cases()
    assert not somebody().may_read_cases()


def test_somebody_without_a_role_may_nothing() -> None:
    assert all(refusal(action, somebody()) for action in Action)


@given(st.frozensets(st.sampled_from(Role)), st.sampled_from(Action))
def test_two_roles_may_what_either_may(roles: frozenset[Role], action: Action) -> None:
    either = any(not refusal(action, somebody(role)) for role in roles)

    assert (refusal(action, somebody(*roles)) == "") is either


# Beside the roles


@pytest.mark.parametrize("action", sorted(MAY))
def test_a_unit_above_watches_and_does_not_handle(action: Action) -> None:
    sentence = refusal(action, somebody(*Role, unit=CITY))

    if action in HANDLING:
        assert sentence == f"这件由{OFFICES[COUNTY].name}办,本单位只能督办。"
    else:
        assert sentence == ""


def test_a_unit_that_is_no_longer_in_the_tree_is_called_by_its_id() -> None:
    orphan = replace(TICKET, owner="housing-410499")

    assert "housing-410499" in refusal(Action.SIGN, somebody(Role.HANDLER), ticket=orphan)


def line(action: Action, person: str) -> Entry:
    return Entry(at=NOON, action=action, by=COUNTY, person=person)


@pytest.mark.parametrize("done", sorted(HANDLING))
def test_who_handled_it_does_not_close_it(done: Action) -> None:
    handled = line(done, "p1")

    own = refusal(Action.CLOSE, somebody(Role.DISPATCHER, id="p1"), handled)
    another = refusal(Action.CLOSE, somebody(Role.DISPATCHER, id="p2"), handled)

    assert own == "办件的人不能自己销号,请另一位同事来销。"
    assert another == ""


@pytest.mark.parametrize("done", sorted(set(Action) - HANDLING))
def test_who_only_looked_on_may_close(done: Action) -> None:
    assert not refusal(Action.CLOSE, somebody(Role.DISPATCHER, id="p1"), line(done, "p1"))


def test_a_clue_is_not_marked_twice() -> None:
    clue = replace(TICKET, to_discipline=True)

    assert refusal(Action.MARK_CLUE, somebody(Role.HANDLER), ticket=clue) == "已经是问题线索了。"


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("role", Role)
def test_the_desk_offers_what_both_table_and_role_allow(role: Role, status: Status) -> None:
    ticket = replace(TICKET, status=status)

    offered = allowed(ticket, somebody(role), OFFICES, ())

    assert set(offered) == {
        action for at, action in NEXT if at is status and role in MAY.get(action, ())
    }


# The words that go with an action


@pytest.mark.parametrize("action", Action)
def test_an_action_that_must_say_something_is_refused_without_words(action: Action) -> None:
    if action in SAYS:
        with pytest.raises(BadInput, match=f"“{action.label}”要写几句话。"):
            checked(action, " \n ")
    else:
        assert checked(action, " \n ") == ""


def test_what_the_reporter_reads_and_what_stays_inside() -> None:
    told = {action for action, audience in SAYS.items() if audience is Audience.REPORTER}

    assert told == {Action.DECLINE, Action.ASK, Action.REPLY, Action.EXTEND}
    assert set(SAYS) - told == {Action.RETURN, Action.NOTE}


def test_words_are_taken_up_to_the_limit_and_not_beyond() -> None:
    longest = "字" * LONGEST_TEXT

    assert checked(Action.REPLY, f" {longest}\n") == longest
    with pytest.raises(BadInput, match=f"最多 {LONGEST_TEXT} 个字"):
        checked(Action.REPLY, longest + "字")
