"""The office's own filing cabinet: one SQLite file; sealed clues are kept as they came."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casework.refusals import BadInput
from casework.transparency import EMPTY, Frontier
from inbox.verify import Held
from papers.archive import Added, Batch, Clue

#: First decisions of an office on a clue: two digits for paper, and the words.
OUTCOMES = {
    "01": "受理",
    "02": "不受理",
    "03": "转下级纪检监察机关",
    "04": "转有关机关",
    "05": "并入重复件",
    "06": "请反映人补充",
}

_SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
    number TEXT PRIMARY KEY, month TEXT NOT NULL, digest TEXT NOT NULL, receipt TEXT NOT NULL,
    received_at TEXT NOT NULL, count INTEGER NOT NULL, reports INTEGER NOT NULL,
    late TEXT NOT NULL, size INTEGER NOT NULL, edge BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS clues (
    number TEXT PRIMARY KEY, batch TEXT NOT NULL REFERENCES batches(number),
    filed_at TEXT NOT NULL, county TEXT NOT NULL, category TEXT NOT NULL, kind TEXT NOT NULL,
    status TEXT NOT NULL, box BLOB NOT NULL, leaf_index INTEGER NOT NULL, leaf_body BLOB NOT NULL,
    salt BLOB NOT NULL, proof TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS parts (
    clue TEXT NOT NULL REFERENCES clues(number), place INTEGER NOT NULL, name TEXT NOT NULL,
    file INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (clue, file, place));
CREATE TABLE IF NOT EXISTS added (
    clue TEXT NOT NULL REFERENCES clues(number), part TEXT NOT NULL, box BLOB NOT NULL,
    sealed BLOB NOT NULL, PRIMARY KEY (clue, part));
CREATE TABLE IF NOT EXISTS added_files (
    clue TEXT NOT NULL REFERENCES clues(number), part TEXT NOT NULL, place INTEGER NOT NULL,
    name TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (clue, part, place));
CREATE TABLE IF NOT EXISTS leaves (at INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS outcomes (
    id INTEGER PRIMARY KEY, clue TEXT NOT NULL REFERENCES clues(number), code TEXT NOT NULL,
    note TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS alarms (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, batch TEXT NOT NULL,
    sentence TEXT NOT NULL);
"""


@dataclass(frozen=True, kw_only=True)
class BatchLine:
    """A batch as the list shows it."""

    number: str
    month: str
    digest: str
    receipt: str
    received_at: str
    count: int
    reports: int


@dataclass(frozen=True, kw_only=True)
class ClueLine:
    """A clue as the list shows it: nothing sealed."""

    number: str
    batch: str
    filed_at: datetime
    county: str
    category: str
    status: str
    received_at: str
    late: bool
    outcome: str  # code, '' while undecided
    note: str


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """Something that was refused, and why."""

    at: str
    kind: str  # refused, conflict
    batch: str
    sentence: str


class Cabinet:
    """Reading and writing the file. A connection each time: it is used from several threads."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "inbox.sqlite3"
        self._path.touch(mode=0o600)
        with self._open() as c:
            c.executescript(_SCHEMA)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as c:
            c.row_factory = sqlite3.Row
            c.execute("PRAGMA journal_mode = WAL")
            c.execute("PRAGMA synchronous = FULL")
            c.execute("PRAGMA foreign_keys = ON")
            yield c

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: leave it to keep, raise to undo."""
        with self._open() as c:
            c.execute("BEGIN IMMEDIATE")
            try:
                yield c
            except BaseException:
                c.execute("ROLLBACK")
                raise
            c.execute("COMMIT")

    def held(self) -> Held:
        """What the next batch must stand on."""
        with self._open() as c:
            last = c.execute("SELECT * FROM batches ORDER BY rowid DESC LIMIT 1").fetchone()
            clues = frozenset(row["number"] for row in c.execute("SELECT number FROM clues"))
        if last is None:
            return Held()
        edge = last["edge"]
        hashes = tuple(edge[i : i + 32] for i in range(0, len(edge), 32))
        return Held(
            digest=last["digest"], edge=Frontier(last["size"], hashes) if hashes else EMPTY,
            clues=clues,
        )  # fmt: skip

    def leaves(self) -> list[bytes]:
        with self._open() as c:
            return [row["body"] for row in c.execute("SELECT body FROM leaves ORDER BY at")]

    def batch(self, number: str) -> BatchLine | None:
        return next((line for line in self.batches() if line.number == number), None)

    def batches(self) -> list[BatchLine]:
        query = (
            "SELECT number, month, digest, receipt, received_at, count, reports FROM batches"
            " ORDER BY rowid DESC"
        )
        with self._open() as c:
            return [BatchLine(**row) for row in map(dict, c.execute(query))]

    def keep(
        self, batch: Batch, digest: str, edge: Frontier, *, receipt: str, at: datetime
    ) -> None:
        """The batch, its clues, its leaves: all or nothing, durable when this returns."""
        with self._writing() as c:
            c.execute(
                "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    batch.number, batch.month, digest, receipt, at.isoformat(), len(batch.clues),
                    sum(n for _, _, n in batch.counts), json.dumps(batch.late), batch.size,
                    b"".join(edge.hashes),
                ),
            )  # fmt: skip
            for clue in batch.clues:
                _keep_clue(c, batch.number, clue)
            c.executemany(
                "INSERT INTO leaves VALUES (?, ?)",
                list(enumerate(batch.leaves, start=batch.previous_size)),
            )
            c.executemany(
                "UPDATE clues SET status = ? WHERE number = ?",
                [(status, number) for number, status, _ in batch.changes],
            )

    def clues(self) -> list[ClueLine]:
        """Newest batch first, inside it by the time of filing."""
        query = """
            SELECT c.*, b.received_at, b.late,
                (SELECT code FROM outcomes WHERE clue = c.number ORDER BY id DESC LIMIT 1) AS code,
                (SELECT note FROM outcomes WHERE clue = c.number ORDER BY id DESC LIMIT 1) AS note
            FROM clues c JOIN batches b ON b.number = c.batch
            ORDER BY b.rowid DESC, c.filed_at, c.number"""
        with self._open() as c:
            return [_line(row) for row in c.execute(query)]

    def clue(self, number: str) -> Clue | None:
        with self._open() as c:
            row = c.execute("SELECT * FROM clues WHERE number = ?", (number,)).fetchone()
            parts = c.execute(
                "SELECT * FROM parts WHERE clue = ? ORDER BY place", (number,)
            ).fetchall()
            added = c.execute(
                "SELECT * FROM added WHERE clue = ? ORDER BY part", (number,)
            ).fetchall()
            files = c.execute(
                "SELECT * FROM added_files WHERE clue = ? ORDER BY place", (number,)
            ).fetchall()
        return _clue(row, parts, [_added(each, files) for each in added]) if row else None

    def decide(self, number: str, code: str, *, note: str, by: str, at: datetime) -> None:
        """A decision is added, never replaced: the path of a clue stays whole."""
        code = code_of(code)
        if code == "02" and not note.strip():
            raise BadInput("不受理要写明理由:--note 理由")
        with self._writing() as c:
            if not c.execute("SELECT 1 FROM clues WHERE number = ?", (number,)).fetchone():
                raise BadInput(f"没有编号为 {number} 的线索。")
            c.execute(
                "INSERT INTO outcomes (clue, code, note, by, at) VALUES (?, ?, ?, ?, ?)",
                (number, code, note.strip(), by, at.isoformat()),
            )

    def decisions(self, number: str) -> list[tuple[str, str, str, str]]:
        """(at, words, note, by) of a clue, oldest first."""
        with self._open() as c:
            rows = c.execute("SELECT * FROM outcomes WHERE clue = ? ORDER BY id", (number,))
            return [(r["at"], OUTCOMES[r["code"]], r["note"], r["by"]) for r in rows]

    def alarm(self, kind: str, batch: str, sentence: str, *, at: datetime) -> None:
        with self._writing() as c:
            c.execute(
                "INSERT INTO alarms (at, kind, batch, sentence) VALUES (?, ?, ?, ?)",
                (at.isoformat(), kind, batch[:80], sentence[:300]),
            )

    def alarms(self, most: int = 50) -> Sequence[Alarm]:
        query = "SELECT at, kind, batch, sentence FROM alarms ORDER BY id DESC LIMIT ?"
        with self._open() as c:
            return [Alarm(**row) for row in map(dict, c.execute(query, (most,)))]


