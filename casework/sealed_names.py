"""What the sealed parts of a ticket are called: the name is bound into the seal."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from casework.tickets import Audience

#: Fields that only colleagues may read start with this.
INSIDE = "inside"

#: Fields that the township may read too that has the ticket start with this.
TASK = "task"

_BEGINS = {Audience.INSIDE: INSIDE, Audience.REPORTER: "letter", Audience.TASK: TASK}

_ORIGINAL = ".original"


def entry_field(audience: Audience, at: datetime) -> str:
    """The field under which a history line is sealed."""
    return f"{_BEGINS[audience]} {at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def moment_of(field: str) -> datetime:
    """When the line was written that is sealed under this field.

    >>> moment_of("letter 2026-11-02T02:00:00.000001Z").isoformat()
    '2026-11-02T02:00:00.000001+00:00'
    """
    return datetime.fromisoformat(field.partition(" ")[2])


def original_of(attachment: str) -> str:
    """What the original of a file is called where it is kept, sealed and handed over."""
    return attachment + _ORIGINAL


def is_original(name: str) -> bool:
    return name.endswith(_ORIGINAL)


def pseudonym_of_person(person: str) -> str:
    """How the public log calls a member of staff."""
    return sha256(b"person|" + person.encode()).hexdigest()[:24]


def pseudonym(number: str) -> str:
    """How the public log calls a ticket."""
    return sha256(b"ticket|" + number.encode()).hexdigest()[:24]
