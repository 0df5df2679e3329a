"""What a villager tells, and what was understood of it: facts with the words they came from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from hashlib import sha256
from itertools import chain
from typing import TypeVar

from casework.refusals import BadInput
from casework.tickets import Kind, Ticket
from casework.transparency import Frontier

T = TypeVar("T")

#: How the reporter is called in a history and as the holder of her own box.
REPORTER = "reporter"

#: Longest report text taken, in characters; more is refused in a sentence, not cut.
LONGEST = 5000
#: Of a story that was told in many messages.
LONGEST_REPORT = 10_000
#: Files on one report in all, those added later among them.
MOST_FILES = 20


def bounded(text: str, most: int = LONGEST) -> str:
    """The text as it is. Raises `BadInput` where it is longer than `most` characters."""
    if len(text) > most:
        raise BadInput(
            f"太长了,最多 {most} 个字。先拣要紧的说,登记以后还能补充。", "too-long", most=most
        )
    return text


@dataclass(frozen=True, kw_only=True)
class Accused:
    """Whom a report is about, as far as the words say. `role` is an id of the vocabulary."""

    role: str = ""
    name: str = ""
    unit: str = ""  # unit id when the unit is one of ours, else the words used
    words: str = ""  # how she called him: 村会计, 平顶山市住建局的科长

    def __bool__(self) -> bool:
        return bool(self.role or self.name or self.unit)


def accused_of(facts: Mapping[str, object]) -> tuple[Accused, ...]:
    """Whom a report is about, as it was sealed at intake (the first build kept one, not a list)."""
    said = facts.get("accused")
    several = said if isinstance(said, list) else [said]
    names = [each.name for each in fields(Accused)]
    return tuple(
        Accused(**{name: str(each.get(name) or "") for name in names})
        for each in several
        if isinstance(each, Mapping) and any(each.values())
    )


def identity_of(facts: Mapping[str, object]) -> tuple[str, ...]:
    """The words that would tell who the reporter is, as they were sealed at intake."""
    said = facts.get("identity")
    return tuple(map(str, said)) if isinstance(said, list) else ()


@dataclass(frozen=True, kw_only=True)
class Addition:
    """What the reporter adds later, and whom it names. It has a key of its own."""

    text: str
    about: tuple[Accused, ...] = ()

    def to_json(self) -> str:
        """As it is sealed."""
        named = [vars(each) for each in self.about]
        return json.dumps({"text": self.text, "accused": named}, ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> Addition:
        said = json.loads(kept)
        return cls(text=said["text"], about=accused_of(said))


@dataclass(frozen=True, kw_only=True)
class PlaceNamed:
    """A place as codes of the National Bureau of Statistics; '' where nothing was said."""

    county: str = ""
    township: str = ""
    village: str = ""
    code: str = ""

    def __bool__(self) -> bool:
        return bool(self.code)


#: From these shares on a category is a part of what is told, and misconduct may be all of it.
A_PART, MISCONDUCT = 0.2, 0.25


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What triage and extraction found. Never decides anything alone: it is read back first."""

    kind: Kind | None = None
    categories: tuple[tuple[str, float], ...] = ()
    misconduct: float = 0.0  # how likely it is of a category that is somebody's misconduct
    place: PlaceNamed = field(default_factory=PlaceNamed)
    accused: tuple[Accused, ...] = ()  # everybody named as doing it, the strictest first
    amounts: tuple[int, ...] = ()  # yuan
    dates: tuple[str, ...] = ()  # the words, or ISO dates when exact
    people: int | None = None
    evidence: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()  # substrings that would tell who the reporter is
    danger: bool = False
    threat: bool = False  # somebody is pressed for having spoken up, or her name is out
    missing: tuple[str, ...] = ()  # of who, what, where, when, how_much, evidence

    @classmethod
    def together(cls, parts: Sequence[Facts]) -> Facts:
        """Of a story in parts: everybody and everything any of them names, the gravest kind, the first
        place."""
        gravest = (Kind.URGENT, Kind.CLUE, *Kind)
        kinds = {each.kind for each in parts}
        shares: dict[str, float] = {}
        for id, share in chain.from_iterable(each.categories for each in parts):
            shares[id] = max(share, shares.get(id, 0.0))
        missing = set.intersection(*(set(each.missing) for each in parts))
        return cls(
            kind=next((kind for kind in gravest if kind in kinds), None),
            categories=tuple(sorted(shares.items(), key=lambda pair: -pair[1])[:4]),
            misconduct=max(each.misconduct for each in parts),
            place=next((each.place for each in parts if each.place), PlaceNamed()),
            accused=_each_once(each.accused for each in parts),
            amounts=_each_once(each.amounts for each in parts),
            dates=_each_once(each.dates for each in parts),
            people=next((each.people for each in parts if each.people), None),
            evidence=_each_once(each.evidence for each in parts),
            identity=_each_once(each.identity for each in parts),
            danger=any(each.danger for each in parts),
            threat=any(each.threat for each in parts),
            missing=tuple(each for each in parts[0].missing if each in missing),
        )

    @property
    def category(self) -> str:
        return self.categories[0][0] if self.categories else "other"

    @property
    def may_be_misconduct(self) -> bool:
        """Whether somebody's doings may be meant: a clue, nothing that was understood, or a matter of
        handling in which misconduct has a part. Then the accused must be kept from it in doubt."""
        part = self.kind is Kind.SERVICE and self.misconduct >= MISCONDUCT
        return part or self.kind in (None, Kind.CLUE)


