"""What follows when the reporter has opened her mailbox: she adds, rates, appeals, takes back."""

from __future__ import annotations

from bot.dialogues.outcomes import AddMessage, Appeal, Rate, Reopen, Withdraw
from casework.ports import Office
from casework.tickets import Action

Mine = AddMessage | Reopen | Rate | Appeal | Withdraw


async def carried_out(office: Office, outcome: Mine) -> str:
    """Done in one transaction; the key of the sentence she is told."""
    now = office.clock.now()
    async with office.files() as files:
        match outcome:
            case AddMessage(code, text):
                await files.mailboxes.add(code, text, at=now)
                return "status.added"
            case Reopen(code):
                await files.mailboxes.reopen(code, at=now)
                return "status.reopened"
            case Rate(code, said):
                await files.mailboxes.rate(code, Action(said), at=now)
                return "status.rated" if said == "solved" else "status.redone"
            case Appeal(code, text):
                await files.mailboxes.appeal(code, text, at=now)
                return "status.appealed"
            case Withdraw(code):
                await files.mailboxes.withdraw(code, at=now)
                return "status.withdrawn"
