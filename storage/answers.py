"""Answers to requests that may come again, each of one sender, for one content, for a day.

A row's id is SHA-256(scope, key). Beside it stand an HMAC of what was asked, under the key, and the
receipt, sealed under HKDF(key, digest of what was asked): whoever has the database lacks both.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, Row, delete, select

from casework.refusals import KeyUsed
from casework.reports import Once, Receipt
from papers.envelope import derive, open_under, seal_under
from storage.insertion import insert_rows
from storage.log import edge_from_bytes, edge_to_bytes
from storage.schema import answered_once

#: How long an answer is given again. An older one is as if it were absent.
KEPT = timedelta(hours=24)

PURPOSE = "receipt"


def id_of(once: Once) -> bytes:
    """Each part with its length before it, so that no two pairs meet."""
    parts = (once.scope.encode(), once.key.encode())
    return sha256(b"".join(len(part).to_bytes(4) + part for part in parts)).digest()


def proof_of(once: Once) -> bytes:
    return hmac.new(once.key.encode(), once.digest, sha256).digest()


def _key_of(once: Once) -> bytes:
    return derive(once.key.encode(), "answer", salt=once.digest)


def answers_to(
    connection: Connection, asked: Collection[Once], now: datetime
) -> dict[Once, Receipt | KeyUsed]:
    """What those of them got that were answered within the day: their receipt, or the refusal where
    the same key came with another content. Two that wait together may have one key."""
    if not asked:
        return {}
    query = select(answered_once).where(answered_once.c.id.in_({id_of(once) for once in asked}))
    found = connection.execute(query.where(answered_once.c.at > now - KEPT)).all()
    rows = {row.id: row for row in found}
    return {once: _answer(rows[id_of(once)], once) for once in asked if id_of(once) in rows}


def _answer(row: Row[tuple[bytes, bytes, bytes, datetime]], once: Once) -> Receipt | KeyUsed:
    if not hmac.compare_digest(row.proof, proof_of(once)):
        return KeyUsed()
    return _receipt_from_bytes(open_under(_key_of(once), row.sealed, PURPOSE))


def remember(
    connection: Connection, answered: Iterable[tuple[Once, Receipt]], now: datetime
) -> None:
    """Keep the answers; one that is past its day gives way."""
    rows = [
        {
            "id": id_of(once),
            "proof": proof_of(once),
            "sealed": seal_under(_key_of(once), _receipt_to_bytes(receipt), PURPOSE),
            "at": now,
        }
        for once, receipt in answered
    ]
    if rows:
        old = answered_once.c.id.in_([row["id"] for row in rows])
        connection.execute(delete(answered_once).where(old, answered_once.c.at <= now - KEPT))
        insert_rows(connection, answered_once, rows)


def forget_answers(connection: Connection, now: datetime) -> int:
    """Remove those past their day; how many that were."""
    gone = connection.execute(delete(answered_once).where(answered_once.c.at <= now - KEPT))
    return int(gone.rowcount)


def _receipt_to_bytes(receipt: Receipt) -> bytes:
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


def _receipt_from_bytes(raw: bytes) -> Receipt:
    kept = json.loads(raw)
    return Receipt(
        code=kept["code"],
        due=datetime.fromisoformat(kept["due"]),
        index=kept["index"],
        leaf=bytes.fromhex(kept["leaf"]),
        head=edge_from_bytes(kept["size"], bytes.fromhex(kept["edge"])),
        readers=tuple(kept["readers"]),
    )
