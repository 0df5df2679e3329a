"""What the office needs from others: one Protocol a shelf, at most ten verbs each."""

from casework.ports.doors import Files, Intake, Office, Prepared, Reading, WallClock
from casework.ports.keys import Keyring, TicketKey

__all__ = ["Files", "Intake", "Keyring", "Office", "Prepared", "Reading", "TicketKey", "WallClock"]
