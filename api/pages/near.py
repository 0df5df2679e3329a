"""The list a ticket was opened from, and the ways to its neighbours there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.front import Front
from api.pages.views import query_of, view_of
from api.show import key_from_text, key_to_text
from casework.actions.listing import beside
from casework.ports import Keyring
from casework.queue import View
from casework.shelves import Listed


@dataclass(frozen=True, kw_only=True)
class Near:
    """The list it was opened from, and the ways to the one before and the one after it."""

    here: str = ""
    place: str = ""  # the same with where in it
    before: str = ""
    after: str = ""


async def near_by(front: Front, ring: Keyring, query: Mapping[str, str]) -> Near:
    """By what stands in the address: the view, and where in it (`at`)."""
    at = query.get("at", "")
    key = key_from_text(at)
    if key is None:
        return Near()
    view = view_of(query, View())
    before, after = await beside(front.office, ring, view, key)
    return Near(
        here=query_of(view), place=query_of(view, at=at), before=_way_to(before, view),
        after=_way_to(after, view),
    )  # fmt: skip


def _way_to(listed: Listed | None, view: View) -> str:
    if listed is None:
        return ""
    return f"/desk/tickets/{listed.ticket.number}?{query_of(view, at=key_to_text(listed.turn))}"
