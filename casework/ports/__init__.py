"""What the office needs from others: one Protocol a shelf, at most ten verbs each."""

from casework.ports.doors import Files, Intake, Office, Prepared, Reading, WallClock
from casework.ports.gate import Gate, Passing
from casework.ports.keys import Keyring, TicketKey
from casework.ports.locks import Locks, MailboxKey, PasswordKey

__all__ = [
    "Files", "Gate", "Intake", "Keyring", "Locks", "MailboxKey", "Office", "Passing", "PasswordKey", "Prepared", "Reading",
    "TicketKey", "WallClock",
]  # fmt: skip
