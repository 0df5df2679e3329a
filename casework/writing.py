"""What helps an officer write: a draft that waits, the unit's own phrases, and where he repeats the reporter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.refusals import BadInput
from casework.sealed_names import INSIDE, TASK
from casework.shelves import Sees
from casework.steps import BY_HAND, Action
from casework.tasks import runs_in_common

#: A draft nobody came back to is forgotten.
DRAFT_LIVES = timedelta(days=60)
#: A run of so many letters in common with her words is shown before it is sent.
TOLD_APART = 8
LONGEST_TITLE, LONGEST_PHRASE = 20, 600
#: A unit keeps no more for one step: a list longer than a screen helps nobody.
MOST_PHRASES = 12


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody began to write with a step, and did not send."""

    action: Action
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """Words a unit says again and again with one step."""

    id: str
    action: Action
    title: str
    text: str


def draft_field(person: str, sees: Sees) -> str:
    """The field a draft is sealed under: colleagues' own, which the reporter's code does not open."""
    return f"{TASK if sees is Sees.TASK else INSIDE} draft {person}"


def phrase_of(id: str, action: Action, title: str, text: str) -> Phrase:
    """Raises `BadInput` where it says nothing, or says too much."""
    title, text = " ".join(title.split()), text.strip()
    if action not in BY_HAND or action.card.says is None:
        raise BadInput("这一步不用写话,用不着套话。")
    if not title or not text:
        raise BadInput("套话要有个名字,也要有话。")
    if len(title) > LONGEST_TITLE or len(text) > LONGEST_PHRASE:
        raise BadInput(f"名字最多 {LONGEST_TITLE} 个字,话最多 {LONGEST_PHRASE} 个字。")
    return Phrase(id=id, action=action, title=title, text=text)


def repeated(text: str, hers: Iterable[str], identity: Iterable[str]) -> tuple[str, ...]:
    """Pieces of `text` that stand in her words too, or would tell who she is; the longest first."""
    found = [piece for each in hers for piece in runs_in_common(text, each, TOLD_APART)]
    found += [word for word in identity if len(word) > 1 and word in text]
    longest = sorted(dict.fromkeys(found), key=len, reverse=True)
    return tuple(
        piece for n, piece in enumerate(longest) if not any(piece in more for more in longest[:n])
    )
