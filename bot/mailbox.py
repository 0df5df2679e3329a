"""Her mailbox, opened: how her case stands, and what follows when she adds, rates, appeals, reminds, takes
back."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogues.outcomes import AddMessage, Appeal, Rate, Remind, Reopen, Withdraw
from casework.actions import reporting
from casework.actions.taking_back import shown
from casework.case import Case
from casework.content import Texts
from casework.ports import MailboxKey, Office
from casework.refusals import DoneBefore
from casework.reports import Added
from casework.shelves import Inbound
from casework.tickets import Action
from nlp.understanding import Understanding

Mine = AddMessage | Reopen | Rate | Appeal | Remind | Withdraw


async def carried_out(
    office: Office, knows: Understanding, outcome: Mine, *, once: Inbound | None = None
) -> str:
    """Done in one transaction; the sentence she is told. By the message `once` it is done once, however
    often that comes."""
    try:
        return await _done(office, knows, outcome, once)
    except DoneBefore as before:
        return office.content.texts.refused(before)


async def _done(office: Office, knows: Understanding, outcome: Mine, once: Inbound | None) -> str:
    texts = office.content.texts
    match outcome:
        case Remind(number):
            await reporting.remind(office, number, once=once)
            return texts("status.reminded")
        case AddMessage(number, text, files):
            about = knows.accused(reporting.written(text, files))
            added = await reporting.add(office, number, text, about=about, files=files, once=once)
            if added.before:
                return texts("status.added_before")
            return kept_from(texts, added) or texts("status.added")
        case Reopen(number):
            await reporting.reopen(office, number, once=once)
            return texts("status.reopened")
        case Rate(number, said):
            await reporting.rate(office, number, Action(said), once=once)
            return texts("status.rated" if said == "solved" else "status.redone")
        case Appeal(number, text):
            text = reporting.written(text)
            about = knows.accused(text)
            added = await reporting.appeal(office, number, text, about=about, once=once)
            return "\n".join(filter(None, (texts("status.appealed"), kept_from(texts, added))))
        case Withdraw(number):
            await reporting.withdraw(office, number, once=once)
            return texts("status.withdrawn")


async def looked_over(office: Office, key: MailboxKey) -> Case:
    """What her code opens, looked over at this moment: nothing that was said earlier is believed. Raises
    `NoSuchReceipt`."""
    case = await shown(office, key)
    async with office.reading() as reading:
        found = await reading.checks.of(case.box.number, key.tag)
    return replace(case, untouched=found.stands and found.untouched)


def standing(texts: Texts, case: Case) -> list[str]:
    """How the matter stands, who has it and what happened, as it is said in a talk."""
    box, holder = case.box, case.holder
    now = "status.now" if case.untouched else "status.amiss"
    lines = [texts(now, plain=texts.state(box.status, box.plain))]
    lines += filter(None, (case.coming(texts), case.why(texts)))
    if holder:
        phone = f"{holder.phone(texts)}{holder.reach.marked(texts)} {holder.reach.phone}".strip()
        lines.append(f"{holder.said(texts)}{phone}")
    if box.remind_from:
        lines.append(texts("page.mailbox.remind_from", day=texts.day(box.remind_from)))
    for step in case.steps:
        lines.append(f"{texts.day(step.at)} {step.said(texts)}")
        if step.letter is not None and not step.mine:
            lines.append(texts("case.letter", text=step.written(texts)))
    return lines


def own_words_in(texts: Texts, case: Case) -> list[str]:
    """Her own words alone."""
    return [
        texts("status.mine", at=texts.moment(step.at), text=step.written(texts))
        for step in case.steps if step.mine
    ]  # fmt: skip


def kept_from(texts: Texts, added: Added) -> str:
    """Who does not read what she added, and that what he read before cannot be unread; '' when nobody
    who read the report is named in it."""
    if not added.left_out:
        return ""
    told = texts("status.added_kept_from", names=texts.listed(added.left_out))
    return f"{told}\n{texts('status.added_moved', to=added.moved_to)}" if added.moved_to else told
