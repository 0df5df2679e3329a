"""Content as frozen values: topics, the sentences the bot says, contacts. Read by `runtime`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from casework.deadlines import Policy
from casework.offices import Organisation
from casework.rules import Rules


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One question villagers ask, and its approved, dated, sourced answer."""

    slug: str
    question: str
    variants: tuple[str, ...]
    answer: str
    source: str = ""
    status: str = "approved"
    region: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    reviewed_on: date | None = None
    needs: tuple[str, ...] = ()
    see_also: tuple[str, ...] = ()

    def stands(self, today: date) -> bool:
        """Whether its text may be shown: approved, sourced, and not past its day."""
        in_force = self.valid_to is None or today <= self.valid_to
        return self.status == "approved" and bool(self.source) and in_force


class Texts:
    """Every sentence said to a person, by key; a missing key is an error, never a blank."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table = dict(table)

    def __call__(self, key: str, /, **slots: object) -> str:
        text = self._table[key]
        return text.format(**slots) if slots else text

    def __contains__(self, key: object) -> bool:
        return key in self._table

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A public number and what it takes, in one sentence."""

    number: str
    name: str
    takes: str


@dataclass(frozen=True, kw_only=True)
class Content:
    """One programme: what `content/henan-2019` says, read once and never changed."""

    version: str  # digest of the files, so that every process can see a change
    topics: Mapping[str, Topic]
    concepts: Mapping[str, tuple[str, ...]]
    texts: Texts
    organisation: Organisation
    policy: Policy
    rules: Rules = field(default_factory=Rules)
    contacts: tuple[Contact, ...] = ()
    categories: Mapping[str, str] = field(default_factory=dict)  # id → Chinese label
    lexicon: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # triage word lists
    batch_day: int = 3
    batch_hour: int = 8
