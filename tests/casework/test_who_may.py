"""Who may do what: every action against every role, and the rules beside the roles."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.offices import Person, Role
from casework.permits import (
    LONGEST_TEXT,
    Bench,
    Particulars,
    allowed,
    checked,
    done_by,
    is_sealed_to,
    needs_review,
    why_not,
)
from casework.refusals import BadInput
from casework.steps import BY_HAND, Above, Part
from casework.tickets import NEXT, Action, Audience, Entry, Kind, Status, Ticket
from casework.tracks import Tracks
from casework.workdays import SHANGHAI
from tests.offices import CALENDAR, CITY, CONTENT, COUNTY, PROVINCE

SUPERVISING = [a for a in Action if a.card.above is Above.OWNER and a.card.part is None]
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=SHANGHAI)
OFFICES, TEXTS = CONTENT.organisation, CONTENT.steps
TICKET = Ticket(
    number="K7QD2M", county="410423", category="quality.leak", kind=Kind.QUALITY, owner=COUNTY,
    filed_at=NOON, clocks=(),
)  # fmt: skip
CLUE = replace(TICKET, kind=Kind.CLUE)


def somebody(*roles: Role, unit: str = COUNTY, id: str = "p1") -> Person:
    return Person(id=id, name="甲", unit=unit, roles=frozenset(roles))


def bench(person: Person, now: datetime = NOON) -> Bench:
    return Bench(
        person=person,
        organisation=OFFICES,
        rules=CONTENT.rules,
        texts=TEXTS,
        calendar=CALENDAR,
        now=now,
    )


def refusal(action: Action, person: Person, *done: Entry, ticket: Ticket = TICKET) -> str:
    return why_not(ticket, action, bench(person), done)


def line(action: Action, person: str, by: str = COUNTY, at: datetime = NOON) -> Entry:
    return Entry(at=at, action=action, by=by, person=person)


#: Where an action is nobody's business but of a unit above.
HIGH_UP = {action: CITY for action in Action if action.card.above}


def playing(*parts: Part) -> set[Action]:
    return {action for action in Action if action.card.part in parts}


@pytest.mark.parametrize("action", Action)
def test_a_role_may_what_the_list_says_and_nothing_else(action: Action) -> None:
    unit = HIGH_UP.get(action, COUNTY)

    said = {role: refusal(action, somebody(role, unit=unit)) for role in Role}

    no = f"您的岗位不能“{action.label}”。"
    assert said == {role: "" if role in action.card.who else no for role in Role}


# By hand, so that the list itself is checked.


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        (
            Role.HANDLER,
            "sign return start ask submit reply rectify rectified resolve ask_extension note "
            "mark_clue",
        ),
        (
            Role.DISPATCHER,
            "accept decline dispatch reassign allot ask close reopen reinspect_pass reinspect_fail "
            "follow_up solved unsolved nobody_came unreached merge unpark archive note mark_clue",
        ),
        (
            Role.SUPERVISOR,
            "accept decline dispatch reassign allot sign start ask submit pass send_back reply rectify "
            "rectified reinspect_pass reinspect_fail resolve follow_up solved unsolved "
            "nobody_came unreached close reopen ask_extension extend no_extension review_keep "
            "review_redo reexam_keep reexam_redo merge unpark refer archive note mark_clue remind "
            "circular interview problem_letter accountability",
        ),
        (
            Role.APPROVER,
            "pass send_back reinspect_pass reinspect_fail extend no_extension note",
        ),
        (
            Role.LEADER,
            "pass send_back reinspect_pass reinspect_fail extend no_extension review_keep "
            "review_redo reexam_keep reexam_redo park unpark note remind circular interview "
            "problem_letter accountability",
        ),
        (Role.FOLLOWUP_OFFICER, "follow_up solved unsolved nobody_came unreached"),
        (Role.ORGANISER, ""),
        (Role.SYSADMIN, ""),
    ],
)
def test_the_work_of_a_role_is_this(role: Role, actions: str) -> None:
    may = {action for action in Action if role in action.card.who}

    assert may == {Action(each) for each in actions.split()}


@pytest.mark.parametrize(
    "action",
    ["file", "add", "open", "batch", "escalate", "ask_review", "ask_reexam",
     "withdraw", "wish_withdrawn"],
)  # fmt: skip
def test_what_the_house_or_the_reporter_writes_nobody_does_by_hand(action: str) -> None:
    assert refusal(Action(action), somebody(*Role)) == f"您的岗位不能“{Action(action).label}”。"


def test_the_system_administrator_reads_no_case() -> None:
    readers = {role for role in Role if somebody(role).may_read_cases()}

    assert readers == set(Role) - {Role.SYSADMIN, Role.ORGANISER}
    assert somebody(Role.SYSADMIN, Role.HANDLER).may_read_cases()
    assert not somebody().may_read_cases()


def test_somebody_without_a_role_may_nothing() -> None:
    assert all(refusal(action, somebody()) for action in Action)


@given(st.frozensets(st.sampled_from(Role)), st.sampled_from(Action))
def test_two_roles_may_what_either_may(roles: frozenset[Role], action: Action) -> None:
    unit = HIGH_UP.get(action, COUNTY)
    either = any(not refusal(action, somebody(role, unit=unit)) for role in roles)

    assert (refusal(action, somebody(*roles, unit=unit)) == "") is either


# Beside the roles


@pytest.mark.parametrize("action", BY_HAND)
def test_a_unit_above_watches_and_does_not_handle(action: Action) -> None:
    signed = replace(TICKET, status=Status.SIGNED)
    sentence = refusal(action, somebody(*Role, unit=CITY), ticket=signed)

    if action.card.part is Part.HANDLING:
        assert sentence == f"这件由{OFFICES[COUNTY].name}办,本单位只能督办。"
    else:
        assert sentence == ""


def test_before_acceptance_a_desk_above_may_ask_what_is_missing() -> None:
    assert refusal(Action.ASK, somebody(Role.DISPATCHER, unit=CITY)) == ""


def test_a_unit_that_is_no_longer_in_the_tree_is_called_by_its_id() -> None:
    orphan = replace(TICKET, owner="housing-410499")

    assert "housing-410499" in refusal(Action.SIGN, somebody(Role.HANDLER), ticket=orphan)
    assert "上一级" in refusal(Action.REVIEW_KEEP, somebody(Role.LEADER, unit=CITY), ticket=orphan)


# Four eyes


@pytest.mark.parametrize("action", [each for each in BY_HAND if each.card.apart])
def test_who_did_the_one_may_not_do_the_other(action: Action) -> None:
    unit = HIGH_UP.get(action, COUNTY)
    apart, sentence = playing(*action.card.apart), TEXTS[action].apart
    roles = [role for role in Role if role in action.card.who]
    one, another = somebody(*roles, unit=unit), somebody(*roles, unit=unit, id="p2")

    later = NOON + timedelta(days=60) if action is Action.CLOSE else NOON  # she had her days

    own = {d: why_not(TICKET, action, bench(one, later), (line(d, "p1"),)) for d in Action}
    others = {d: why_not(TICKET, action, bench(another, later), (line(d, "p1"),)) for d in Action}

    assert own == {done: sentence if done in apart else "" for done in Action}
    assert others == dict.fromkeys(Action, "")


def test_handling_and_checking_exclude_each_other_both_ways() -> None:
    checking = {Part.CHECKING, Part.REVIEW, Part.REEXAM}

    assert all(action.card.apart >= checking for action in playing(Part.HANDLING))
    assert all(Part.HANDLING in action.card.apart for action in playing(*checking))


# By hand, so that the cards themselves are checked.


@pytest.mark.parametrize(
    ("part", "actions"),
    [
        (
            Part.HANDLING,
            "sign return start ask submit reply rectify rectified resolve ask_extension",
        ),
        (Part.CHECKING, "pass send_back reinspect_pass reinspect_fail close"),
        (Part.REVIEW, "review_keep review_redo"),
        (Part.REEXAM, "reexam_keep reexam_redo"),
        (Part.MARKING, "mark_clue"),
    ],
)
def test_what_somebody_has_been_by_a_step(part: Part, actions: str) -> None:
    assert playing(part) == {Action(each) for each in actions.split()}


@pytest.mark.parametrize(
    ("parts", "actions"),
    [
        ({Part.CHECKING, Part.REVIEW, Part.REEXAM},
         "sign return start ask submit reply rectify rectified resolve ask_extension"),
        ({Part.HANDLING},
         "pass send_back reinspect_pass reinspect_fail close extend no_extension park solved "
         "unsolved nobody_came unreached"),
        ({Part.HANDLING, Part.CHECKING}, "review_keep review_redo"),
        ({Part.HANDLING, Part.CHECKING, Part.REVIEW}, "reexam_keep reexam_redo"),
        ({Part.MARKING}, "refer"),
    ],
)  # fmt: skip
def test_who_must_stay_apart_from_what(parts: set[Part], actions: str) -> None:
    apart = {action for action in Action if action.card.apart == parts}

    assert apart == {Action(each) for each in actions.split()}


@pytest.mark.parametrize(
    ("above", "actions"),
    [
        (
            Above.OWNER,
            "review_keep review_redo remind problem_letter interview circular accountability",
        ),
        (Above.REVIEW, "reexam_keep reexam_redo"),
        (Above.CITY, "refer"),
    ],
)
def test_what_is_done_from_above(above: Above, actions: str) -> None:
    assert {a for a in Action if a.card.above is above} == {Action(a) for a in actions.split()}


def test_a_township_signs_begins_notes_returns_reports_and_asks_for_time() -> None:
    may = {action for action in Action if action.card.for_townships}

    assert may == set(
        map(Action, ["sign", "start", "note", "return", "rectified", "ask_extension"])
    )


def test_words_for_the_unit_that_has_it() -> None:
    said = {action for action in Action if action.card.for_owner}

    assert said == set(
        map(
            Action,
            [
                "dispatch",
                "reassign",
                "send_back",
                "no_extension",
                "reinspect_pass",
                "reinspect_fail",
                "remind",
                "circular",
                "interview",
                "problem_letter",
                "accountability",
            ],
        )
    )


def test_a_question_before_acceptance_is_no_handling() -> None:
    asked_early = (line(Action.FILE, ""), line(Action.ASK, "p1"), line(Action.ACCEPT, "p1"))
    asked_late = (line(Action.FILE, ""), line(Action.ACCEPT, "p1"), line(Action.ASK, "p1"))

    assert done_by("p1", asked_early) == {Action.ACCEPT}
    assert done_by("p1", asked_late) == {Action.ACCEPT, Action.ASK}
    assert not refusal(Action.CLOSE, somebody(Role.DISPATCHER), *asked_early)


def test_a_clue_is_not_marked_twice() -> None:
    clue = replace(TICKET, to_discipline=True)

    assert refusal(Action.MARK_CLUE, somebody(Role.HANDLER), ticket=clue) == "已经是问题线索了。"


# 送审


@pytest.mark.parametrize("draft", ["", "submitted", "passed", "sent_back"])
def test_an_answer_to_a_clue_waits_for_its_review(draft: str) -> None:
    clue = replace(CLUE, tracks=Tracks(draft=draft))

    sentence = refusal(Action.REPLY, somebody(Role.HANDLER), ticket=clue)

    assert sentence == ("" if draft == "passed" else "这类件的答复要先送审,由别人审核通过。")


@pytest.mark.parametrize("kind", Kind)
def test_which_kinds_are_reviewed_is_policy_and_help_in_danger_never_waits(kind: Kind) -> None:
    ticket = replace(TICKET, kind=kind)

    assert needs_review(ticket, CONTENT.rules) is (kind.value in CONTENT.rules.reviewed_kinds)
    assert "urgent" not in CONTENT.rules.reviewed_kinds


# 退单


def test_after_a_second_return_the_supervisor_assigns_and_his_word_binds() -> None:
    twice = replace(TICKET, status=Status.RETURNED, returns=2)
    bound = replace(TICKET, status=Status.DISPATCHED, tracks=Tracks(bound=True))

    dispatcher = refusal(Action.DISPATCH, somebody(Role.DISPATCHER), ticket=twice)
    supervisor = refusal(Action.DISPATCH, somebody(Role.SUPERVISOR), ticket=twice)
    again = refusal(Action.RETURN, somebody(Role.HANDLER), ticket=bound)

    assert dispatcher == "退过两次了,由督办员指定承办单位。"
    assert supervisor == ""
    assert again == "第二次退单以后由督办员指定,指定了就不能再退。"


@pytest.mark.parametrize(("days", "open_"), [(0, True), (2, True), (3, False)])
def test_an_order_goes_back_within_two_working_days_or_not_at_all(days: int, open_: bool) -> None:
    sent = line(Action.DISPATCH, "p9")
    later = bench(somebody(Role.HANDLER), NOON + timedelta(days=days))

    sentence = why_not(TICKET, Action.RETURN, later, (sent,))

    assert (sentence == "") is open_
    assert open_ or sentence == "11月4日 17:30以前才能退单,过了就要办。"


# 销号, 归档

RESOLVED = replace(TICKET, status=Status.RESOLVED)


@pytest.mark.parametrize(
    ("done", "days", "sentence"),
    [
        ([Action.RESOLVE], 0, "等反映人说一声办好了没有;她一直不说,过了11月9日 17:30再销号。"),
        ([Action.RESOLVE], 7, "等反映人说一声办好了没有;她一直不说,过了11月9日 17:30再销号。"),
        ([Action.RESOLVE], 8, ""),
        ([Action.RESOLVE, Action.FOLLOW_UP, Action.UNREACHED], 1, "等反映人说一声"),
        ([Action.RESOLVE, Action.SOLVED], 0, ""),
        ([Action.RESOLVE, Action.SOLVED, Action.RESOLVE], 0, "等反映人说一声"),
    ],
)
def test_it_is_closed_when_she_said_so_or_had_her_days(
    done: list[Action], days: int, sentence: str
) -> None:
    entries = [line(each, "p9") for each in done]
    dispatcher = bench(somebody(Role.DISPATCHER), NOON + timedelta(days=days))

    said = why_not(RESOLVED, Action.CLOSE, dispatcher, entries)

    assert said.startswith(sentence) if sentence else not said


def test_what_another_authority_has_is_closed_without_asking_her() -> None:
    referred = replace(TICKET, status=Status.REFERRED, owner=PROVINCE)
    dispatcher = somebody(Role.DISPATCHER, unit=PROVINCE)

    assert not why_not(referred, Action.CLOSE, bench(dispatcher), (line(Action.RESOLVE, "p9"),))


@pytest.mark.parametrize(
    ("done", "days", "appeal", "sentence"),
    [
        ([Action.REPLY], 0, "", "12月2日 17:30以前反映人还能申请复查,过了再归档。"),
        ([Action.REPLY], 31, "", ""),
        ([Action.REPLY], 31, "review", "正在复查、复核,有了结论再归档。"),
        ([Action.REPLY, Action.REVIEW_KEEP], 0, "reviewed", "12月2日 17:30以前"),
        ([Action.REPLY, Action.REVIEW_KEEP, Action.REEXAM_KEEP], 0, "final", ""),
        ([], 0, "", ""),
    ],
)
def test_it_is_archived_when_she_cannot_appeal_any_more(
    done: list[Action], days: int, appeal: str, sentence: str
) -> None:
    closed = replace(TICKET, status=Status.CLOSED, tracks=Tracks(appeal=appeal))
    dispatcher = bench(somebody(Role.DISPATCHER), NOON + timedelta(days=days))

    said = why_not(closed, Action.ARCHIVE, dispatcher, [line(each, "p9") for each in done])

    assert said.startswith(sentence) if sentence else not said


# 复查, 复核


@pytest.mark.parametrize(
    ("action", "unit", "reviewed_by", "sentence"),
    [
        (Action.REVIEW_KEEP, COUNTY, "", "复查由办理单位的上一级来办。"),
        (Action.REVIEW_KEEP, CITY, "", ""),
        (Action.REVIEW_REDO, PROVINCE, "", ""),
        (Action.REEXAM_KEEP, CITY, CITY, "复核由复查单位的上一级来办。"),
        (Action.REEXAM_KEEP, PROVINCE, CITY, ""),
        (Action.REEXAM_REDO, PROVINCE, PROVINCE, ""),
    ],
)
def test_an_appeal_is_decided_above_whoever_answered(
    action: Action, unit: str, reviewed_by: str, sentence: str
) -> None:
    done = [line(Action.REVIEW_KEEP, "p9", by=reviewed_by)] if reviewed_by else []

    assert refusal(action, somebody(Role.LEADER, unit=unit), *done) == sentence


# 督办


@pytest.mark.parametrize("action", SUPERVISING)
def test_the_means_of_supervision_are_for_a_unit_above_and_move_no_ticket(action: Action) -> None:
    own = refusal(action, somebody(Role.SUPERVISOR))
    above = refusal(action, somebody(Role.SUPERVISOR, unit=CITY))

    assert (own, above) == (f"“{action.label}”由上一级来办。", "")
    assert all(NEXT[at, step] is at for at, step in NEXT if step is action)


# 移交


@pytest.mark.parametrize("unit", [COUNTY, CITY, PROVINCE])
def test_after_a_hand_over_only_the_province_can_still_do_anything(unit: str) -> None:
    referred = replace(TICKET, status=Status.REFERRED)
    supervisor = somebody(*Role, unit=unit)

    offered = allowed(referred, bench(supervisor), ())

    assert is_sealed_to(referred, bench(supervisor)) is (unit != PROVINCE)
    assert bool(offered) is (unit == PROVINCE)
    if unit != PROVINCE:
        told = refusal(Action.NOTE, supervisor, ticket=referred)
        assert told == "这件已移交有权机关,本单位不再经办。"


def test_a_county_hands_nothing_over_by_itself() -> None:
    sentence = refusal(Action.REFER, somebody(Role.SUPERVISOR))

    assert sentence == "移交纪委由市级以上的督办员来办。"


@pytest.mark.parametrize("status", Status)
def test_the_desk_offers_what_both_table_and_role_allow(status: Status) -> None:
    ticket = replace(TICKET, status=status, owner=PROVINCE)

    offered = {
        role: set(allowed(ticket, bench(somebody(role, unit=PROVINCE)), ())) for role in Role
    }

    assert offered == {
        role: {action for action in ticket.allowed() if role in action.card.who} for role in Role
    }
    assert all((status, action) in NEXT for action in set().union(*offered.values()))


# The words that go with an action

EVERYTHING = Particulars(
    code="other_body",
    basis="第三条",
    to=COUNTY,
    other="K7",
    until=date(2027, 1, 1),
    person="p1",
)


@pytest.mark.parametrize("action", Action)
def test_an_action_that_must_say_something_is_refused_without_words(action: Action) -> None:
    if action.card.says is not None:
        with pytest.raises(BadInput, match=f"请先写:{TEXTS[action].prompt}。"):
            checked(action, " \n ", EVERYTHING, texts=TEXTS)
    else:
        assert checked(action, " \n ", EVERYTHING, texts=TEXTS) == ""


@pytest.mark.parametrize(
    ("action", "name"), [(action, name) for action in BY_HAND for name in action.card.needs]
)
def test_an_action_that_must_name_something_is_refused_without_it(
    action: Action, name: str
) -> None:
    nothing = {"until": None}.get(name, "")

    with pytest.raises(BadInput, match=re.escape(TEXTS.needs[name].missing)):
        checked(action, "话", replace(EVERYTHING, **{name: nothing}), texts=TEXTS)  # type: ignore[arg-type]
    assert checked(action, "话", EVERYTHING, texts=TEXTS) == "话"


def test_what_the_reporter_reads_and_what_stays_inside() -> None:
    says = {action.value: action.card.says for action in Action if action.card.says}
    told = {action for action, audience in says.items() if audience is Audience.REPORTER}
    inside = {action for action, audience in says.items() if audience is Audience.INSIDE}

    assert told == set(
        [
            "decline",
            "ask",
            "reply",
            "extend",
            "rectify",
            "park",
            "review_keep",
            "review_redo",
            "reexam_keep",
            "reexam_redo",
        ]
    )
    assert inside == set(
        [
            "return",
            "reassign",
            "submit",
            "send_back",
            "rectified",
            "reinspect_pass",
            "reinspect_fail",
            "close",
            "ask_extension",
            "no_extension",
            "merge",
            "refer",
            "note",
            "remind",
            "circular",
            "interview",
            "problem_letter",
            "accountability",
        ]
    )


def test_words_are_taken_up_to_the_limit_and_not_beyond() -> None:
    longest = "字" * LONGEST_TEXT

    assert checked(Action.REPLY, f" {longest}\n", texts=TEXTS) == longest
    with pytest.raises(BadInput, match=f"最多 {LONGEST_TEXT} 个字"):
        checked(Action.REPLY, longest + "字", texts=TEXTS)
