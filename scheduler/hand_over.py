"""The monthly hand-over: seal what the month brought, push it until the signed receipt is there.

It needs nobody's goodwill: what is a clue was the reporter's word, and the envelopes addressed to the
discipline office were made at intake.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import httpx

from casework.clues import month_before
from casework.ports import Office
from casework.ports.doors import Reading
from casework.refusals import Refusal
from casework.sealed_names import pseudonym
from casework.shelves import BatchRow, ClueFile
from casework.workdays import SHANGHAI
from papers.archive import Acknowledgement, ArchiveError, Batch, Clue, encrypt, inner_digest, pack
from papers.card import Card
from papers.signature import SignatureError, SigningKey


class NotHandedOver(Refusal):
    """The office could not be reached, or did not take the batch."""

    code = "not-handed-over"


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """The discipline office: its card, and where its inbox listens."""

    card: Card
    url: str = ""

    @property
    def office(self) -> str:
        return self.card.office


async def seal_month(
    office: Office, month: str, *, recipient: Recipient, key: SigningKey
) -> BatchRow:
    """Make the batch of a month. Made once; asked again, the same batch."""
    async with office.reading() as reading:
        known = await reading.batches.of(recipient.office, month)
        if known:
            return known
        batch, numbers = await _gather(office, reading, month, recipient.office)
    packed = pack(batch, key)
    row = BatchRow(
        number=batch.number,
        office=batch.office,
        month=month,
        made_at=batch.made_at,
        count=len(batch.clues),
        digest=inner_digest(packed),
        size=batch.size,
        root=batch.root,
    )
    async with office.files() as files:
        if made_meanwhile := await files.batches.of(recipient.office, month):
            return made_meanwhile
        await files.batches.keep(row, encrypt(packed, recipient.card.age), numbers)
        for number in numbers:
            files.leaf("batched", ticket=pseudonym(number), batch=batch.number)
    return row


async def _gather(office: Office, reading: Reading, month: str, to: str) -> tuple[Batch, list[str]]:
    head = await reading.log.head()
    earlier = [row for row in await reading.batches.all() if row.office == to]
    last = earlier[-1] if earlier else None
    files = await reading.batches.clues(to, until=month)
    now = office.clock.now()
    counts = await reading.tickets.of_month(month)
    batch = Batch(
        number=f"{to}-{month}",
        office=to,
        month=month,
        made_at=now,
        previous=last.digest if last else "",
        clues=tuple([await _clue(file, reading) for file in files]),
        late=tuple(f.ticket.number for f in files if _month(f.ticket.filed_at) < month),
        counts=tuple((cat, county, n) for (cat, county), n in sorted(counts.items())),
        changes=tuple(await reading.batches.changes(last.made_at if last else None, now)),
        leaves=tuple(await reading.log.bodies(last.size if last else 0, head.size)),
        size=head.size,
        root=head.root(),
        previous_size=last.size if last else 0,
        previous_root=last.root if last else b"",
        consistency=await reading.log.consistency(last.size if last else 0),
    )
    return batch, [file.ticket.number for file in files]


async def _clue(file: ClueFile, reading: Reading) -> Clue:
    proof = await reading.log.proof(file.leaf_index)
    return Clue(
        number=file.ticket.number,
        filed_at=file.ticket.filed_at,
        county=file.ticket.county,
        category=file.ticket.category,
        kind=file.ticket.kind.value,
        status=file.ticket.status.value,
        fields=file.fields,
        box=file.box,
        attachments=file.attachments,
        leaf_index=file.leaf_index,
        leaf_body=file.leaf_body,
        salt=file.salt,
        proof=proof.path,
    )


def _month(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m")


async def push(
    office: Office, row: BatchRow, recipient: Recipient, client: httpx.AsyncClient
) -> None:
    """One try. The receipt is kept only if it is signed by the office and names this batch."""
    now = office.clock.now()
    async with office.reading() as reading:
        content = await reading.batches.content(row.number)
    try:
        answer = await client.put(
            f"{recipient.url.rstrip('/')}/batches/{row.number}",
            content=content,
            headers={"X-Digest": row.digest, "Content-Type": "application/octet-stream"},
        )
        receipt = _checked(answer, row, recipient)
    except (httpx.HTTPError, NotHandedOver, ArchiveError, SignatureError) as fault:
        trouble = str(fault) if isinstance(fault, Refusal) else type(fault).__name__
        async with office.files() as files:
            await files.batches.tried(row.number, at=now, trouble=trouble)
        raise NotHandedOver(f"{row.month} 的移交没有送到:{trouble}") from fault
    async with office.files() as files:
        await files.batches.received(row.number, receipt, at=now)


def _checked(answer: httpx.Response, row: BatchRow, recipient: Recipient) -> str:
    if answer.status_code != httpx.codes.OK:
        raise NotHandedOver(f"对方没有收下({answer.status_code}):{answer.text[:120]}")
    said = Acknowledgement.from_text(answer.text, recipient.card.signing)
    if (said.batch, said.digest, said.count) != (row.number, row.digest, row.count):
        raise NotHandedOver("对方的回执说的不是这一批。")
    return answer.text


async def hand_over(
    office: Office, *, recipient: Recipient, key: SigningKey, today: date
) -> list[BatchRow]:
    """What the clock does on the day: the month before, sealed and kept."""
    return [await seal_month(office, month_before(today), recipient=recipient, key=key)]


async def push_waiting(
    office: Office, *, recipient: Recipient, client: httpx.AsyncClient
) -> tuple[int, int]:
    """(arrived, still waiting): every batch without a receipt is tried when its pause is over."""
    if not recipient.url:
        return 0, 0
    async with office.reading() as reading:
        waiting = [r for r in await reading.batches.all() if not r.receipt]
    arrived = 0
    for row in waiting:
        if row.sent_at and office.clock.now() < row.sent_at + pause_of(row.attempts):
            continue
        try:
            await push(office, row, recipient, client)
        except NotHandedOver:
            continue
        arrived += 1
    return arrived, len(waiting) - arrived


def pause_of(attempts: int) -> timedelta:
    """Growing pauses between pushes, up to six hours."""
    return min(timedelta(minutes=1) * 2**attempts, timedelta(hours=6)) if attempts else timedelta()
