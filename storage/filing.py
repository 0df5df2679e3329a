"""A report made ready for the shelf, and the one transaction that puts it there."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from casework.deadlines import next_due
from casework.receipts import without_codes
from casework.refusals import BadInput
from casework.reports import (
    LONGEST_REPORT,
    MOST_FILES,
    REPORTER,
    Once,
    Receipt,
    Report,
    Told,
    bounded,
)
from casework.sealed_names import pseudonym
from casework.tickets import Action, Entry, Ticket, is_alarming
from casework.workdays import SHANGHAI, day_of
from storage.codes import NewCode
from storage.insertion import insert_rows
from storage.log import append_leaves, lock_head
from storage.rows import entry_to_row, ticket_to_row
from storage.schema import attachments, boxes, envelopes, history, receipts, tickets, unit_keys
from storage.standing import Shelf, rows_of, standing_of, write_tallies

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
DIGITS = 10


def new_number() -> str:
    """A random ticket number without look-alike letters; never a running one."""
    drawn, letters = secrets.randbelow(len(ALPHABET) ** DIGITS), []
    for _ in range(DIGITS):
        drawn, digit = divmod(drawn, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return "".join(letters)


#: Public keys of units, None of those that have none.
Keys = Mapping[str, bytes | None]


@dataclass(frozen=True, kw_only=True)
class Filing:
    """A report made ready: everything random is drawn, everything that tells is sealed."""

    ticket: Ticket
    code: NewCode
    salt: bytes
    shred: bytes
    texts: Mapping[str, bytes]
    boxes: Mapping[str, bytes]
    files: Sequence[Mapping[str, Any]]
    once: Once | None
    commit: bytes
    readers: tuple[str, ...]  # names of the units that hold a box
    seen: Keys  # those of units when it was made ready
    held: tuple[str, ...]  # the files it came with, as they are held until it is filed

    @property
    def told(self) -> Told:
        """The day she can come back is the end of the handling stretch."""
        handling = tuple(c for c in self.ticket.clocks if c.rule.startswith("handle"))
        clock = next_due(handling) or next_due(self.ticket.clocks)
        due = clock.due if clock else self.ticket.filed_at
        return Told(code=self.code.code, due=due, readers=self.readers, number=self.ticket.number)


def keys_of(
    connection: Connection, units: AbstractSet[str], *, held: bool = False
) -> dict[str, bytes | None]:
    """The key of each of the units; `held`, they stay these until the transaction ends."""
    query = select(unit_keys.c.unit, unit_keys.c.public).where(unit_keys.c.unit.in_(units))
    if held:
        query = query.with_for_update(read=True)
    return dict.fromkeys(units) | {row.unit: row.public for row in connection.execute(query)}


def still_right(connection: Connection, filings: Sequence[Filing]) -> list[Filing]:
    """Those of them that are sealed to the keys that units have now. Nobody changes these keys until
    the transaction ends: a box for one that is another by then would not be counted among those that
    are sealed anew."""
    units = {unit for filing in filings for unit in filing.seen}
    keys = keys_of(connection, units, held=True)
    return [filing for filing in filings if filing.seen.items() <= keys.items()]


def check(report: Report) -> None:
    """Refuse, before anything is written, what cannot be a report."""
    if not report.text.strip() and not report.attachments:
        raise BadInput("还没有说是什么事。一句话、一张照片、一段录音都行。", "nothing-told")
    bounded(report.text, LONGEST_REPORT)
    if len(report.attachments) > MOST_FILES:
        raise BadInput(
            f"一次最多 {MOST_FILES} 个文件,剩下的登记以后再补。", "too-many-files", most=MOST_FILES
        )


def facts_of(report: Report) -> dict[str, Any]:
    """What goes with the story, plain values alone, and no receipt code in any of them."""
    facts = {
        **vars(report.facts),
        "place": vars(report.facts.place),
        "accused": [vars(each) for each in report.accused],
        "floor": report.floor,
        "place_code": report.place,
        "when": report.when,
        "channel": report.channel,
    }
    return {name: _veiled(value) for name, value in facts.items()}


def _veiled(value: Any) -> Any:
    match value:
        case str():
            return without_codes(value)
        case Mapping():
            return {key: _veiled(each) for key, each in value.items()}
        case list() | tuple():
            return [_veiled(each) for each in value]
        case _:
            return value


def _first_line(ticket: Ticket) -> dict[str, Any]:
    entry = Entry(at=ticket.filed_at, action=Action.FILE, by=REPORTER, to=ticket.owner)
    return entry_to_row(ticket.number, 1, entry)


def leaf_of(filing: Filing) -> dict[str, str | int]:
    """No text, no place: that a report was accepted, on which day, and what fixes its content."""
    return {
        "v": 1,
        "event": "accepted",
        "ticket": pseudonym(filing.ticket.number),
        "day": day_of(filing.ticket.filed_at).isoformat(),
        "tag": filing.code.tag.hex(),
        "commit": filing.commit.hex(),
    }


def write(connection: Connection, filings: Sequence[Filing]) -> list[Receipt]:
    """Tickets, history, envelopes, boxes, receipts; then the log, locked once and last."""
    insert_rows(connection, tickets, [_ticket_row(f) for f in filings])
    insert_rows(connection, history, [_first_line(f.ticket) for f in filings])
    insert_rows(
        connection,
        envelopes,
        [
            {"ticket": f.ticket.number, "field": name, "sealed": sealed}
            for f in filings
            for name, sealed in f.texts.items()
        ],
    )
    counted = Counter[Shelf]()
    held = [
        rows_of(f.ticket, f.boxes, voice=_has_voice(f), counted=counted) for f in filings
    ]  # fmt: skip
    insert_rows(connection, boxes, [row for rows in held for row in rows])
    insert_rows(
        connection,
        receipts,
        [
            {"lookup": f.code.lookup, "ticket": f.ticket.number, "public": f.code.public}
            for f in filings
        ],
    )
    files = [{**each, "ticket": f.ticket.number} for f in filings for each in f.files]
    insert_rows(connection, attachments, files)
    write_tallies(connection, counted)
    before = lock_head(connection)
    head, hashes = append_leaves(connection, before, [leaf_of(f) for f in filings])
    return [
        Receipt(**vars(filing.told), index=before.size + n, leaf=leaf, head=head)
        for n, (filing, leaf) in enumerate(zip(filings, hashes, strict=True))
    ]


def _ticket_row(filing: Filing) -> dict[str, Any]:
    month = filing.ticket.filed_at.astimezone(SHANGHAI).strftime("%Y-%m")
    alarm = "new" if is_alarming(filing.ticket) else ""
    row = {"month": month, "salt": filing.salt, "batch": "", "alarm": alarm}
    at = filing.ticket.filed_at
    standing = {**standing_of(filing.ticket, at), "since": at, "voice": _has_voice(filing)}
    return {**ticket_to_row(filing.ticket), **row, **standing}


def _has_voice(filing: Filing) -> bool:
    return any(each["kind"] == "voice" for each in filing.files)
