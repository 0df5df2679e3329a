"""Looking the house over: what is missing, what does not fit. Reads alone, changes nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.reports import REPORTER
from casework.sealed_names import INSIDE, entry_field, pseudonym
from casework.tickets import Audience
from casework.transparency import commitment_of, digests_of_texts, frontier_of, leaf_hash
from storage.keyshelf import KeyGone, ShredShelf
from storage.log import LogShelf
from storage.rows import attachment_from_row
from storage.schema import (
    attachments,
    envelopes,
    facts_of_house,
    history,
    inbound,
    leaves,
    tickets,
)
from storage.standing import lost_places, miscounted

#: A mark is enough to tell two keys apart and nothing to find the key by.
MARK = 8


def mark_of(key: bytes) -> bytes:
    """A fingerprint of a secret key, kept in the database to notice that the file was exchanged."""
    return sha256(b"mark\0" + key).digest()[:MARK]


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What an inspection saw. Empty tuples and True are well."""

    log_size: int
    log_fits: bool
    unlogged: tuple[str, ...]
    vanished: tuple[str, ...]
    fileless: tuple[str, ...]
    changed: tuple[str, ...]  # reports whose sealed texts or files are not those of their leaves
    shredless: tuple[str, ...]
    strange_keys: tuple[str, ...]
    newest: datetime | None
    miscounted: int  # lists whose number is wrong, and tickets that stand in the wrong one
    parked: int  # messages that were tried too often, and lie there until the key of their day goes


async def inspect(
    connection: AsyncConnection, *, kept: Path, shreds: ShredShelf, keys: dict[str, bytes]
) -> Findings:
    """Every acknowledged report has its leaf, its files (originals and copies) and its shred secret;
    what is sealed is what its leaf fixed, byte for byte; keys are the old ones.

    `kept` is the folder of sealed attachments, `keys` the service's own keys by name.
    """
    size, fits = await _log(connection)
    numbers = list((await connection.execute(select(tickets.c.number))).scalars())
    logged = await _logged(connection)
    here = {pseudonym(number): number for number in numbers}
    parked = select(func.count()).select_from(inbound).where(inbound.c.parked.is_(True))
    files = await files_of(connection)
    every = [name for parts in files.values() for names in parts.values() for name in names]
    absent = await asyncio.to_thread(_absent, kept, every)
    return Findings(
        log_size=size,
        log_fits=fits,
        unlogged=tuple(number for each, number in here.items() if each not in logged),
        vanished=tuple(sorted(logged - set(here))),
        fileless=absent,
        changed=tuple([each async for each in _changed(connection, kept, files, set(absent))]),
        shredless=await asyncio.to_thread(_unopenable, shreds, numbers),
        strange_keys=tuple(await _strange(connection, keys)),
        miscounted=await connection.run_sync(lambda c: len(miscounted(c)) + len(lost_places(c))),
        parked=(await connection.execute(parked)).scalar_one(),
        newest=(await connection.execute(select(func.max(history.c.at)))).scalar_one_or_none(),
    )


async def _log(connection: AsyncConnection) -> tuple[int, bool]:
    head = await LogShelf(connection).head()
    bodies = await LogShelf(connection).bodies(0, head.size)
    whole = await asyncio.to_thread(lambda: frontier_of([leaf_hash(body) for body in bodies]))
    beyond = select(func.count()).select_from(leaves).where(leaves.c.index >= head.size)
    return head.size, whole == head and not (await connection.execute(beyond)).scalar_one()


async def _logged(connection: AsyncConnection) -> set[str]:
    """The pseudonyms of all tickets the log speaks of."""
    query = select(leaves.c.ticket).where(leaves.c.event == "accepted")
    return set((await connection.execute(query)).scalars())


#: The names of kept files of a ticket, by the part they were added with; '' came with the report.
Kept = Mapping[str, Sequence[str]]


async def files_of(connection: AsyncConnection, number: str = "") -> dict[str, Kept]:
    """By ticket; of one ticket, where its number is given."""
    query = select(attachments)
    if number:
        query = query.where(attachments.c.ticket == number)
    found: dict[str, dict[str, list[str]]] = {}
    for row in (await connection.execute(query)).all():
        names = found.setdefault(row.ticket, {}).setdefault(row.part, [])
        names.extend(attachment_from_row(row).kept_as)
    return {**found}


