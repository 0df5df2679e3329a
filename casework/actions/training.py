"""Announcing training to the craftsmen of a county: rows in the outbox, sent by the pump."""

from __future__ import annotations

from casework.ports import Office
from casework.refusals import BadInput
from casework.shelves import Announcement

LONGEST_ANNOUNCEMENT = 1000


async def announce(office: Office, *, id: str, text: str, county: str, by: str) -> Announcement:
    """One announcement to a county's craftsmen ('' is the whole province)."""
    text = text.strip()
    if not text:
        raise BadInput("通知还没有写内容。")
    if len(text) > LONGEST_ANNOUNCEMENT:
        raise BadInput(f"通知太长了,最多 {LONGEST_ANNOUNCEMENT} 个字。")
    announcement = Announcement(id=id, text=text, county=county, made_at=office.clock.now(), by=by)
    async with office.files() as files:
        await files.craftsmen.announce(announcement)
    return announcement
