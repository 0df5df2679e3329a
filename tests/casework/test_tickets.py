"""Every cell of the table of a ticket's life: what is in it leads on, what is not is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import product

import pytest

from casework.refusals import NotAllowed
from casework.tickets import NEXT, OPEN, Action, Audience, Entry, Kind, Status, Ticket
from casework.tracks import TABLES, Tracks
from casework.workdays import SHANGHAI

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=SHANGHAI)
EVERY = tuple(product(Status, Action))
NOT_IN_THE_TABLE = tuple(cell for cell in EVERY if cell not in NEXT)


def a_ticket(status: Status, tracks: Tracks | None = None) -> Ticket:
    return Ticket(
        number="K7QD2M", county="410423", category="quality.leak", kind=Kind.QUALITY,
        owner="housing-410423", filed_at=NOON, clocks=(), status=status,
        tracks=tracks or Tracks(),
    )  # fmt: skip


def ready_for(action: Action) -> Tracks:
    """Side tracks that stand where `action` may be taken."""
    ready = {
        name: here
        for name, table in TABLES.items()
        for here, step in reversed(table)
        if step is action
    }
    return Tracks(**ready)


def name(cell: object) -> str:
    return str(cell)


@pytest.mark.parametrize("status", Status, ids=name)
def test_what_the_table_allows_leads_where_it_says(status: Status) -> None:
    for action in sorted(action for at, action in NEXT if at is status):
        leads_where_the_table_says(status, action)


def leads_where_the_table_says(status: Status, action: Action) -> None:
    before = a_ticket(status, ready_for(action))
    audience = action.card.says or Audience.INSIDE

    after, entry = before.record(
        action, by="housing-410423", at=NOON, person="p1", text=b"sealed", audience=audience
    )

    tracks = before.tracks.after(action, status)
    assert after == replace(before, status=NEXT[status, action], version=2, tracks=tracks)
    assert entry == Entry(
        at=NOON, action=action, by="housing-410423", person="p1", audience=audience, text=b"sealed"
    )
    assert before == a_ticket(status, ready_for(action))  # nothing is changed in place


@pytest.mark.parametrize("status", Status, ids=name)
def test_what_the_table_does_not_allow_is_refused_in_a_sentence(status: Status) -> None:
    ticket = a_ticket(status)
    for action in sorted(action for at, action in NOT_IN_THE_TABLE if at is status):
        with pytest.raises(NotAllowed) as refused:
            ticket.record(action, by="housing-410423", at=NOON)

        assert refused.value.sentence == f"“{status.label}”的件不能“{action.label}”。"
        assert refused.value.code == "not-allowed"
        assert action not in ticket.allowed()


@pytest.mark.parametrize("status", Status, ids=name)
def test_a_ticket_offers_exactly_the_actions_of_its_row(status: Status) -> None:
    row = {action for at, action in NEXT if at is status}

    offered = a_ticket(status).allowed()
    waiting = {action for action in row if a_ticket(status).tracks.refusal(action)}

    assert set(offered) == row - waiting
    assert len(offered) == len(set(offered))
    assert all(action in a_ticket(status, ready_for(action)).allowed() for action in row)


def test_a_line_is_for_colleagues_unless_somebody_says_otherwise() -> None:
    _, entry = a_ticket(Status.RECEIVED).record(Action.ACCEPT, by="housing-410423", at=NOON)

    assert (entry.audience, entry.text, entry.person) == (Audience.INSIDE, None, "")


# The table against the reference vocabulary (domain §3.1): written by hand, so that a slip in the
# table is not repeated in its test.

STEPS = """
    received    accept   accepted
    received    decline  declined
    accepted    dispatch dispatched
    dispatched  sign     signed
    dispatched  return   returned
    returned    dispatch dispatched
    signed      start    in_progress
    in_progress ask      needs_info
    needs_info  add      in_progress
    in_progress reply    replied
    replied     resolve  resolved
    replied     reopen   reopened
    resolved    reopen   reopened
    reopened    start    in_progress
    resolved    close    closed
    in_progress extend   in_progress
    closed      note     closed
    received    add      received
    received    ask      needs_info
    needs_info  accept   accepted
    dispatched  reassign dispatched
    in_progress reassign dispatched
    in_progress rectify  rectifying
    rectifying  rectified reinspection
    reinspection reinspect_pass in_progress
    reinspection reinspect_fail rectifying
    rectifying  reply    rectifying
    in_progress submit   in_progress
    in_progress pass     in_progress
    in_progress send_back in_progress
    resolved    follow_up followup
    resolved    solved   followup
    followup    solved   followup
    followup    unsolved reopened
    followup    nobody_came reopened
    followup    close    closed
    closed      ask_review closed
    closed      review_keep closed
    closed      review_redo reopened
    closed      ask_reexam closed
    closed      reexam_redo reopened
    received    merge    merged
    in_progress park     parked
    parked      unpark   in_progress
    in_progress refer    referred
    received    withdraw withdrawn
    in_progress wish_withdrawn in_progress
    closed      archive  archived
    declined    archive  archived
    withdrawn   archive  archived