async def lines_of(connection: AsyncConnection, number: str = "") -> dict[tuple[str, str], bytes]:
    """The sealed lines of reporters, by ticket and part."""
    hers = history.c.by == REPORTER, history.c.sealed.is_not(None)
    query = select(history.c.ticket, history.c.at, history.c.sealed).where(*hers)
    if number:
        query = query.where(history.c.ticket == number)
    return {
        (row.ticket, entry_field(Audience.REPORTER, row.at)): row.sealed
        for row in (await connection.execute(query)).all()
    }


async def fixed_later(
    connection: AsyncConnection, ticket: str = "", *, size: int | None = None
) -> dict[str, list[str]]:
    """The commitments of additions that brought files, by pseudonym; of one, where it is given, and in
    the first `size` leaves."""
    query = select(leaves.c.ticket, leaves.c.body).where(leaves.c.event == "added")
    if size is not None:
        query = query.where(leaves.c.index < size)
    if ticket:
        query = query.where(leaves.c.ticket == ticket)
    found: dict[str, list[str]] = {}
    for row in (await connection.execute(query)).all():
        found.setdefault(row.ticket, []).append(fixed_by(row.body))
    return found


def added_fit(
    kept: Path,
    salt: bytes,
    files: Kept,
    lines: Mapping[str, bytes],
    fixed: Iterable[str],
) -> bool:
    """Whether the additions that brought files are, one for one, those that the log fixed. Raises
    `OSError` where a file is not there."""
    found = []
    for part, names in files.items():
        if part:
            text = digests_of_texts({part: lines[part]} if part in lines else {})
            found.append(commitment_of(salt, text | digests_of_files(kept, names)).hex())
    return sorted(found) == sorted(fixed)


async def _changed(
    connection: AsyncConnection, kept: Path, files: dict[str, Kept], absent: set[str]
) -> AsyncIterator[str]:
    """Tickets of which a commitment, made anew from what is there, is not the one in the log."""
    salts = await connection.execute(select(tickets.c.number, tickets.c.salt))
    texts: dict[str, dict[str, str]] = {}
    sealed = select(envelopes).where(~envelopes.c.field.startswith(INSIDE))
    for row in (await connection.execute(sealed)).all():
        texts.setdefault(row.ticket, {})[f"text {row.field}"] = sha256(row.sealed).hexdigest()
    accepted = select(leaves.c.ticket, leaves.c.body).where(leaves.c.event == "accepted")
    bodies = {row.ticket: row.body for row in (await connection.execute(accepted)).all()}
    lines, later = dict[str, dict[str, bytes]](), await fixed_later(connection)
    for (number, part), sealed_line in (await lines_of(connection)).items():
        lines.setdefault(number, {})[part] = sealed_line
    for number, salt in salts.all():
        body, mine = bodies.get(pseudonym(number)), files.get(number, {})
        if body is None or not absent.isdisjoint(name for each in mine.values() for name in each):
            continue  # said already, under another name
        digests = texts.get(number, {}) | await asyncio.to_thread(
            digests_of_files, kept, mine.get("", ())
        )
        fits = fixed_by(body) == commitment_of(salt, digests).hex()
        if not fits or not await asyncio.to_thread(
            added_fit, kept, salt, mine, lines.get(number, {}), later.get(pseudonym(number), ())
        ):
            yield number


def fixed_by(body: bytes) -> str:
    """The commitment in a leaf; none in one that was tampered with, as the log itself will say."""
    try:
        return str(json.loads(body)["commit"])
    except (ValueError, KeyError, TypeError):
        return ""


def digests_of_files(kept: Path, names: Sequence[str]) -> dict[str, str]:
    found = {}
    for name in names:
        with (kept / name).open("rb") as file:
            found[f"file {name}"] = file_digest(file, "sha256").hexdigest()
    return found


def _absent(kept: Path, names: list[str]) -> tuple[str, ...]:
    return tuple(name for name in names if not (kept / name).is_file())


def _unopenable(shreds: ShredShelf, numbers: list[str]) -> tuple[str, ...]:
    gone = []
    for number in numbers:
        try:
            shreds.secret(number)
        except KeyGone:
            gone.append(number)
    return tuple(gone)


async def _strange(connection: AsyncConnection, keys: dict[str, bytes]) -> Iterable[str]:
    rows = (await connection.execute(select(facts_of_house))).all()
    marks = {row.name: bytes(row.value) for row in rows}
    return [
        name
        for name, key in keys.items()
        if marks.get(f"mark {name}", mark_of(key)) != mark_of(key)
    ]