def code_of(word: str) -> str:
    """Two digits, from the digits or the words."""
    for code, words in OUTCOMES.items():
        if word.strip() in (code, words):
            return code
    known = ",".join(f"{code} {words}" for code, words in OUTCOMES.items())
    raise BadInput(f"不认识“{word}”。可以写:{known}")


def _keep_clue(c: sqlite3.Connection, batch: str, clue: Clue) -> None:
    c.execute(
        "INSERT INTO clues VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            clue.number, batch, clue.filed_at.isoformat(), clue.county, clue.category, clue.kind,
            clue.status, clue.box, clue.leaf_index, clue.leaf_body,
            clue.salt,
            json.dumps([each.hex() for each in clue.proof]),
        ),
    )  # fmt: skip
    for is_file, parts in ((0, clue.fields), (1, clue.attachments)):
        c.executemany(
            "INSERT INTO parts VALUES (?, ?, ?, ?, ?)",
            [(clue.number, n, name, is_file, sealed) for n, (name, sealed) in enumerate(parts)],
        )
    for each in clue.added:
        c.execute(
            "INSERT INTO added VALUES (?, ?, ?, ?)",
            (clue.number, each.part, each.box, each.sealed),
        )
        c.executemany(
            "INSERT INTO added_files VALUES (?, ?, ?, ?, ?)",
            [(clue.number, each.part, n, *file) for n, file in enumerate(each.attachments)],
        )


def _added(row: sqlite3.Row, files: Sequence[sqlite3.Row]) -> Added:
    return Added(
        part=row["part"],
        box=row["box"],
        sealed=row["sealed"],
        attachments=tuple((f["name"], f["sealed"]) for f in files if f["part"] == row["part"]),
    )


def _clue(row: sqlite3.Row, parts: Sequence[sqlite3.Row], added: Sequence[Added]) -> Clue:
    return Clue(
        number=row["number"],
        filed_at=datetime.fromisoformat(row["filed_at"]),
        county=row["county"],
        category=row["category"],
        kind=row["kind"],
        status=row["status"],
        fields=tuple((p["name"], p["sealed"]) for p in parts if not p["file"]),
        attachments=tuple((p["name"], p["sealed"]) for p in parts if p["file"]),
        added=tuple(added),
        box=row["box"],
        leaf_index=row["leaf_index"],
        leaf_body=row["leaf_body"],
        salt=row["salt"],
        proof=tuple(bytes.fromhex(each) for each in json.loads(row["proof"])),
    )


def _line(row: sqlite3.Row) -> ClueLine:
    return ClueLine(
        number=row["number"],
        batch=row["batch"],
        filed_at=datetime.fromisoformat(row["filed_at"]),
        county=row["county"],
        category=row["category"],
        status=row["status"],
        received_at=row["received_at"],
        late=row["number"] in json.loads(row["late"]),
        outcome=row["code"] or "",
        note=row["note"] or "",
    )