def _each_once(several: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(several)))


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that came with a report: sniffed type, bytes already in the sealed blob store."""

    blob: str
    kind: str  # photo, voice, video, document
    size: int
    sha256: str
    media_type: str = "application/octet-stream"


#: Fewer characters could be met by chance, or be guessed.
SHORTEST_KEY = 16


@dataclass(frozen=True, kw_only=True)
class Once:
    """One request of one sender: the same three again are the same report and the same receipt.

    As draft-ietf-httpapi-idempotency-key-header says it: a key belongs to its sender, and to what
    was asked with it the first time."""

    scope: str  # whose key it is
    key: str = field(repr=False)
    digest: bytes = field(repr=False)  # of what was asked, `digest_of`


def digest_of(asked: Mapping[str, object], files: Sequence[str] = ()) -> bytes:
    """What a request asks, as SHA-256: the same for the same fields in any order and spelling.

    >>> digest_of({"a": 1, "b": ""}) == digest_of({"b": "", "a": 1})
    True
    """
    return sha256(json.dumps([asked, list(files)], sort_keys=True).encode()).digest()


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report as it is handed to the intake door, in clear, for the blink it takes to seal it."""

    text: str
    county: str = ""  # county code, '' goes to the province
    place: str = ""  # the most precise code known
    kind: Kind = Kind.SERVICE
    category: str = "other"
    to_discipline: bool = True
    accused: tuple[Accused, ...] = ()  # everybody confirmed or named, and not taken back by her
    facts: Facts = field(default_factory=Facts)
    when: str = ""
    channel: str = "web"
    floor: str = ""  # '' or 'city': the reporter asked that the county not see it
    #: `Route.digest` of the readers she was told before she handed it in, '' when nobody was told.
    told: str = ""
    attachments: tuple[Attachment, ...] = ()
    #: The sender's key and what was asked with it; None where every sending is a report of its own.
    once: Once | None = None


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the reporter is told when her report is filed: first of all the code of her mailbox."""

    code: str
    due: datetime
    readers: tuple[str, ...] = ()  # names of the units that can open it, the owner first
    #: Of the ticket: never shown to her, and not kept with an answer that may be given again.
    number: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class Receipt(Told):
    """What the reporter is given, and her place in the log."""

    index: int
    leaf: bytes
    head: Frontier

    @property
    def size(self) -> int:
        return self.head.size

    @property
    def root(self) -> bytes:
        return self.head.root()


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One text in the reporter's mailbox."""

    at: datetime
    mine: bool
    text: str


@dataclass(frozen=True, kw_only=True)
class Added:
    """What became of a text added later: who does not read it, and who acts now if that changed."""

    ticket: Ticket
    left_out: tuple[str, ...] = ()  # units that read the report so far and are named in it
    moved_to: str = ""  # the unit that has it now, when the one that had it is among them
    before: bool = False  # it was added already by the same message: nothing was written


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """What a receipt code opens: state in plain words, the next date, and the letters."""

    number: str  # of the ticket; never shown to her
    status: str  # machine value
    plain: str  # the sentence for a villager
    filed_at: datetime
    due: datetime | None
    why: str
    letters: tuple[Letter, ...] = ()
    can_reopen: bool = False
    can_rate: bool = False  # 回访: solved, not solved, nobody came
    can_appeal: str = ""  # '' or the id of the appeal that is open to her
    appeal_until: datetime | None = None  # the last moment for it
    can_withdraw: bool = False
    can_remind: bool = False
    remind_from: datetime | None = None  # from when she may, where she may not yet
