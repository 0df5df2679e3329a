"""Beside the state: an extension, a draft under review, an appeal, a question that waits."""

from __future__ import annotations

from datetime import datetime
from itertools import product

import pytest

from casework.appeals import too_late
from casework.refusals import NotAllowed
from casework.reports import accused_of
from casework.tickets import NEXT, Action, Kind, Status, Ticket
from casework.tracks import DRAFT_ENDS, TABLES, WORDS, Tracks
from casework.workdays import SHANGHAI
from tests.offices import CALENDAR, CONTENT

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=SHANGHAI)

CELLS = [
    (name, here, action)
    for name, table in TABLES.items()
    for here, action in product(
        [state for track, state in WORDS if track == name], dict.fromkeys(a for _, a in table)
    )
]


def a_ticket(status: Status, **tracks: str | bool) -> Ticket:
    return Ticket(
        number="K7QD2M", county="410423", category="quality.leak", kind=Kind.QUALITY,
        owner="housing-410423", filed_at=NOON, clocks=(), status=status,
        tracks=Tracks(**tracks),  # type: ignore[arg-type]  # names of its fields
    )  # fmt: skip


def step(ticket: Ticket, action: Action) -> Ticket:
    return ticket.record(action, by="housing-410423", at=NOON)[0]


@pytest.mark.parametrize(("name", "here", "action"), CELLS, ids=str)
def test_every_cell_of_a_side_track_leads_on_or_is_refused(
    name: str, here: str, action: Action
) -> None:
    before = Tracks(**{name: here})

    if (here, action) in TABLES[name]:
        assert getattr(before.after(action, Status.REPLIED), name) == TABLES[name][here, action]
        assert before.refusal(action) == ""
    else:
        with pytest.raises(NotAllowed) as refused:
            before.after(action, Status.REPLIED)
        assert refused.value.sentence == f"{WORDS[name, here]},不能“{action.label}”。"
        assert before.refusal(action) == refused.value.sentence


@pytest.mark.parametrize("name", TABLES)
def test_every_state_of_a_side_track_has_words_and_can_come_about(name: str) -> None:
    table = TABLES[name]

    assert {"", *table.values()} == {state for track, state in WORDS if track == name}


def test_an_extension_is_given_once() -> None:
    ticket = a_ticket(Status.IN_PROGRESS)

    for action in (Action.ASK_EXTENSION, Action.NO_EXTENSION, Action.ASK_EXTENSION, Action.EXTEND):
        ticket = step(ticket, action)

    assert ticket.tracks.extension == "granted"
    assert Action.ASK_EXTENSION not in ticket.allowed()


def test_an_appeal_has_two_levels_and_then_an_end() -> None:
    ticket = a_ticket(Status.CLOSED)

    for action in (
        Action.ASK_REVIEW, Action.REVIEW_KEEP, Action.ASK_REEXAM, Action.REEXAM_KEEP,
    ):  # fmt: skip
        ticket = step(ticket, action)

    assert not {Action.ASK_REVIEW, Action.ASK_REEXAM} & set(ticket.allowed())


@pytest.mark.parametrize("action", sorted(DRAFT_ENDS))
def test_a_passed_draft_does_not_outlive_what_it_was_passed_for(action: Action) -> None:
    status = next(at for at, each in NEXT if each is action and (at, Action.NOTE) in NEXT)
    appeal = {"review_redo": "review", "reexam_redo": "reexam"}.get(action.value, "")

    after = step(a_ticket(status, draft="passed", appeal=appeal), action)

    assert after.tracks.draft == ""


@pytest.mark.parametrize("status", [at for at, action in NEXT if action is Action.ASK])
def test_while_a_question_waits_only_what_could_be_done_before_is_offered(status: Status) -> None:
    before = a_ticket(status)
    waiting = step(before, Action.ASK)

    offered = set(waiting.allowed())

    assert waiting.status is Status.NEEDS_INFO
    assert offered - {Action.ADD} <= {action for at, action in NEXT if at is status} | {Action.ASK}
    for action in set(Action) - offered:
        with pytest.raises(NotAllowed):
            step(waiting, action)


def test_an_answer_before_acceptance_leads_back_to_where_it_was_asked() -> None:
    asked_early = step(step(a_ticket(Status.RECEIVED), Action.ASK), Action.ADD)
    asked_again = step(step(step(a_ticket(Status.RECEIVED), Action.ASK), Action.ASK), Action.ADD)
    asked_at_work = step(step(a_ticket(Status.SIGNED), Action.ASK), Action.ADD)

    assert asked_early.status is Status.RECEIVED
    assert asked_again.status is Status.RECEIVED
    assert asked_at_work.status is Status.IN_PROGRESS


def test_a_question_that_is_never_answered_holds_nobody_up() -> None:
    early = step(a_ticket(Status.RECEIVED), Action.ASK)
    at_work = step(a_ticket(Status.IN_PROGRESS), Action.ASK)

    assert {Action.ACCEPT, Action.DECLINE} <= set(early.allowed())
    assert Action.ACCEPT not in at_work.allowed()
    assert step(at_work, Action.REPLY).status is Status.REPLIED


@pytest.mark.parametrize("action", [Action.WITHDRAW, Action.WISH_WITHDRAWN])
def test_who_takes_it_back_is_told_the_same_whatever_becomes_of_it(action: Action) -> None:
    after = step(a_ticket(Status.IN_PROGRESS), action)

    assert after.told is Status.WITHDRAWN
    assert after.told.plain == "已记下您要撤回。已经交上去的收不回来"
    assert (after.status is Status.WITHDRAWN) is (action is Action.WITHDRAW)


def test_without_a_written_answer_there_is_nothing_to_appeal_against() -> None:
    sentence = too_late(Action.ASK_REVIEW, (), CONTENT.rules, CALENDAR, NOON)

    assert sentence == "还没有书面答复,不用申请复查。"


def test_facts_that_name_nobody_accuse_nobody() -> None:
    assert not accused_of({})
    assert [each.role for each in accused_of({"accused": {"role": "contractor"}})] == ["contractor"]
    assert [each.role for each in accused_of({"accused": [{"role": "work_team"}, {}]})] == [
        "work_team"
    ]
