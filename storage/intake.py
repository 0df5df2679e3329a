"""The door for reports. Those waiting share one transaction; each is answered after its commit.

Measured: group commit is 10–25 times one commit each, and a log row locked per report halves
PostgreSQL. So a batch locks the log once and last, and a bad report is refused before it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from casework.content import InForce
from casework.deadlines import clocks_at_intake
from casework.ports import WallClock
from casework.receipts import without_codes
from casework.refusals import Away, IntakeClosed, KeyUsed, ReadersChanged, Refusal
from casework.reports import REPORTER, Once, Receipt, Report
from casework.routing import Route, line_of, route
from casework.tickets import Ticket
from casework.transparency import commitment_of, digests_of_texts
from papers.boxes import Boxes
from papers.envelope import derive
from papers.files import try_disk
from storage.answers import answers_to, id_of, remember
from storage.blobs import BlobShelf
from storage.bursts import Bursts
from storage.codes import CodePool, NewCode
from storage.copies import Copyist
from storage.enclosures import Enclosed, FileKeys, Sealer
from storage.engine import only_reads, reaching
from storage.filing import Filing, Keys, check, facts_of, keys_of, new_number, still_right, write
from storage.keyshelf import ShredShelf
from storage.schema import unit_keys
from storage.sealing import ReportKeys, boxes_for

MOST_AT_ONCE = 64
#: Seconds after which the next one is waited for no longer.
WAIT = 0.005


@dataclass
class Waiting:
    """A filing and who waits for it."""

    filing: Filing
    answer: asyncio.Future[Receipt] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


@dataclass(frozen=True)
class Desk:
    """What the intake needs of the house."""

    readers: AsyncEngine
    bursts: Bursts
    in_force: InForce
    clock: WallClock
    codes: CodePool
    shreds: ShredShelf
    blobs: BlobShelf
    copyist: Copyist


class KeysMoved(Exception):
    """A unit has another key, or has one now, or has none any more: made ready for the wrong ones."""


class Recent:
    """The requests that came lately, by their sender's key: the oldest are forgotten first."""

    MOST = 4096

    def __init__(self) -> None:
        self._ids: OrderedDict[bytes, None] = OrderedDict()

    def __contains__(self, once: Once) -> bool:
        return id_of(once) in self._ids

    def add(self, once: Once) -> None:
        self._ids[id_of(once)] = None
        if len(self._ids) > self.MOST:
            self._ids.popitem(last=False)


