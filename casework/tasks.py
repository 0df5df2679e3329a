"""What goes down to a township is a task in its sender's own words: what a township sees of a ticket.

It never learns what the reporter wrote, sent or was told, when she did and by which way. Her date
could be worked out from any clock that started with her report: a township is shown the clocks that
started when it got the task, and the handling rule's time counted from then.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from casework.deadlines import Clock, Policy, WorkCalendar, due
from casework.refusals import BadInput, NoSuchTicket
from casework.rules import Window
from casework.stretches import PASSES
from casework.tickets import Audience, Entry, Ticket
from casework.tracks import Tracks

WRITE_IT = "写清要乡镇做什么;原话、照片、日期和从哪里来的,都不会给乡镇看。"

#: A run of so many letters in common is a copy: names of papers and offices are shorter.
COPIED = 12

#: The clocks of its own that a township is shown; the others measure the reporter or other units.
OWN = ("sign", "handle", "rectify")


def began(unit: str, entries: Sequence[Entry]) -> datetime:
    """When the unit last got the ticket. Raises `NoSuchTicket` if it never did."""
    got = [e.at for e in entries if e.action in PASSES and e.to == unit]
    if not got:
        raise NoSuchTicket
    return got[-1]


def lines_of(unit: str, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The lines a township sees: its own, and what was written for it while it had the ticket."""
    seen, holder = [], ""
    for entry in entries:
        if entry.action in PASSES and entry.to:
            holder = entry.to
        for_it = holder == unit and entry.audience is Audience.TASK
        if for_it or entry.by == unit:
            seen.append(entry)
    return tuple(seen)


@dataclass(frozen=True)
class Times:
    """By what a township's own clocks are counted."""

    policy: Policy
    extension: Window
    calendar: WorkCalendar


def as_task(ticket: Ticket, since: datetime, times: Times) -> Ticket:
    """The ticket as the township sees it that has had it since then: it is filed when it arrived."""
    return replace(
        ticket, filed_at=since, clocks=_own_clocks(ticket, since, times), to_discipline=False,
        handler="", returns=0, tracks=Tracks(extension=ticket.tracks.extension),
    )  # fmt: skip


def _own_clocks(ticket: Ticket, since: datetime, times: Times) -> tuple[Clock, ...]:
    own = tuple(c for c in ticket.clocks if c.started >= since and c.rule.split(".")[0] in OWN)
    for clock in ticket.clocks:
        if clock.runs and clock.started < since and clock.rule.startswith("handle"):
            return (*own, *_counted_anew(clock, ticket, since, times))
    return own


def _counted_anew(whole: Clock, ticket: Ticket, since: datetime, times: Times) -> tuple[Clock, ...]:
    """The time the rule gives the whole matter, from when the township got it: by this its own
    stretch is measured (`casework.stretches`). None where the policy has the rule no more."""
    rule = next((each for each in times.policy.rules if each.id == whole.rule), None)
    if rule is None:
        return ()
    end = due(since, amount=rule.amount, unit=rule.unit, calendar=times.calendar)
    why = f"从交给本单位的时候算起。{end.why}任务里写了更早的日子,按任务里写的。"
    if ticket.tracks.extension == "granted":
        more = times.extension
        end = due(end.at, amount=more.amount, unit=more.unit, calendar=times.calendar)
        why = f"已延期。{end.why}"
    return (
        Clock(
            rule="task", label="办这件任务", started=since, due=end.at,
            provisional=end.provisional, why=why, frozen=whole.frozen,
        ),
    )  # fmt: skip


def refuse_her_words(text: str, hers: Iterable[str], identity: Iterable[str]) -> None:
    """Raises `BadInput`, showing the words, where a task repeats what the reporter wrote or what would
    tell who she is."""
    for word in identity:
        if len(_bare(word)) > 1 and _bare(word) in _bare(text):
            raise BadInput(f"“{word}”会让人认出反映人是谁,不能写给乡镇。请去掉再交。")
    for each in hers:
        if copied := common_run(text, each):
            raise BadInput(f"“{copied}”是反映人的原话,不能给乡镇看。请用自己的话写清要乡镇做什么。")


def common_run(text: str, other: str) -> str:
    """The longest piece of `text` that repeats `other` for `COPIED` letters or more, '' if none does.
    Spaces, punctuation, capitals and full width make no difference.

    >>> common_run("请查:新屋住了,不到一年!下雨漏一地。", "俺家新屋住了不到一年,下雨漏一地")
    '新屋住了,不到一年!下雨漏一地'
    >>> common_run("去看看房顶漏不漏", "房顶漏")
    ''
    """
    return max(runs_in_common(text, other, COPIED), key=len, default="")


def runs_in_common(text: str, other: str, at_least: int) -> tuple[str, ...]:
    """Every piece of `text` that repeats `other` for so many letters or more, in the order of the text.

    >>> runs_in_common("墙裂了两指宽,已叫人修;房顶也漏", "俺家墙裂了两指宽,房顶也漏雨", 5)
    ('墙裂了两指宽',)
    """
    mine, theirs = _letters(text), _bare(other)
    runs = {theirs[n : n + at_least] for n in range(len(theirs) - at_least + 1)}
    bare = "".join(letter for letter, _ in mine)
    found: list[tuple[int, int]] = []
    for n in range(len(bare) - at_least + 1):
        if bare[n : n + at_least] not in runs:
            continue
        if found and n < found[-1][1] and bare[found[-1][0] : n + at_least] in theirs:
            found[-1] = (found[-1][0], n + at_least)
        else:
            found.append((n, n + at_least))
    return tuple(text[mine[start][1] : mine[end - 1][1] + 1] for start, end in found)


def _letters(text: str) -> list[tuple[str, int]]:
    """Letters and digits alone, each as Unicode composes it (NFKC), with its place in the text."""
    return [
        (letter, n)
        for n, char in enumerate(text)
        for letter in unicodedata.normalize("NFKC", char).casefold()
        if letter.isalnum()
    ]


def _bare(text: str) -> str:
    return "".join(letter for letter, _ in _letters(text))
