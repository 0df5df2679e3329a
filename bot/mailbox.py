"""What follows when the reporter has opened her mailbox: she adds, rates, appeals, reminds, takes back."""

from __future__ import annotations

from bot.dialogues.outcomes import AddMessage, Appeal, Rate, Remind, Reopen, Withdraw
from casework.actions import reporting
from casework.content import Texts
from casework.ports import Office
from casework.reports import Added
from casework.shelves import Inbound
from casework.tickets import Action
from nlp.understanding import Understanding

Mine = AddMessage | Reopen | Rate | Appeal | Remind | Withdraw


async def carried_out(
    office: Office, knows: Understanding, outcome: Mine, *, once: Inbound | None = None
) -> str:
    """Done in one transaction; the sentence she is told. What she adds by the message `once` is added
    once, however often that comes."""
    texts = office.content.texts
    match outcome:
        case Remind(number):
            await reporting.remind(office, number)
            return texts("status.reminded")
        case AddMessage(number, text, files):
            about = knows.accused(reporting.written(text, files))
            added = await reporting.add(office, number, text, about=about, files=files, once=once)
            if added.before:
                return texts("status.added_before")
            return kept_from(texts, added) or texts("status.added")
        case Reopen(number):
            await reporting.reopen(office, number)
            return texts("status.reopened")
        case Rate(number, said):
            await reporting.rate(office, number, Action(said))
            return texts("status.rated" if said == "solved" else "status.redone")
        case Appeal(number, text):
            text = reporting.written(text)
            added = await reporting.appeal(office, number, text, about=knows.accused(text))
            return "\n".join(filter(None, (texts("status.appealed"), kept_from(texts, added))))
        case Withdraw(number):
            await reporting.withdraw(office, number)
            return texts("status.withdrawn")


def kept_from(texts: Texts, added: Added) -> str:
    """Who does not read what she added, and that what he read before cannot be unread; '' when nobody
    who read the report is named in it."""
    if not added.left_out:
        return ""
    told = texts("status.added_kept_from", names=texts.listed(added.left_out))
    return f"{told}\n{texts('status.added_moved', to=added.moved_to)}" if added.moved_to else told
