"""Her case as she is told it: in every state who has it, what happened, what comes next, what she can do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from casework.actions import reporting
from casework.actions.reminding import escalate_overdue
from casework.appeals import mailbox
from casework.case import Case, Next, case_of
from casework.deadlines import after_action
from casework.permits import name_of
from casework.refusals import DoneBefore
from casework.reports import REPORTER, Letter, Receipt, Report
from casework.shelves import Inbound
from casework.tickets import NEXT, OPEN, Action, Audience, Entry, Kind, Status, Ticket
from casework.tracks import Tracks
from casework.workdays import SHANGHAI
from tests.casework.desk import Desk
from tests.offices import (
    CALENDAR,
    CITY,
    CONTENT,
    COUNTY,
    DISCIPLINE,
    LEAKING_ROOF,
    LUSHAN,
    PROVINCE,
    WITHHELD,
)

A = Action
TEXTS = CONTENT.texts
TOWNSHIP = "township-410423106"
FILED = datetime(2026, 11, 2, 10, tzinfo=SHANGHAI)
FILE = Entry(at=FILED, action=A.FILE, by=REPORTER, to=COUNTY)


def ticket_in(status: Status = Status.RECEIVED, owner: str = COUNTY, **more: object) -> Ticket:
    clocks = after_action(
        (), "file", FILED, policy=CONTENT.policy, kind=Kind.QUALITY.value, calendar=CALENDAR
    )
    return replace(
        Ticket(
            number="K7QD2M", county=LUSHAN, category="quality.leak", kind=Kind.QUALITY, owner=owner,
            filed_at=FILED, clocks=clocks, status=status,
        ),
        **more,  # type: ignore[arg-type]  # fields of a ticket
    )  # fmt: skip


def described(ticket: Ticket, *entries: Entry, now: datetime = FILED, mine: str = "漏雨") -> Case:
    letters = [Letter(at=FILED, mine=True, text=mine)]
    letters += [
        Letter(at=e.at, mine=e.by == REPORTER, text=(e.text or b"").decode())
        for e in entries if e.text and e.audience is Audience.REPORTER
    ]  # fmt: skip
    lines = (replace(FILE, to=ticket.owner), *entries)
    box = mailbox(ticket, lines, letters, CONTENT.rules, CALENDAR, now)
    return case_of(box, ticket, lines, CONTENT, now)


def line(action: Action, n: int = 1, *, by: str = COUNTY, **more: object) -> Entry:
    at = FILED + timedelta(hours=n)
    return replace(Entry(at=at, action=action, by=by), **more)  # type: ignore[arg-type]


def came(case: Case) -> list[str]:
    return [step.said(TEXTS) for step in case.steps]


async def the_case(desk: Desk, receipt: Receipt) -> Case:
    key = await desk.office.locks.code(receipt.code, caller="")
    async with desk.office.reading() as reading:
        return await reading.mailboxes.case(key)


@pytest.mark.parametrize("status", Status)
def test_every_state_says_who_has_it_what_comes_and_what_she_can_do(status: Status) -> None:
    case = described(ticket_in(status))

    has_left = status is Status.REFERRED
    assert (case.holder is None) == has_left
    assert case.holder is None or case.holder.now == (status in OPEN)
    waits_for_her = status is Status.NEEDS_INFO
    assert bool(case.coming(TEXTS)) == (status in OPEN)
    assert case.asked == waits_for_her
    assert (case.next is not None) == (status in OPEN and not waits_for_her)
    for way in case.ways:
        possible = {
            "add": A.ADD, "reopen": A.REOPEN, "appeal": A.ASK_REVIEW, "remind": A.REMIND,
            "withdraw": A.WISH_WITHDRAWN,
        }.get(way) or A(way)  # fmt: skip
        assert (status, possible) in NEXT
        assert f"status.{way}" in TEXTS
    assert "add" in case.ways
    assert ("withdraw" in case.ways) == (status is not Status.ARCHIVED)
    assert ("solved" in case.ways) == ((status, A.SOLVED) in NEXT)


@pytest.mark.parametrize("action", Action)
def test_every_act_is_told_in_words_or_is_the_offices_own(action: Action) -> None:
    own_text = line(action, text=b"secret", to=CITY, person="p-1")

    case = described(ticket_in(Status.IN_PROGRESS), own_text)

    assert len(case.steps) == 1 + action.card.told
    for step in case.steps[1:]:
        assert step.said(TEXTS)
        assert step.letter is None  # written inside
        assert "p-1" not in str(step)


def test_notes_drafts_marks_and_alarms_are_the_offices_own() -> None:
    inside = {
        A.NOTE, A.SUBMIT, A.PASS, A.SEND_BACK, A.MARK_CLUE, A.OPEN, A.BATCH, A.ASK_EXTENSION,
        A.NO_EXTENSION, A.CIRCULAR, A.INTERVIEW, A.PROBLEM_LETTER, A.ACCOUNTABILITY, A.ARCHIVE, A.ALLOT,
        A.RECUSE, A.END_RECUSAL,
        A.TAKE_BACK,
    }  # fmt: skip
    pressed = line(A.REMIND, by=CITY, to=CITY, code="pressure")

    assert inside == {action for action in Action if not action.card.told}
    assert len(described(ticket_in(), pressed).steps) == 1


def test_the_newest_is_last_with_what_the_office_wrote() -> None:
    case = described(
        ticket_in(Status.REPLIED),
        line(A.ACCEPT, 1),
        line(A.DISPATCH, 2, to=COUNTY),
        line(A.SIGN, 3, person="承办人丙"),
        line(A.ADD, 4, by=REPORTER, text="堂屋也漏".encode(), audience=Audience.REPORTER),
        line(A.REMIND, 5, by=REPORTER, to=COUNTY),
        line(A.REPLY, 6, text="修好了".encode(), audience=Audience.REPORTER),
    )

    assert came(case) == [
        f"收到了,登记好了,交到{name(COUNTY)}", "接下了,叫受理", f"交给{name(COUNTY)}办",
        "办事的单位签收了", "您补充了", "您催了一回", "给您答复了",
    ]  # fmt: skip
    assert [(s.letter, s.mine) for s in case.steps if s.letter is not None] == [
        ("漏雨", True), ("堂屋也漏", True), ("修好了", False),
    ]  # fmt: skip
    assert "承办人丙" not in str([vars(step) for step in case.steps])


def name(unit: str) -> str:
    return name_of(CONTENT.organisation, unit)


def test_the_countys_phone_is_given_where_the_county_or_a_township_has_it() -> None:
    phone = CONTENT.reach(LUSHAN, FILED.date()).phone
    county = described(ticket_in()).holder
    township = described(ticket_in(owner=TOWNSHIP)).holder

    assert county
    assert township
    assert (county.reach.phone, county.phone(TEXTS)) == (phone, "打电话问")
    assert (township.reach.phone, township.phone(TEXTS)) == (phone, "打县里的电话问")
    assert "演示" in county.reach.marked(TEXTS)


@pytest.mark.parametrize("owner", [CITY, PROVINCE, DISCIPLINE])
def test_who_went_past_the_county_is_told_so_and_is_not_sent_to_its_phone(owner: str) -> None:
    past = described(ticket_in(owner=owner)).holder
    moved = described(ticket_in(owner=owner), line(A.REASSIGN, to=COUNTY)).holder

    assert past
    assert moved
    assert past.said(TEXTS) == f"现在在{name(owner)}手里。没有交给县里,是直接交到这里的。"
    assert past.phone(TEXTS) == "它的电话还没登记。要问,打12345。"
    assert not moved.above
    assert not moved.reach.phone


def test_the_next_step_has_its_day_and_why() -> None:
    case = described(ticket_in())

    assert case.coming(TEXTS) == "下一步:有人接下这件事,11月3日前。"
    assert case.why(TEXTS)


def test_late_is_said_plainly_and_that_it_was_told_above_only_where_it_was() -> None:
    late = FILED + timedelta(days=3)
    before = line(A.ESCALATE, 1, by=CITY)
    after = line(A.ESCALATE, 40, by=CITY)

    alone = described(ticket_in(), now=late).coming(TEXTS)
    early = described(ticket_in(), before, now=late).coming(TEXTS)
    told = described(ticket_in(), after, now=late).coming(TEXTS)

    assert alone == early == "有人接下这件事,说好11月3日前,过了日子还没办。"
    assert told == f"{alone}已经报到{name(CITY)}。"


async def test_the_clock_that_climbs_is_what_she_reads(small: Desk) -> None:
    receipt = await small.opens()
    small.office.wait(days=2)

    await escalate_overdue(small.office.office)

    case = await the_case(small, receipt)
    assert came(case)[-1] == f"过了日子还没办,报到{name(CITY)}"
    assert f"已经报到{name(CITY)}" in case.coming(TEXTS)


@pytest.mark.parametrize("report", [LEAKING_ROOF, WITHHELD])
async def test_after_taking_it_back_it_reads_the_same_whether_it_stopped_or_goes_on(
    small: Desk, report: Report
) -> None:
    receipt = await small.opens(report)

    await reporting.withdraw(small.office.office, receipt.number)
    async with small.office.files() as files:
        for action in (A.ACCEPT, A.REPLY, A.ESCALATE):
            now = small.office.clock.now()
            await files.tickets.add_entry(receipt.number, Entry(at=now, action=action, by=CITY))
    await reporting.add(small.office.office, receipt.number, "再说一句")

    case = await the_case(small, receipt)
    assert came(case)[1:] == ["您要撤回", "您补充了"]
    assert (case.holder, case.next, case.coming(TEXTS), case.ways) == (None, None, "", ("add",))


def test_a_closed_report_still_waits_for_its_review() -> None:
    asked = line(A.ASK_REVIEW, 3, by=REPORTER)
    closed = ticket_in(Status.CLOSED, tracks=Tracks(appeal="review"))
    clocks = after_action(
        closed.clocks, "ask_review", asked.at, policy=CONTENT.policy, kind=Kind.QUALITY.value,
        calendar=CALENDAR,
    )  # fmt: skip

    case = described(replace(closed, clocks=clocks), asked)

    assert case.coming(TEXTS) == "下一步:上一级给您复查意见,12月2日前。"


def test_what_officers_settle_among_themselves_is_no_next_step() -> None:
    ticket = ticket_in(Status.IN_PROGRESS)
    clocks = after_action(
        ticket.clocks, "ask_extension", FILED - timedelta(days=9), policy=CONTENT.policy,
        kind=Kind.QUALITY.value, calendar=CALENDAR,
    )  # fmt: skip

    case = described(replace(ticket, clocks=clocks))

    assert case.next
    assert case.next.what == "accept"


def test_an_appeal_is_offered_within_its_days_alone() -> None:
    reply = line(A.REPLY, text="不修".encode(), audience=Audience.REPORTER)
    ticket = ticket_in(Status.REPLIED)

    first = described(ticket, reply)
    last = described(ticket, reply, now=FILED + timedelta(days=30))
    over = described(ticket, reply, now=FILED + timedelta(days=31, hours=2))

    assert ("appeal" in first.ways, "appeal" in last.ways, "appeal" in over.ways) == (
        True, True, False,
    )  # fmt: skip
    assert first.box.appeal_until
    assert TEXTS.day(first.box.appeal_until) == "12月2日"


def test_a_rule_without_words_of_ours_is_said_as_the_office_calls_it() -> None:
    later = Next(what="county.own", label="县里另看", due=FILED, why="")
    hours = replace(later, what="accept.urgent", same_day=True)

    assert later.said(TEXTS) == "下一步:县里另看,11月2日前。"
    assert hours.said(TEXTS) == "下一步:有人接下这件事,11月2日 10:00前。"


def test_every_rule_of_the_policy_has_words_of_ours() -> None:
    for rule in CONTENT.policy.rules:
        case = Next(what=rule.id, label="?", due=FILED, why="")
        assert rule.id == "extension" or "?" not in case.said(TEXTS), rule.id


def test_a_unit_that_is_gone_from_the_tree_is_not_named() -> None:
    assert described(ticket_in(owner="dissolved")).holder is None


def test_what_is_ours_is_said_once_and_not_as_a_letter() -> None:
    told = {"audience": Audience.REPORTER, "text": b"told"}

    case = described(
        ticket_in(Status.REOPENED),
        line(A.ACCEPT, 1, **told),
        line(A.REMIND, 2, by=REPORTER, **told),
        line(A.ASK_REVIEW, 3, by=REPORTER, **told),
        line(A.ASK, 4, **told),
    )

    assert [step.letter for step in case.steps] == ["漏雨", None, None, "told", "told"]


def test_who_was_answered_waits_for_what_was_promised() -> None:
    replied = ticket_in(Status.REPLIED)
    handling = tuple(c for c in replied.clocks if c.rule.startswith("handle"))

    assert (
        described(replace(replied, clocks=handling)).coming(TEXTS).startswith("下一步:照答复的办好")
    )
    working = replace(replied, clocks=handling, status=Status.IN_PROGRESS)
    assert described(working).coming(TEXTS).startswith("下一步:办好,给您回话")


async def test_the_same_press_does_it_once(small: Desk) -> None:
    receipt = await small.opens()
    await small.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    await small.step(A.REPLY, "修好了")
    await small.step(A.RESOLVE)
    office, number = small.office.office, receipt.number
    small.office.wait(days=7)
    acts = {
        "remind": lambda once: reporting.remind(office, number, once=once),
        "appeal": lambda once: reporting.appeal(office, number, "没修", once=once),
        "rate": lambda once: reporting.rate(office, number, A.SOLVED, once=once),
        "reopen": lambda once: reporting.reopen(office, number, once=once),
        "withdraw": lambda once: reporting.withdraw(office, number, once=once),
    }

    for what, act in acts.items():
        once = Inbound(channel="web", external_id=what, caller="")
        await act(once)
        before = await small.history()
        with pytest.raises(DoneBefore):
            await act(once)
        assert await small.history() == before
