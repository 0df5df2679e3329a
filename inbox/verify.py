"""Does a batch fit what the office already holds? Every reason to refuse it has a name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from casework.reports import Addition
from casework.sealed_names import INSIDE, is_original, moment_of, pseudonym
from casework.transparency import (
    EMPTY,
    NOTHING,
    Frontier,
    commitment,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from papers.archive import Batch, Clue
from papers.envelope import KEY, EnvelopeError, open_box, open_field


class Misfit(Exception):
    """The batch does not fit; `what` names the part, the text is a sentence."""

    def __init__(self, what: str, sentence: str) -> None:
        super().__init__(f"{sentence}({what})")
        self.what = what


@dataclass(frozen=True, kw_only=True)
class Held:
    """What the office remembers of the batches before: the last digest and its own copy of the log."""

    digest: str = ""
    edge: Frontier = EMPTY
    clues: frozenset[str] = frozenset()


def check(batch: Batch, held: Held, *, office: str, number: str) -> Frontier:
    """The log's new edge, or `Misfit`."""
    if batch.number != number:
        raise Misfit("number", f"信封上写的是 {number},里面是 {batch.number}")
    if batch.office != office:
        raise Misfit("office", f"这一批是给 {batch.office} 的,不是给 {office} 的")
    if batch.previous != held.digest:
        raise Misfit("previous", "和上一批接不上:中间少了一批,或者上一批被换过")
    edge = _log_goes_on(batch, held.edge)
    for clue in batch.clues:
        _clue_is_in_the_log(clue, batch, held)
    if len({clue.number for clue in batch.clues}) != len(batch.clues):
        raise Misfit("clues", "同一件线索出现了两次")
    return edge


def _log_goes_on(batch: Batch, before: Frontier) -> Frontier:
    """The head stands on the one we signed for, and on every leaf that came since."""
    previous = batch.previous_root if batch.previous_size else NOTHING
    if (batch.previous_size, previous) != (before.size, before.root()):
        raise Misfit("log.previous", "日志的起点不是我们上次签收的那一点")
    if not verify_consistency(
        batch.previous_size, previous, batch.size, batch.root, batch.consistency
    ):
        raise Misfit("log.consistency", "日志改动过以前的内容")
    edge = before
    for body in batch.leaves:
        edge = edge.append(leaf_hash(body))
    if (edge.size, edge.root()) != (batch.size, batch.root):
        raise Misfit("leaves", "日志的条目和日志头对不上")
    return edge


def _clue_is_in_the_log(clue: Clue, batch: Batch, held: Held) -> None:
    if clue.number in held.clues:
        raise Misfit(clue.number, "这件线索以前已经移交过了")
    if not verify_inclusion(
        leaf_hash(clue.leaf_body), clue.leaf_index, batch.size, clue.proof, batch.root
    ):
        raise Misfit(clue.number, "这件线索不在日志里")
    leaf = json.loads(clue.leaf_body)
    if leaf.get("event") != "accepted" or leaf.get("ticket") != pseudonym(clue.number):
        raise Misfit(clue.number, "日志里那一条说的是另一件")
    fixed = commitment(clue.salt, dict(clue.fields), dict(clue.attachments))
    if leaf.get("commit") != fixed.hex():
        raise Misfit(clue.number, "这件线索的内容和登记时写进日志的对不上")


def check_counts(batch: Batch, leaves: Iterable[bytes]) -> None:
    """Nothing was left out of the month: as many reports are counted as the log accepted.

    `leaves` are all that the office holds, those of this batch included.
    """
    logged = 0
    for body in leaves:
        leaf = json.loads(body)
        if leaf.get("event") == "accepted" and str(leaf.get("day", "")).startswith(batch.month):
            logged += 1
    counted = sum(n for _, _, n in batch.counts)
    if counted != logged:
        raise Misfit("counts", f"清单说本月 {counted} 件反映,日志里是 {logged} 件")


def check_added(batch: Batch, leaves: Iterable[bytes]) -> None:
    """What was added to a clue with files is, one for one, what the log fixed: none is left out or
    exchanged. `leaves` are all that the office holds, those of this batch included."""
    fixed: dict[str, list[str]] = {}
    for body in leaves:
        leaf = json.loads(body)
        if leaf.get("event") == "added":
            fixed.setdefault(str(leaf.get("ticket")), []).append(str(leaf.get("commit")))
    for clue in batch.clues:
        found = [
            commitment(clue.salt, {each.part: each.sealed}, dict(each.attachments)).hex()
            for each in clue.added if each.attachments
        ]  # fmt: skip
        if sorted(found) != sorted(fixed.get(pseudonym(clue.number), [])):
            raise Misfit(clue.number, "这件线索后来补充的照片、录音和写进日志的对不上")


def check_opens(batch: Batch, private: bytes) -> None:
    """Everything sealed opens with the office's key, before it is signed for."""
    for clue in batch.clues:
        open_clue(clue, private)


@dataclass(frozen=True, kw_only=True)
class OpenClue:
    """A clue in clear, for the blink it is shown."""

    clue: Clue
    texts: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, bytes], ...]  # of the report, and of what was added
    later: Mapping[str, datetime] = field(
        default_factory=dict
    )  # when a file was added, by its name

    @property
    def story(self) -> str:
        return dict(self.texts).get("story", "")


def open_clue(clue: Clue, private: bytes) -> OpenClue:
    """Raises `Misfit` when one of its seals does not open."""
    try:
        # Behind the key of the texts stands that of the originals, since copies are made of files.
        keys = open_box(private, clue.box)
        key, originals = keys[:KEY], keys[KEY:]
        # What colleagues wrote among themselves has another key, and was never the office's.
        ours = [(n, s) for n, s in clue.fields if not n.startswith(INSIDE)]
        texts = [(n, open_field(key, clue.number, n, s).decode()) for n, s in ours]
        files = _open_files(clue.number, key, originals, clue.attachments)
        for each in clue.added:
            keys = open_box(private, each.box)
            key, originals = keys[:KEY], keys[KEY:]
            said = open_field(key, clue.number, each.part, each.sealed).decode()
            texts.append((each.part, Addition.from_json(said).text))
            files += _open_files(clue.number, key, originals, each.attachments)
        later = {n: moment_of(each.part) for each in clue.added for n, _ in each.attachments}
    except (EnvelopeError, ValueError, KeyError, TypeError) as fault:
        raise Misfit(clue.number, "用本机关的钥匙打不开这一件") from fault
    return OpenClue(clue=clue, texts=tuple(texts), files=tuple(files), later=later)


def _open_files(
    number: str, key: bytes, originals: bytes, sealed: Iterable[tuple[str, bytes]]
) -> list[tuple[str, bytes]]:
    return [
        (name, open_field(originals if is_original(name) else key, number, f"file {name}", each))
        for name, each in sealed
    ]
