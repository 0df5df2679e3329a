"""What she takes home of a receipt: where to come back to, as a picture for a phone, and whom to call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import segno

from casework.content import Content, Reach
from casework.offices import Level


@dataclass(frozen=True, kw_only=True)
class Slip:
    """`unit` is whoever answers for it, `reach` how; neither where it is not known."""

    address: str
    unit: str
    reach: Reach | None

    @classmethod
    def of(cls, content: Content, readers: list[str], *, base: str, today: date) -> Slip:
        """`readers` are those of the receipt, the owner first."""
        unit = readers[0] if readers else ""
        areas = [each.area for each in content.organisation.at(Level.COUNTY) if each.name == unit]
        reach = content.reach(areas[0], today) if areas else None
        return cls(address=f"{base.rstrip('/')}/status", unit=unit, reach=reach)

    @property
    def picture(self) -> str:
        """An SVG of the address alone: whoever finds the paper must not find a picture that opens the mailbox."""
        made = segno.make(self.address, error="m", micro=False)
        return str(made.svg_inline(omitsize=True, dark="#000", light="#fff"))