"""


@pytest.mark.parametrize("step", STEPS.strip().splitlines(), ids=str.split)
def test_the_way_of_a_work_order_is_that_of_the_reference(step: str) -> None:
    status, action, after = step.split()

    assert NEXT[Status(status), Action(action)] is Status(after)


FORBIDDEN = """
    received   dispatch
    received   reply
    received   close
    accepted   decline
    declined   accept
    declined   reopen
    dispatched reply
    signed     return
    signed     resolve
    needs_info resolve
    resolved   resolve
    replied    close
    closed     reopen
    closed     reply
    closed     remind
    declined   escalate
    resolved   extend
    rectifying resolve
    reinspection resolve
    reinspection close
    referred   reply
    referred   sign
    merged     close
    parked     close
    closed     withdraw
    archived   reopen
    received   archive
    in_progress archive
    received   ask_review
    declined   ask_review
"""


@pytest.mark.parametrize("cell", FORBIDDEN.strip().splitlines(), ids=str.split)
def test_no_short_cut_of_a_work_order_is_in_the_table(cell: str) -> None:
    status, action = cell.split()

    assert (Status(status), Action(action)) not in NEXT


@pytest.mark.parametrize(
    ("status", "label"),
    [
        ("received", "待受理"), ("accepted", "已受理"), ("declined", "不予受理"),
        ("dispatched", "已交办"), ("signed", "已签收"), ("returned", "已退单"),
        ("in_progress", "办理中"), ("replied", "已答复"), ("resolved", "已办结"),
        ("reopened", "重办"), ("closed", "销号"), ("rectifying", "整改中"),
        ("reinspection", "待复验"), ("followup", "回访中"), ("referred", "已移交有权机关"),
        ("merged", "已合并"), ("parked", "挂账"), ("archived", "归档"),
    ],
)  # fmt: skip
def test_a_state_is_called_as_in_the_reference(status: str, label: str) -> None:
    assert Status(status).label == label


# The shape of the table

MOVES = {(at, to) for (at, _), to in NEXT.items() if at is not to}


def reached_from(start: Status) -> set[Status]:
    seen, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        fresh = {to for at, to in MOVES if at is here} - seen
        seen |= fresh
        ahead.extend(fresh)
    return seen


def test_every_state_can_come_about() -> None:
    assert reached_from(Status.RECEIVED) == set(Status)


@pytest.mark.parametrize("status", sorted(OPEN), ids=name)
def test_no_open_ticket_is_a_dead_end(status: Status) -> None:
    assert Status.CLOSED in reached_from(status)


@pytest.mark.parametrize("status", Status, ids=name)
def test_from_every_state_a_way_leads_to_the_archive(status: Status) -> None:
    assert Status.ARCHIVED in reached_from(status)


@pytest.mark.parametrize(
    "status", [Status.DECLINED, Status.MERGED, Status.WITHDRAWN, Status.ARCHIVED], ids=name
)
def test_what_is_over_stays_over(status: Status) -> None:
    assert not a_ticket(status).is_open
    assert reached_from(status) <= {status, Status.ARCHIVED}


def test_only_an_appeal_opens_what_was_closed() -> None:
    ways = {action for (at, action), to in NEXT.items() if at is Status.CLOSED and to in OPEN}

    assert ways == {Action.REVIEW_REDO, Action.REEXAM_REDO}


def test_a_house_is_not_done_before_somebody_inspected_it_again() -> None:
    ways = {
        action
        for (at, action), to in NEXT.items()
        if at in (Status.RECTIFYING, Status.REINSPECTION) and to in OPEN and to is not at
    }

    assert ways == {
        Action.RECTIFIED, Action.REINSPECT_PASS, Action.REINSPECT_FAIL, Action.PARK,
        Action.REVIEW_REDO, Action.REEXAM_REDO,
    }  # fmt: skip


@pytest.mark.parametrize("status", Status, ids=name)
def test_the_reporter_can_always_add_something(status: Status) -> None:
    assert (status, Action.ADD) in NEXT


def test_a_ticket_is_filed_once_and_never_again() -> None:
    assert not [status for status, action in NEXT if action is Action.FILE]


# Words for people


@pytest.mark.parametrize("status", Status, ids=name)
def test_a_villager_is_told_a_state_in_plain_words(status: Status) -> None:
    assert len(status.plain) >= 3
    assert status.plain.isascii() is False
    assert not set(status.plain) & set("abcdefghijklmnopqrstuvwxyz_")


def test_every_machine_word_has_a_chinese_label() -> None:
    labels = {str(word): word.label for word in (*Status, *Action, *Kind)}

    assert [word for word, label in labels.items() if not label or label.isascii()] == []


@pytest.mark.parametrize("words", [Status, Action, Kind])
def test_no_two_words_of_a_list_share_a_label(words: type[Status | Action | Kind]) -> None:
    labels = [word.label for word in words]

    assert len(set(labels)) == len(labels)
