"""Taking a batch: check everything, keep it, sign for it. The same batch again gets the same receipt."""

from __future__ import annotations

import logging
import re
from datetime import datetime
from threading import Lock

from casework.refusals import Refusal
from inbox.cabinet import BatchLine, Cabinet
from inbox.keys import Keys
from inbox.verify import Misfit, check, check_added, check_counts, check_opens
from papers.archive import Acknowledgement, ArchiveError, Batch, decrypt, inner_digest, unpack
from papers.signature import SignatureError

log = logging.getLogger(__name__)

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class Refused(Refusal):
    """Not taken; the sentence says why, and the office has written it down too."""


class Conflict(Refused):
    """Other content under a number that is already signed for. Somebody must look at this."""


class Reception:
    """One batch at a time."""

    def __init__(self, cabinet: Cabinet, keys: Keys, sender: str) -> None:
        self._cabinet, self._keys, self._sender = cabinet, keys, sender
        self._one_at_a_time = Lock()

    def take(self, blob: bytes, *, at: datetime, number: str = "", digest: str = "") -> str:
        """The signed receipt. `number` and `digest` are what the sender said outside, if it did."""
        with self._one_at_a_time:
            try:
                return self._take(blob, at=at, number=number, digest=digest)
            except Conflict as conflict:
                self._cabinet.alarm("conflict", number, str(conflict), at=at)
                log.error("conflicting batch")
                raise
            except (Misfit, ArchiveError, SignatureError) as fault:
                self._cabinet.alarm("refused", number, str(fault), at=at)
                log.warning("refused a batch")
                raise Refused(str(fault)) from fault

    def _take(self, blob: bytes, *, at: datetime, number: str, digest: str) -> str:
        if number and not _NUMBER.fullmatch(number):
            raise Misfit("number", "批次号写得不对")
        packed = decrypt(blob, self._keys.age)
        batch = self._opened(packed)
        inside = inner_digest(packed)
        if digest and digest.lower() != inside:
            raise Misfit("X-Digest", "摘要和里面的内容对不上")
        known = self._cabinet.batch(batch.number)
        if known and number in ("", batch.number):
            return _again(known, inside)
        held = self._cabinet.held()
        edge = check(batch, held, office=self._keys.office, number=number or batch.number)
        leaves = [*self._cabinet.leaves(), *batch.leaves]
        check_counts(batch, leaves)
        check_added(batch, leaves)
        check_opens(batch, self._keys.box)
        receipt = Acknowledgement(
            batch=batch.number,
            digest=inside,
            count=len(batch.clues),
            size=edge.size,
            root=edge.root().hex(),
            received_at=at.isoformat(),
        ).to_text(self._keys.signing)
        self._cabinet.keep(batch, inside, edge, receipt=receipt, at=at)
        for missing, why in batch.withheld:
            said = f"{missing} 在住建那边坏了,没有跟来({why})。修好以后随以后的批次来。"
            self._cabinet.alarm("withheld", batch.number, said, at=at)
        return receipt

    def _opened(self, packed: bytes) -> Batch:
        try:
            return unpack(packed, self._sender)
        except (ArchiveError, SignatureError):
            raise
        except Exception as fault:  # a zip can be broken in more ways than its library names
            raise ArchiveError("压缩包", "压缩包坏了") from fault


def _again(known: BatchLine, digest: str) -> str:
    if known.digest != digest:
        raise Conflict(f"{known.number} 已经签收过,这次的内容和上次不一样。已报警,请两边核对。")
    return known.receipt
