"""What follows when the reporter has opened her mailbox: she adds, rates, appeals, takes back."""

from __future__ import annotations

from bot.dialogues.outcomes import AddMessage, Appeal, Rate, Reopen, Withdraw
from casework.content import Texts
from casework.ports import Office
from casework.reports import Added
from casework.tickets import Action
from nlp.understanding import Understanding

Mine = AddMessage | Reopen | Rate | Appeal | Withdraw


async def carried_out(office: Office, knows: Understanding, outcome: Mine) -> str:
    """Done in one transaction; the sentence she is told."""
    now, texts = office.clock.now(), office.content.texts
    async with office.files() as files:
        match outcome:
            case AddMessage(number, text):
                about = knows.accused(text)
                added = await files.mailboxes.add(number, text, about=about, at=now)
                return kept_from(texts, added) or texts("status.added")
            case Reopen(number):
                await files.mailboxes.reopen(number, at=now)
                return texts("status.reopened")
            case Rate(number, said):
                await files.mailboxes.rate(number, Action(said), at=now)
                return texts("status.rated" if said == "solved" else "status.redone")
            case Appeal(number, text):
                about = knows.accused(text)
                added = await files.mailboxes.appeal(number, text, about=about, at=now)
                return "\n".join(filter(None, (texts("status.appealed"), kept_from(texts, added))))
            case Withdraw(number):
                await files.mailboxes.withdraw(number, at=now)
                return texts("status.withdrawn")


def kept_from(texts: Texts, added: Added) -> str:
    """Who does not read what she added, and that what he read before cannot be unread; '' when nobody
    who read the report is named in it."""
    if not added.left_out:
        return ""
    told = texts("status.added_kept_from", names=texts.listed(added.left_out))
    return f"{told}\n{texts('status.added_moved', to=added.moved_to)}" if added.moved_to else told
