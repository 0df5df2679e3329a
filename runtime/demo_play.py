"""What became of the demo's invented cases over two months, played in order on a clock of its own.

Each step is taken as in an office: by somebody whose post and whose hands allow it, through the same door as
any. What is invented stands in the content's `demo.toml`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from casework.actions import recusing, reporting
from casework.actions.handling import act, look
from casework.actions.reminding import escalate_overdue
from casework.content import Content
from casework.offices import Role
from casework.permits import Particulars
from casework.ports import Keyring, Office
from casework.recusals import Reason
from casework.refusals import BadInput, Refusal
from casework.reports import Accused, Once, Report, digest_of
from casework.steps import Action
from casework.tickets import Kind
from casework.workdays import SHANGHAI, day_of

#: "26h sign", "98h reply {answer}", "20m accept": how long after filing, which step, what is said.
_STEP = re.compile(r"(\d{1,5})([hm]) ([a-z_]+)(?: (.{1,300}))?")
#: What the reporter does herself, beside the steps of the office.
HERS = ("add", "rate", "appeal", "withdraw", "her_reminder")
#: People come to the office between these hours; nothing of the demo happens at night.
OPENS, CLOSES = 8, 19


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happens to a case, so long after it was filed."""

    after: timedelta
    what: str
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One invented report, so many days old, and what became of it."""

    days: float
    report: Report
    steps: tuple[Step, ...]

    def happened(self, now: datetime, n: int) -> Iterator[tuple[datetime, Step | None]]:
        """What became of it up to `now`, in order; first, with no step, that it was filed. `n` spreads
        the cases over the day."""
        then = now - timedelta(days=self.days)
        filed = last = by_day(then, n) if by_day(then, n) < now else then
        yield filed, None
        for step in self.steps:
            at = filed + step.after
            urgent = self.report.kind is Kind.URGENT
            last = max(at if urgent else by_day(at, n), last + timedelta(minutes=1))
            if last <= now:
                yield last, step


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """One more person of a unit, beside the first."""

    unit: str
    name: str
    roles: frozenset[Role]


@dataclass
class PlayedClock:
    """Stands where the play is; never beyond what the real clock shows."""

    at: datetime

    def now(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at


def cases_from(table: Mapping[str, Any], content: Content) -> tuple[Case, ...]:
    """Out of a parsed `demo.toml`. Raises `BadInput` naming the case and its fault."""
    lives = {name: tuple(map(_step, steps)) for name, steps in table.get("life", {}).items()}
    return tuple(_case(n, row, lives, content) for n, row in enumerate(table.get("case", ()), 1))


def _step(text: str) -> Step:
    found = _STEP.fullmatch(text)
    if not found or found[3] not in (*HERS, *Action):
        raise BadInput(
            f"demo.toml 的 [life]:“{text[:60]}”看不懂。写法:26h sign 或 98h reply {{answer}}。"
        )
    amount = int(found[1])
    after = timedelta(hours=amount) if found[2] == "h" else timedelta(minutes=amount)
    return Step(after=after, what=found[3], said=found[4] or "")


def _case(
    n: int, row: Mapping[str, Any], lives: Mapping[str, tuple[Step, ...]], content: Content
) -> Case:
    where, told = f"demo.toml 的第 {n} 件", dict(row)
    try:
        days, life = float(told.pop("days")), lives[told.pop("life")]
        place, who = str(told.pop("place")), told.pop("accused", "")
        report = Report(
            text=told.pop("text"), county=place[:6], place=place, kind=Kind(told.pop("kind")),
            category=told.pop("category"), to_discipline=bool(who), channel="web",
            accused=(Accused(role=who),) if who else (),
            floor="city" if told.pop("above", False) else "",
        )  # fmt: skip
        steps = tuple(replace(step, said=step.said.format(**told)) for step in life)
    except (KeyError, TypeError, ValueError) as fault:
        raise BadInput(f"{where}写错了:{fault}") from None
    if content.organisation.county_unit(report.county) is None:
        raise BadInput(f"{where}写了 {place},没有这个县的单位。")
    return Case(days=days, report=report, steps=steps)


@dataclass
class Play:
    """The cases, the people who work on them, and the clock all of it runs on."""

    office: Office
    clock: PlayedClock
    real: datetime
    rings: Sequence[Keyring]
    monthly: Callable[[Office], Awaitable[None]] | None = None
    numbers: dict[int, str] = field(default_factory=dict)

    async def run(self, cases: Sequence[Case]) -> int:
        """Everything up to now, in order; how many steps were taken. A step that the rules of the day
        refuse is left out: the demo shows what they allow."""
        taken, day = 0, day_of(self.clock.at)
        happened = [
            (at, n, step)
            for n, each in enumerate(cases)
            for at, step in each.happened(self.real, n)
        ]
        for at, n, step in sorted(happened, key=lambda each: (each[0], each[1])):
            self.clock.at = max(at, self.clock.at)
            if day_of(at) > day:
                await self._meanwhile(day, day_of(at))
                day = day_of(at)
            if step is None:
                await self._file(n, cases[n].report)
            elif n in self.numbers:
                taken += await self._take(n, step)
            await asyncio.sleep(0)  # whoever looks at the demo meanwhile is answered
        self.clock.at = self.real
        await escalate_overdue(self.office)
        return taken

    async def _meanwhile(self, since: date, until: date) -> None:
        """What the house does by itself between two days."""
        await escalate_overdue(self.office)
        turn = until.replace(day=self.office.content.batch_day)
        if self.monthly and since < turn <= until:
            await self.monthly(self.office)

    async def _file(self, n: int, report: Report) -> None:
        once = Once(scope="demo", key=f"demo case {n}", digest=digest_of({"text": report.text}))
        self.numbers[n] = (await self.office.intake.file(replace(report, once=once))).number

    async def _take(self, n: int, step: Step) -> bool:
        number = self.numbers[n]
        try:
            if step.what in HERS:
                await self._hers(number, step)
                return True
        except Refusal:
            return False
        return await self._by_whoever_may(n, Action(step.what), step.said)

    async def _hers(self, number: str, step: Step) -> None:
        match step.what:
            case "add":
                await reporting.add(self.office, number, step.said)
            case "rate":
                await reporting.rate(self.office, number, Action(step.said))
            case "appeal":
                await reporting.appeal(self.office, number, step.said)
            case "withdraw":
                await reporting.withdraw(self.office, number)
            case _:
                await reporting.remind(self.office, number)

    async def _by_whoever_may(self, n: int, action: Action, said: str) -> bool:
        """The first whose post and whose hands allow it, nearest to the case first."""
        for ring in self.rings:
            try:
                await act(
                    self.office, ring, self.numbers[n], action, text=said,
                    particulars=self._particulars(action, ring, other=self.numbers.get(n - 1, "")),
                )  # fmt: skip
            except Refusal:
                continue
            return True
        return False

    def _particulars(self, action: Action, ring: Keyring, *, other: str) -> Particulars:
        """`other` is the case before it in the file, with which it may be one matter."""
        content = self.office.content
        return Particulars(
            code=content.rules.declines[0].code if content.rules.declines else "",
            basis=content.rules.returning.basis,
            to=content.organisation.over(ring.person.unit) if action is Action.RETURN else "",
            other=other,
            until=date.fromordinal(day_of(self.clock.at).toordinal() + 45),
        )

    async def one_stays_away(self) -> None:
        """Somebody of the county says that a case is about his kin: he sees it no more."""
        for ring in reversed(self.rings):
            for number in self.numbers.values():
                try:
                    opened = await look(self.office, ring, number)
                except Refusal:
                    continue
                if opened.ticket.owner == ring.person.unit and opened.ticket.is_open:
                    await recusing.declare(self.office, ring, number, reason=Reason.RELATIVE)
                    return


def by_day(at: datetime, n: int) -> datetime:
    """The same day, at an hour when people are about; which one, goes by the case."""
    local = at.astimezone(SHANGHAI)
    if OPENS <= local.hour < CLOSES:
        return at
    hour = OPENS + (n * 7 + local.hour) % (CLOSES - OPENS - 2)
    day = local if local.hour < OPENS else local + timedelta(days=1)
    return day.replace(hour=hour, minute=(n * 13) % 60)
