"""A report made ready for the shelf, and the one transaction that puts it there."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select

from casework.deadlines import next_due
from casework.refusals import BadInput
from casework.reports import REPORTER, Receipt, Report, bounded
from casework.sealed_names import pseudonym
from casework.tickets import Action, Entry, Ticket
from casework.transparency import Frontier
from casework.workdays import SHANGHAI, day_of
from papers.envelope import open_under, seal_under
from storage.blobs import MOST
from storage.codes import CodeKeys
from storage.log import append_leaves, edge_from_bytes, edge_to_bytes, lock_head
from storage.rows import entry_to_row, ticket_to_row
from storage.schema import answered_once, attachments, boxes, envelopes, history, receipts, tickets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
DIGITS = 10


def new_number() -> str:
    """A random ticket number without look-alike letters; never a running one."""
    drawn, letters = secrets.randbelow(len(ALPHABET) ** DIGITS), []
    for _ in range(DIGITS):
        drawn, digit = divmod(drawn, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return "".join(letters)


@dataclass(frozen=True, kw_only=True)
class Filing:
    """A report made ready: everything random is drawn, everything that tells is sealed."""

    ticket: Ticket
    code: CodeKeys
    salt: bytes
    shred: bytes
    texts: Mapping[str, bytes]
    boxes: Mapping[str, bytes]
    files: Sequence[Mapping[str, Any]]
    key: bytes  # derived from the Idempotency-Key, b'' without one
    commit: bytes
    readers: tuple[str, ...]  # names of the units that hold a box


def check(report: Report) -> None:
    """Refuse, before anything is written, what cannot be a report."""
    if not report.text.strip() and not report.attachments:
        raise BadInput("还没有说是什么事。一句话、一张照片、一段录音都行。")
    bounded(report.text)
    if len(report.attachments) > MOST:
        raise BadInput(f"一次最多 {MOST} 个文件,剩下的登记以后再补。")


def facts_of(report: Report) -> dict[str, Any]:
    return {
        **vars(report.facts),
        "place": vars(report.facts.place),
        "accused": [vars(each) for each in report.accused],
        "floor": report.floor,
        "place_code": report.place,
        "when": report.when,
        "channel": report.channel,
    }


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


def receipt_of(filing: Filing, index: int, leaf: bytes, head: Frontier) -> Receipt:
    """What the reporter is told: the day she can come back is the end of the handling stretch."""
    handling = tuple(c for c in filing.ticket.clocks if c.rule.startswith("handle"))
    clock = next_due(handling) or next_due(filing.ticket.clocks)
    return Receipt(
        code=filing.code.code,
        due=clock.due if clock else filing.ticket.filed_at,
        index=index,
        leaf=leaf,
        head=head,
        readers=filing.readers,
    )


def write(connection: Connection, filings: Sequence[Filing]) -> list[Receipt]:
    """Tickets, history, envelopes, boxes, receipts; then the log, locked once and last."""
    connection.execute(insert(tickets), [_ticket_row(f) for f in filings])
    connection.execute(insert(history), [_first_line(f.ticket) for f in filings])
    connection.execute(
        insert(envelopes),
        [
            {"ticket": f.ticket.number, "field": name, "sealed": sealed}
            for f in filings
            for name, sealed in f.texts.items()
        ],
    )
    connection.execute(
        insert(boxes),
        [
            {"holder": holder, "ticket": f.ticket.number, "box": box}
            for f in filings
            for holder, box in f.boxes.items()
        ],
    )
    connection.execute(
        insert(receipts),
        [
            {"lookup": f.code.lookup, "ticket": f.ticket.number, "public": f.code.public}
            for f in filings
        ],
    )
    files = [{**each, "ticket": f.ticket.number} for f in filings for each in f.files]
    if files:
        connection.execute(insert(attachments), files)
    before = lock_head(connection)
    head, hashes = append_leaves(connection, before, [leaf_of(f) for f in filings])
    made = [
        receipt_of(filing, before.size + n, leaf, head)
        for n, (filing, leaf) in enumerate(zip(filings, hashes, strict=True))
    ]
    _remember(connection, filings, made)
    return made


def _ticket_row(filing: Filing) -> dict[str, Any]:
    month = filing.ticket.filed_at.astimezone(SHANGHAI).strftime("%Y-%m")
    return {**ticket_to_row(filing.ticket), "month": month, "salt": filing.salt, "batch": ""}


def answered_before(connection: Connection, filings: Sequence[Filing]) -> dict[bytes, Receipt]:
    """The receipts of those whose Idempotency-Key was answered within the day."""
    hashes = {sha256(filing.key).digest(): filing.key for filing in filings if filing.key}
    if not hashes:
        return {}
    query = select(answered_once).where(answered_once.c.key_hash.in_(hashes))
    return {
        hashes[row.key_hash]: receipt_from_bytes(
            open_under(hashes[row.key_hash], row.sealed, "receipt")
        )
        for row in (connection.execute(query)).all()
    }


def _remember(connection: Connection, filings: Sequence[Filing], made: Sequence[Receipt]) -> None:
    """The answer to an Idempotency-Key, sealed under it."""
    keyed = [
        {
            "key_hash": sha256(f.key).digest(),
            "sealed": seal_under(f.key, receipt_to_bytes(receipt), "receipt"),
            "at": f.ticket.filed_at,
        }
        for f, receipt in zip(filings, made, strict=True)
        if f.key
    ]
    if keyed:
        connection.execute(insert(answered_once), keyed)


def receipt_to_bytes(receipt: Receipt) -> bytes:
    return json.dumps(
        {
            "code": receipt.code,
            "due": receipt.due.isoformat(),
            "index": receipt.index,
            "leaf": receipt.leaf.hex(),
            "size": receipt.head.size,
            "edge": edge_to_bytes(receipt.head).hex(),
            "readers": receipt.readers,
        }
    ).encode()


def receipt_from_bytes(raw: bytes) -> Receipt:
    kept = json.loads(raw)
    return Receipt(
        code=kept["code"],
        due=datetime.fromisoformat(kept["due"]),
        index=kept["index"],
        leaf=bytes.fromhex(kept["leaf"]),
        head=edge_from_bytes(kept["size"], bytes.fromhex(kept["edge"])),
        readers=tuple(kept.get("readers", ())),
    )
