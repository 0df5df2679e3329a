"""A wrong step is taken back by whoever took it: at once, and while the reporter has not seen it.

The step and its words stay in the history and in the log; the ticket stands again as it did before. What the
reporter has looked at, what somebody has gone on from, and what gave or took a key is not taken back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from casework.actions.sitting import bench_of
from casework.case import Case
from casework.permits import Bench
from casework.ports import Keyring, Office
from casework.ports.locks import MailboxKey
from casework.refusals import NotAllowed
from casework.sealed_names import pseudonym
from casework.shelves import LastStep, TicketFile
from casework.tickets import Action, Entry, Ticket
from casework.workdays import day_of

#: So long after it a step can be taken back.
WHILE = timedelta(minutes=10)


def back_until(file: TicketFile, bench: Bench) -> datetime | None:
    """Until when the person may take back the last step, None where it is not for him, or too late."""
    last = file.last
    if last is None or _refusal(last, file.ticket, bench):
        return None
    return last.at + WHILE


def _refusal(last: LastStep | None, ticket: Ticket, bench: Bench) -> str:
    if last is None:
        return "没有能收回的步骤:反映人看过了,或者有人接着办了。"
    if last.person != bench.person.id:
        return "只有办这一步的人能收回。"
    if bench.now > last.at + WHILE:
        return "过了10分钟,收不回了。要改的,请接着办下一步。"
    if last.was.owner != ticket.owner:
        return "已经到了别的单位手上,收不回了。可以改派。"
    return ""


async def take_back(
    office: Office, keyring: Keyring, number: str, *, version: int | None = None
) -> Ticket:
    """The ticket as it was before his last step. Raises `NotAllowed` in a sentence."""
    bench = bench_of(office, keyring)
    async with office.files() as files:
        await files.tickets.get(number, reader=keyring.person)
        await files.mailboxes.held(number)  # from here on she looks before, or after
        file = await files.tickets.get(number, reader=keyring.person)
        ticket = file.ticket
        if version is not None and version != ticket.version:
            raise NotAllowed("这件刚刚有人办过了,请刷新看看再办。")
        if (refusal := _refusal(file.last, ticket, bench)) or file.last is None:
            raise NotAllowed(refusal)
        before = replace(file.last.was, version=ticket.version + 1)
        line = Entry(
            at=bench.now, action=Action.TAKE_BACK, by=bench.person.unit, person=bench.person.id,
            code=str(file.last.n),
        )  # fmt: skip
        await files.tickets.keep(before, line, was=ticket)
        files.leaf(
            Action.TAKE_BACK.value, ticket=pseudonym(number), day=day_of(bench.now).isoformat(),
            state=before.status.value,
        )  # fmt: skip
    return before


async def shown(office: Office, key: MailboxKey) -> Case:
    """Her case, as it is shown to her now: from here on its last step is not taken back. Where it still
    could have been, looking and noting it are one transaction. Raises `NoSuchReceipt`."""
    async with office.reading() as reading:
        case = await reading.mailboxes.case(key)
    if not case.fresh:
        return case
    async with office.files() as files:
        await files.mailboxes.held(case.box.number)
        case = await files.mailboxes.case(key)
        await files.tickets.seen(case.box.number)
    return case
