"""The house itself is told, by the addresses of its settings: urgent matters, threats, and what climbed to
the top.

No word of a report goes out, no number and no place below the unit: that there is something, and where
to look. Who is told is the house's setting, and should be people of the province alone. Who is on duty in
each unit is told by `casework.actions.alerting`.
"""

from __future__ import annotations

from collections.abc import Sequence

from casework.ports import Office
from casework.shelves import Parcel, Priority
from casework.workdays import said

#: Seconds between two looks at what somebody must be told of.
EVERY = 20.0


async def raise_alarms(office: Office, house: Sequence[tuple[str, str]], url: str) -> int:
    """One message to each address of the house, however many tickets somebody must be told of since the
    last look; how many those were. Message and mark are one transaction, so each is told once. Without
    an address the marks go too: one that is set later tells nobody of last year's."""
    async with office.reading() as reading:
        if not await reading.tickets.alarming():
            return 0
    async with office.files() as files:
        marked = await files.alerts.take_marks(office.clock.now())
        for why in ("new", "top"):
            those = [(number, owner) for number, each, owner in marked if each == why]
            if not those:
                continue
            text = office.content.texts(
                f"alarm.{why}", count=len(those), at=said(office.clock.now()), url=url,
                unit=_units(office, [owner for _, owner in those]),
            )  # fmt: skip
            for channel, address in house:
                await files.outbox.add(
                    Parcel(
                        channel=channel, recipient=f"to {address}", text=text,
                        dedupe=f"alarm/{channel}/{address}/{those[0][0]}/{why}",
                        priority=Priority.REPLY,
                    )
                )  # fmt: skip
    return len(marked)


def _units(office: Office, owners: Sequence[str]) -> str:
    """By name; one that left the tree keeps no other alarm waiting."""
    offices = office.content.organisation
    units = list(dict.fromkeys(owners))
    first = offices[units[0]].name if units[0] in offices else units[0]
    return office.content.texts("alarm.units", unit=first, count=len(units)) if units[1:] else first
