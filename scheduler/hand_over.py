"""The monthly hand-over: seal what the month brought, push it until the signed receipt is there.

It needs nobody's goodwill: what is a clue was the reporter's word, and the envelopes addressed to the
discipline office were made at intake.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from casework.clues import month_after, month_before, months_due
from casework.ports import Office
from casework.ports.doors import Reading
from casework.refusals import BadInput, Refusal
from casework.sealed_names import pseudonym
from casework.shelves import BatchRow, ClueFile
from casework.workdays import SHANGHAI, day_of
from papers.archive import (
    Acknowledgement,
    Added,
    ArchiveError,
    Batch,
    Clue,
    encrypt,
    inner_digest,
    pack,
)
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
    """Make the batch of a month. Made once; asked again, the same batch. Raises `BadInput` for a month
    that is not over, or whose turn it is not: the office takes them in order."""
    async with office.reading() as reading:
        known = await reading.batches.of(recipient.office, month)
        if known:
            return known
        await _refuse_out_of_turn(office, reading, month, recipient.office)
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


async def _refuse_out_of_turn(office: Office, reading: Reading, month: str, to: str) -> None:
    last_over = month_before(day_of(office.clock.now()))
    if month > last_over:
        raise BadInput(f"{month} 还没有过完,不能封存。能封的到 {last_over}。")
    # A month of the future, sealed by a slip before this was refused, is no reason to stop.
    sealed = {row.month for row in await reading.batches.all() if row.office == to}
    sealed = {each for each in sealed if each <= last_over}
    if sealed and month < max(sealed):
        raise BadInput(
            f"{max(sealed)} 已经封存了,不能再封它前面的 {month}:那时候漏下的,下一批一起交。"
        )
    first = min(sealed or {await reading.batches.first_month() or month})
    missing = [each for each in _from(first, month) if each not in sealed]
    if missing:
        raise BadInput(f"{missing[0]} 还没有封存,要按月份的顺序来:先封 {missing[0]}。")


def _from(first: str, month: str) -> Iterator[str]:
    """The months from the first, without the last."""
    while first < month:
        yield first
        first = month_after(first)


async def _gather(office: Office, reading: Reading, month: str, to: str) -> tuple[Batch, list[str]]:
    head = await reading.log.head()
    earlier = [row for row in await reading.batches.all() if row.office == to]
    last = earlier[-1] if earlier else None
    files, damaged = await reading.batches.clues(to, until=month, size=head.size)
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
        withheld=tuple((each.number, each.why) for each in damaged),
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
        added=tuple(
            Added(part=a.part, box=a.box, sealed=a.sealed, attachments=a.attachments)
            for a in file.added
        ),
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
    """One try. The receipt is kept only if it is signed by the office and names this batch. Raises
    `NotHandedOver`."""
    now = office.clock.now()
    async with office.reading() as reading:
        content = await reading.batches.content(row.number)
    if content is None:
        raise NotHandedOver(f"{row.month} 的批次文件坏了,没有送:下一次自动重新封存。")
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


async def _undo_from(office: Office, damaged: BatchRow) -> None:
    """The batch, and those that were chained to it: nobody has signed for any of them."""
    async with office.files() as files:
        rows = [row for row in await files.batches.all() if row.office == damaged.office]
        for row in rows[[row.number for row in rows].index(damaged.number) :]:
            await files.batches.undo(row.number)


async def hand_over(office: Office, *, recipient: Recipient, key: SigningKey) -> list[BatchRow]:
    """What the clock does on the day: every month that is due and not sealed yet, in order. A house
    that was down on the day does it when it is back."""
    return [
        await seal_month(office, month, recipient=recipient, key=key)
        for month in await months_missing(office, recipient.office)
    ]


async def months_missing(office: Office, to: str) -> list[str]:
    """The months that should lie sealed by now and do not."""
    content = office.content
    async with office.reading() as reading:
        sealed = {row.month for row in await reading.batches.all() if row.office == to}
        first = min({*sealed, await reading.batches.first_month()} - {""}, default="")
    return months_due(
        first, sealed, office.clock.now(), day=content.batch_day, hour=content.batch_hour
    )


async def mend(office: Office, *, recipient: Recipient, key: SigningKey) -> list[BatchRow]:
    """Batches that nobody signed for and whose file is damaged are sealed anew, with those that were
    chained to them; which they were."""
    damaged = []
    for row in await _waiting(office):
        async with office.reading() as reading:
            if await reading.batches.content(row.number) is None:
                damaged.append(row)
    if damaged:
        await _undo_from(office, damaged[0])
        await hand_over(office, recipient=recipient, key=key)
    return damaged


async def _waiting(office: Office) -> list[BatchRow]:
    """Batches without a receipt, in the order in which the office takes them."""
    async with office.reading() as reading:
        return [row for row in await reading.batches.all() if not row.receipt]


async def push_waiting(
    office: Office, *, recipient: Recipient, key: SigningKey, client: httpx.AsyncClient
) -> tuple[int, int]:
    """(arrived, still waiting): every batch without a receipt is tried when its pause is over."""
    if not recipient.url:
        return 0, 0
    await mend(office, recipient=recipient, key=key)
    waiting, arrived = await _waiting(office), 0
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
