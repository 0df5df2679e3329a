"""The words of a step: what an officer typed, with what the rules add, and who may read it."""

from __future__ import annotations

from casework.content import Content
from casework.offices import Organisation
from casework.permits import Particulars, is_township, name_of
from casework.tickets import Action, Audience


def heard_by(action: Action, organisation: Organisation, *, by: str, owner: str) -> Audience:
    """Who may read the words of a step that `by` takes and after which `owner` has the ticket. What a
    township writes, and what is written to one, is read by it and by those above."""
    audience = action.card.says or Audience.INSIDE
    to_owner = audience is Audience.INSIDE and action.card.for_owner
    if is_township(organisation, by) or (to_owner and is_township(organisation, owner)):
        return Audience.TASK
    return audience


def worded(
    content: Content, action: Action, text: str, particulars: Particulars, audience: Audience
) -> tuple[Audience, str]:
    """Who may read the words of a step, and the words with what the rules add to them."""
    match action:
        case Action.DECLINE:
            reason = content.rules.decline(particulars.code)
            text = content.texts("told.decline", reason=reason.label, where=reason.where, text=text)
        case Action.EXTEND:
            text = content.texts("told.extend", text=text)
        case Action.RECTIFY:
            text = content.texts("told.rectify", text=text)
        case Action.PARK if particulars.until:
            day = particulars.until
            text = content.texts("told.park", text=text, day=f"{day.month}月{day.day}日")
        case Action.RETURN:
            to = name_of(content.organisation, particulars.to)
            text = f"理由:{text}\n依据:{particulars.basis}\n建议交:{to}"
        case Action.REVIEW_KEEP | Action.REVIEW_REDO | Action.REEXAM_KEEP | Action.REEXAM_REDO:
            text = content.texts(f"told.{action.value}", text=text)
        case Action.ACCEPT:
            return Audience.REPORTER, content.texts("told.accept")
    return audience, text