class IntakeDoor:
    """Files reports, makes ready what another block files, and writes nothing else."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None
        self._same: dict[Once, asyncio.Future[Receipt]] = {}
        self._coming = 0  # soon in the queue
        self._at_rest = asyncio.Event()  # nothing is written at the moment
        self._at_rest.set()
        self._boxes = Boxes()
        self._keys: dict[str, bytes | None] = {}  # of units, as they were when last asked for
        self._recent = Recent()

    @property
    def _sealer(self) -> Sealer:
        return Sealer(self._desk.blobs, self._desk.copyist)

    async def file(self, report: Report) -> Receipt:
        """A durable receipt, or a refusal in a sentence. The same request of the same sender twice is
        one report; raises `KeyUsed` where the sender's key came with another content."""
        check(report)
        if report.once is None:
            return await self._file(report)
        if report.once in self._same:
            return await asyncio.shield(self._same[report.once])
        answer = asyncio.ensure_future(self._file_once(report, report.once))
        self._same[report.once] = answer
        try:
            return await asyncio.shield(answer)
        finally:
            self._same.pop(report.once, None)

    async def prepare(self, report: Report) -> Filing:
        """Checked, routed and sealed, for a block of the writing door that files it."""
        check(report)
        return await self._prepare(report, await self._keys_for(report))

    async def answered(self, once: Once) -> Receipt | None:
        """What this request got within the day, None where it is new. Raises `KeyUsed`."""
        now = self._desk.clock.now()
        known = await self._desk.bursts.read(lambda c: answers_to(c, [once], now))
        answer = known.get(once)
        if isinstance(answer, KeyUsed):
            raise answer
        return answer

    async def _file_once(self, report: Report, once: Once) -> Receipt:
        """What was answered stays so, whoever would read it now and wherever its files are. A request
        that this process answered is known before anything is made ready; one that another answered,
        or this one before it was started again, when it is written or cannot be made ready."""
        known = await self.answered(once) if report.attachments or once in self._recent else None
        try:
            return known or await self._file(report)
        except Refusal:
            if known := await self.answered(once):
                return known
            raise
        finally:
            self._recent.add(once)
            if known:  # what it brought a second time is with the report already
                await self._desk.blobs.release(each.blob for each in report.attachments)

    async def _file(self, report: Report) -> Receipt:
        try:
            return await self._filed(report, await self._keys_for(report, lately=True))
        except (KeysMoved, IntakeClosed, ReadersChanged):
            keys = await self._keys_for(report)
        try:
            return await self._filed(report, keys)
        except KeysMoved:  # a second time within a moment: she sends it again
            raise Away from None

    async def _filed(self, report: Report, keys: Keys) -> Receipt:
        """Whoever comes while a batch is written is made ready after it: both at once only take the
        interpreter from each other, and those who waited fill the next batch. Raises `KeysMoved` where
        these are not the keys any more."""
        self._coming += 1
        try:
            await self._at_rest.wait()
            waiting = Waiting(await self._prepare(report, keys))
        finally:
            self._coming -= 1
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work(), name="intake")
        self._queue.put_nowait(waiting)
        return await waiting.answer

    async def _prepare(self, report: Report, seen: Keys) -> Filing:
        """Everything that needs no database: routing, keys, sealing."""
        content, now = self._desk.in_force().content, self._desk.clock.now()
        publics = {unit: public for unit, public in seen.items() if public}
        way = route(report, content.organisation, publics.keys())
        if report.told and report.told != way.digest:
            raise ReadersChanged
        number, code = new_number(), await self._desk.codes.take()
        whole, keys = ReportKeys.new(number)
        facts = json.dumps(facts_of(report), ensure_ascii=False, default=str)
        story = without_codes(report.text)
        texts = {"story": keys.seal("story", story), "facts": keys.seal("facts", facts)}
        originals = secrets.token_bytes(32)
        held = [each.blob for each in report.attachments]
        files = await self._sealer.seal(held, FileKeys(number, keys.content, originals))
        salt = secrets.token_bytes(32)
        return Filing(
            ticket=self._ticket(number, report, way, now),
            code=code,
            salt=salt,
            shred=keys.shred,
            texts=texts,
            boxes={
                **boxes_for(
                    self._boxes,
                    whole,
                    keys,
                    {holder: publics[holder] for holder in way.readers},
                    frozenset({content.organisation.discipline.id, content.organisation.escrow.id}),
                    originals,
                ),
                REPORTER: code.box.seal(derive(whole, "reporter")),
            },
            once=report.once,
            files=files.rows,
            readers=tuple(content.organisation[unit].name for unit in way.readers),
            held=files.held,
            seen=seen,
            commit=commitment_of(salt, {**digests_of_texts(texts), **files.digests}),
        )

    async def another_code(self) -> NewCode:
        return await self._desk.codes.take()

    async def way(self, report: Report) -> Route:
        """Who would read it if it were handed in now, without filing anything. Raises `IntakeClosed`."""
        content = self._desk.in_force().content
        keys = await self._keys_for(report)
        return route(report, content.organisation, {unit for unit in keys if keys[unit]})

    def _ticket(self, number: str, report: Report, way: Route, now: datetime) -> Ticket:
        policy = self._desk.in_force().content.policy
        return Ticket(
            number=number,
            county=report.county,
            category=report.category,
            kind=report.kind,
            owner=way.owner,
            filed_at=now,
            clocks=clocks_at_intake(policy, report.kind.value, now, self._desk.in_force().calendar),
            to_discipline=report.to_discipline,
        )

    async def enclose(self, number: str, held: Sequence[str]) -> Enclosed:
        """Held files sealed for an addition to a report, under keys of their own."""
        part, originals = secrets.token_bytes(32), secrets.token_bytes(32)
        copies = derive(part, "content", self._desk.shreds.secret(number))
        files = await self._sealer.seal(held, FileKeys(number, copies, originals))
        return Enclosed(number=number, part=part, originals=originals, files=files)

    async def _keys_for(self, report: Report, *, lately: bool = False) -> Keys:
        """The keys of the units that may come into question: as they are now, or `lately`, as they
        were when somebody asked last. Then they are compared in the transaction that uses them."""
        offices = self._desk.in_force().content.organisation
        wanted = {unit.id for unit in line_of(report, offices)}
        wanted |= {offices.province.id, offices.discipline.id, offices.escrow.id}
        if not lately or not wanted <= self._keys.keys():
            self._keys |= await self._desk.bursts.read(lambda c: keys_of(c, wanted))
        return {unit: self._keys[unit] for unit in wanted}

    async def _work(self) -> None:
        """Gather those waiting, write them together, answer each. Where many file, those answered come
        again beside those who came meanwhile: so many are waited for, a moment at most."""
        expected = 1
        while True:
            batch = [await self._queue.get()]
            with suppress(TimeoutError):
                while len(batch) < MOST_AT_ONCE:
                    if not self._queue.empty():
                        batch.append(self._queue.get_nowait())
                    elif self._coming or len(batch) < expected:
                        async with asyncio.timeout(WAIT):
                            batch.append(await self._queue.get())
                    else:
                        break
            self._at_rest.clear()
            try:
                answers = await self._write([each.filing for each in batch])
            except IntegrityError:
                await self._one_by_one(batch)
            except (DBAPIError, OSError):
                for each in batch:
                    _answer(each, Away())
            except Exception as fault:
                for each in batch:
                    _answer(each, fault)
            else:
                for each, receipt in zip(batch, answers, strict=True):
                    _answer(each, receipt)
            finally:
                expected = len(batch) + self._coming + self._queue.qsize()
                self._at_rest.set()

    async def _one_by_one(self, batch: list[Waiting]) -> None:
        """Two of these have one key, or somebody else's process filed one first: find out which. One
        that meets another process once more finds its answer the next time."""
        for each in batch:
            _answer(each, await self._alone(each.filing, tries=2))

    async def _alone(self, filing: Filing, *, tries: int) -> Receipt | Exception:
        try:
            return (await self._write([filing], shredded=True))[0]
        except IntegrityError:
            return await self._alone(filing, tries=tries - 1) if tries > 1 else Away()
        except (DBAPIError, OSError):
            return Away()
        except Exception as fault:  # whoever waits is told, and the next one goes on
            return fault

    async def _write(
        self, filings: list[Filing], *, shredded: bool = False
    ) -> list[Receipt | KeyUsed | KeysMoved]:
        """Requests that were answered before get that answer; the others are written, unless a unit's
        key is another by now. The shred secrets come first, once: a ticket without one would be born purged, and one that lies there
        twice could not be destroyed. That of one that is not written
        belongs to no ticket."""
        desk, now = self._desk, self._desk.clock.now()
        asked = [f.once for f in filings if f.once]

        def put_down(
            connection: Connection,
        ) -> tuple[Mapping[Once, Receipt | KeyUsed], list[Filing], list[Receipt]]:
            known = answers_to(connection, asked, now)
            fresh = [filing for filing in filings if filing.once not in known]
            fresh = still_right(connection, fresh)
            made = write(connection, fresh) if fresh else []
            pairs = zip(fresh, made, strict=True)
            remember(connection, [(f.once, receipt) for f, receipt in pairs if f.once], now)
            return known, fresh, made

        def keep_secrets() -> None:
            if not shredded:
                desk.shreds.keep({filing.ticket.number: filing.shred for filing in filings})

        known, fresh, made = await desk.bursts.write(put_down, first=keep_secrets)
        done = {f.ticket.number: receipt for f, receipt in zip(fresh, made, strict=True)}
        await desk.blobs.release(blob for filing in fresh for blob in filing.held)
        return [
            known[f.once]
            if f.once and f.once in known
            else done.get(f.ticket.number) or KeysMoved()
            for f in filings
        ]

    async def refuse_if_closed(self) -> None:
        """What any report would meet now, without one: a missing key, a database that is away or only
        reads, a disk that takes nothing. Raises the refusal, `Away`, or the disk's `OSError`."""
        desk = self._desk
        async with reaching(desk.readers) as connection:
            keyed = set((await connection.execute(select(unit_keys.c.unit))).scalars())
            if await only_reads(connection):
                raise Away
        route(Report(text=""), desk.in_force().content.organisation, keyed)
        for folder in (desk.shreds.path.parent, desk.blobs.kept.parent.parent):
            await asyncio.to_thread(try_disk, folder)

    async def stop(self) -> None:
        if self._worker:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
            self._worker = None
        await self._desk.bursts.close()
        self._desk.copyist.close()


def _answer(waiting: Waiting, result: Receipt | Exception) -> None:
    if waiting.answer.done():  # the caller went away; the report stays
        return
    if isinstance(result, Receipt):
        waiting.answer.set_result(result)
    else:
        waiting.answer.set_exception(result)
