"""Sealing: one random key a report, boxes to the people who must read it, keyrings that open them.

    K  random, boxed to each unit that may read
    R = HKDF(K, reporter)      boxed to the receipt code
    T = HKDF(K, task)          boxed to the township that has the ticket, and no more than this
    content key = HKDF(R, shred secret)   boxed to the discipline office and the escrow
    O  random, in the same two boxes      seals the originals of files; K does not lead to it

A text the reporter adds later has a random key of its own, boxed to those who may read that text;
its content key is HKDF(part key, shred secret). The copies of files that come with it lie under the
same key, their originals under a random one behind it in the boxes of the discipline office and the
escrow.

Destroying the shred secret closes every box of the housing side; the office's copy is its own.
Notes for colleagues are sealed under a sibling key that the receipt code does not reach; what a
township is given and what it writes under T, to which neither of the others leads.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from argon2.low_level import Type, hash_secret_raw

from casework.offices import Person
from casework.refusals import KeyChanged, Locked, NoSuchTicket
from casework.sealed_names import INSIDE, TASK
from casework.shelves import Sees, Stack, TicketFile
from papers.boxes import Boxes
from papers.envelope import EnvelopeError, derive, open_box, open_field, seal_field, seal_to


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one Argon2id derivation costs. 64 MiB and 3 passes: about 540 core-years for the first
    of 100,000 codes; tests use less."""

    mib: int = 64
    passes: int = 3


def stretch(secret: bytes, salt: bytes, cost: Cost) -> bytes:
    """Argon2id (RFC 9106), 32 bytes. Takes about 0.2 s: call it in a thread."""
    return hash_secret_raw(
        secret, salt, time_cost=cost.passes, memory_cost=cost.mib * 1024, parallelism=1,
        hash_len=32, type=Type.ID,
    )  # fmt: skip


@dataclass(frozen=True)
class ReportKeys:
    """The keys of one ticket, as far as the holder of a box has them."""

    number: str
    reporter: bytes | None  # R, None for a township
    inside: bytes | None  # sibling of R, None for the reporter and the discipline office
    task: bytes | None  # T, another sibling, None for the same two
    shred: bytes
    parts: Mapping[str, bytes] = field(default_factory=dict)  # keys of texts added later, by field

    @classmethod
    def new(cls, number: str) -> tuple[bytes, ReportKeys]:
        whole = secrets.token_bytes(32)
        return whole, cls.of(number, whole, secrets.token_bytes(32))

    @classmethod
    def of(cls, number: str, whole: bytes, shred: bytes) -> ReportKeys:
        return cls(
            number, derive(whole, "reporter"), derive(whole, "inside"), derive(whole, "task"), shred
        )

    @classmethod
    def of_task(cls, number: str, task: bytes, shred: bytes) -> ReportKeys:
        """All that a township has."""
        return cls(number, None, None, task, shred)

    @property
    def content(self) -> bytes:
        return self._under(self.reporter)

    def _under(self, key: bytes | None) -> bytes:
        if key is None:
            raise NoSuchTicket
        return derive(key, "content", self.shred)

    def _key(self, field: str) -> bytes:
        if field in self.parts:
            return derive(self.parts[field], "content", self.shred)
        if field.startswith(INSIDE):
            return self._under(self.inside)
        return self._under(self.task) if field.startswith(TASK) else self.content

    def seal_bytes(self, field: str, content: bytes) -> bytes:
        return seal_field(self._key(field), self.number, field, content)

    def seal(self, field: str, text: str) -> bytes:
        return self.seal_bytes(field, text.encode())

    def open_bytes(self, field: str, sealed: bytes, *, part: str = "") -> bytes:
        """`part` where it came with what was added later, and has that one's key."""
        return open_field(self._key(part or field), self.number, field, sealed)

    def open(self, field: str, sealed: bytes) -> str:
        return self.open_bytes(field, sealed).decode()


def boxes_for(
    boxes: Boxes,
    whole: bytes,
    keys: ReportKeys,
    publics: Mapping[str, bytes],
    outsiders: frozenset[str],
    originals: bytes,
) -> dict[str, bytes]:
    """A box for each holder. Outsiders (discipline office, escrow) get the content key itself, so
    that a purge on this side does not reach their copy, and behind it the key of the originals."""
    return {
        holder: boxes.seal_to(public, keys.content + originals if holder in outsiders else whole)
        for holder, public in publics.items()
    }


@dataclass(frozen=True)
class Ring:
    """A member's open keyring: the private keys of the units he belongs to."""

    person: Person
    units: Mapping[str, bytes] | None  # None while locked
    private: bytes = b""
    #: Keys of before, while boxes are sealed anew that may lie under them.
    earlier: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.units is not None

    def holds(self, unit: str) -> bool:
        return unit in (self.units or {})

    def sealed_anew(self, stack: Stack) -> Stack:
        """Takes about a second for 10,000 boxes: call it in a thread. A box that opens with none of
        these keys stays as it is."""
        keys, laid = (*self.earlier.get(stack.unit, ()), self._key_of(stack.unit)), Boxes()
        done = []
        for each in stack.boxes:
            key, inside = _opened_by(keys, each.box)
            under_today = inside is not None and key == keys[-1]
            fresh = b"" if inside is None or under_today else laid.seal_to(stack.public, inside)
            done.append(replace(each, fresh=fresh))
        return replace(stack, boxes=tuple(done))

    def ticket(self, file: TicketFile) -> ReportKeys:
        if file.sees is Sees.TASK:
            return ReportKeys.of_task(file.ticket.number, self._opened(file), file.shred)
        keys = ReportKeys.of(file.ticket.number, self._opened(file), file.shred)
        return replace(keys, parts=self._parts(file))

    def box_for(self, file: TicketFile, public: bytes, sees: Sees) -> bytes:
        if file.sees is Sees.TASK:
            raise NoSuchTicket
        whole = self._opened(file)
        return seal_to(public, derive(whole, "task") if sees is Sees.TASK else whole)

    def part_boxes_for(self, file: TicketFile, public: bytes) -> Mapping[str, bytes]:
        return {part: seal_to(public, key) for part, key in self._parts(file).items()}

    def _opened(self, file: TicketFile) -> bytes:
        return self._open(file.box_holder, file.box)

    def _parts(self, file: TicketFile) -> Mapping[str, bytes]:
        return {part: self._open(file.box_holder, box) for part, box in file.parts.items()}

    def _open(self, unit: str, box: bytes) -> bytes:
        keys = (self._key_of(unit), *self.earlier.get(unit, ()))
        _, inside = _opened_by(keys, box)
        if inside is None:
            raise KeyChanged
        return inside

    def _key_of(self, unit: str) -> bytes:
        private = (self.units or {}).get(unit)
        if private is None:
            raise Locked
        return private


def _opened_by(keys: Sequence[bytes], box: bytes) -> tuple[bytes, bytes | None]:
    """The first of the keys that opens the box, and what is in it; None where none does."""
    for key in keys:
        with suppress(EnvelopeError):
            return key, open_box(key, box)
    return b"", None
