"""The monthly archive: a deterministic zip, signed inside, encrypted outside.

Inside: `manifest.json` (canonical), `clues/NUMBER.json`, `leaves.jsonl`, attachments. The inner zip and
its `.minisig` stand in an outer zip, which age encrypts. Age never gives the same bytes twice, so the
digest that names a batch is that of the inner zip.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import pyrage

from casework.transparency import canonical
from papers.signature import SigningKey, verify

SUITE = "intl-1"
INNER, SIGNATURE = "batch.zip", "batch.zip.minisig"
_DATE = (1980, 1, 1, 0, 0, 0)


class ArchiveError(Exception):
    """The archive is not what it says; `what` names the part."""

    def __init__(self, what: str, sentence: str) -> None:
        super().__init__(f"{sentence}({what})")
        self.what = what


@dataclass(frozen=True, kw_only=True)
class Added:
    """What the reporter added to a clue: sealed under a key of its own, which the office's box holds."""

    part: str  # the field it is sealed under
    box: bytes
    sealed: bytes
    attachments: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Clue:
    """One report for the office: sealed fields, the office's own box, its place in the log."""

    number: str
    filed_at: datetime
    county: str
    category: str
    kind: str
    status: str
    fields: tuple[tuple[str, bytes], ...]
    box: bytes
    leaf_index: int
    leaf_body: bytes
    salt: bytes  # of the commitment in the leaf
    proof: tuple[bytes, ...]
    attachments: tuple[tuple[str, bytes], ...] = ()
    added: tuple[Added, ...] = ()

    @property
    def files(self) -> tuple[tuple[str, bytes], ...]:
        """Those that came with it, and those added later."""
        return (*self.attachments, *(file for each in self.added for file in each.attachments))


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A month for one office."""

    number: str
    office: str
    month: str
    made_at: datetime
    previous: str
    clues: tuple[Clue, ...]
    late: tuple[str, ...]
    withheld: tuple[
        tuple[str, str], ...
    ] = ()  # (number, why) of clues that are damaged, not left out
    counts: tuple[tuple[str, str, int], ...]  # (category, county, reports) of ALL of the month
    changes: tuple[tuple[str, str, datetime], ...]
    leaves: tuple[bytes, ...]
    size: int
    root: bytes
    previous_size: int
    previous_root: bytes
    consistency: tuple[bytes, ...]


def pack(batch: Batch, key: SigningKey) -> bytes:
    """The outer zip: the same batch and key give the same bytes."""
    members = {f"clues/{clue.number}.json": canonical(_clue_to(clue)) for clue in batch.clues}
    for clue in batch.clues:
        members |= {f"files/{name}": content for name, content in clue.files}
    members["leaves.jsonl"] = b"".join(leaf + b"\n" for leaf in batch.leaves)
    members["manifest.json"] = canonical(_manifest(batch, members))
    inner = _zip(members)
    comment = f"{batch.number} {sha256(inner).hexdigest()}"
    return _zip({INNER: inner, SIGNATURE: key.sign(inner, comment).encode()})


def inner_digest(packed: bytes) -> str:
    """The digest that names a batch."""
    return sha256(_unzip(packed, "外层")[INNER]).hexdigest()


def encrypt(packed: bytes, recipient: str) -> bytes:
    """To an age recipient (`age1…`)."""
    return bytes(pyrage.encrypt(packed, [pyrage.x25519.Recipient.from_str(recipient)]))


def decrypt(blob: bytes, identity: str) -> bytes:
    """With an age identity (`AGE-SECRET-KEY-…`). Nothing of a truncated file is given out."""
    try:
        return bytes(pyrage.decrypt(blob, [pyrage.x25519.Identity.from_str(identity)]))
    except Exception as fault:
        raise ArchiveError("age", "解不开:不是给这把钥匙的,或者传坏了") from fault


def unpack(packed: bytes, public_text: str) -> Batch:
    """A batch whose signature, members, digests and sizes all fit. Raises `ArchiveError`, and
    `SignatureError` when somebody else signed it."""
    outer = _unzip(packed, "外层")
    if set(outer) != {INNER, SIGNATURE}:
        raise ArchiveError("外层", "压缩包里的文件不对")
    comment = verify(public_text, outer[INNER], outer[SIGNATURE].decode(errors="replace"))
    members = _unzip(outer[INNER], "内层")
    try:
        manifest = json.loads(members.pop("manifest.json"))
        _check_members(manifest, members)
        batch = _batch_from(manifest, members)
    except (KeyError, TypeError, ValueError) as fault:
        raise ArchiveError("manifest.json", "清单读不懂") from fault
    if comment != f"{batch.number} {sha256(outer[INNER]).hexdigest()}":
        raise ArchiveError(SIGNATURE, "签名说的不是这一批")
    return batch


def _manifest(batch: Batch, members: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "version": 1,
        "suite": SUITE,
        "number": batch.number,
        "office": batch.office,
        "month": batch.month,
        "made_at": batch.made_at.isoformat(),
        "previous": batch.previous,
        "clues": [clue.number for clue in batch.clues],
        "late": list(batch.late),
        "withheld": [list(each) for each in batch.withheld],
        "counts": [list(row) for row in batch.counts],
        "changes": [[number, status, at.isoformat()] for number, status, at in batch.changes],
        "log": {
            "size": batch.size,
            "root": batch.root.hex(),
            "previous_size": batch.previous_size,
            "previous_root": batch.previous_root.hex(),
            "consistency": [each.hex() for each in batch.consistency],
        },
        "members": {
            name: {"sha256": sha256(content).hexdigest(), "size": len(content)}
            for name, content in members.items()
        },
    }


def _check_members(manifest: Mapping[str, Any], members: Mapping[str, bytes]) -> None:
    listed = manifest["members"]
    for name in sorted(set(listed) ^ set(members)):
        raise ArchiveError(name, "多了或者少了一个文件")
    for name, content in members.items():
        if listed[name]["sha256"] != sha256(content).hexdigest():
            raise ArchiveError(name, "文件内容和清单对不上")
    if manifest["version"] != 1 or manifest["suite"] != SUITE:
        raise ArchiveError("manifest.json", "版本或者密码套件不认识")


def _batch_from(manifest: Mapping[str, Any], members: Mapping[str, bytes]) -> Batch:
    log = manifest["log"]
    clues = tuple(
        _clue_from(json.loads(members[f"clues/{number}.json"]), members)
        for number in manifest["clues"]
    )
    return Batch(
        number=manifest["number"],
        office=manifest["office"],
        month=manifest["month"],
        made_at=datetime.fromisoformat(manifest["made_at"]),
        previous=manifest["previous"],
        clues=clues,
        late=tuple(manifest["late"]),
        withheld=tuple((number, why) for number, why in manifest.get("withheld", [])),
        counts=tuple((c, county, n) for c, county, n in manifest["counts"]),
        changes=tuple((n, s, datetime.fromisoformat(at)) for n, s, at in manifest["changes"]),
        leaves=tuple(members["leaves.jsonl"].split(b"\n")[:-1]),
        size=log["size"],
        root=bytes.fromhex(log["root"]),
        previous_size=log["previous_size"],
        previous_root=bytes.fromhex(log["previous_root"]),
        consistency=tuple(bytes.fromhex(each) for each in log["consistency"]),
    )


def _clue_to(clue: Clue) -> dict[str, Any]:
    return {
        "number": clue.number,
        "filed_at": clue.filed_at.isoformat(),
        "county": clue.county,
        "category": clue.category,
        "kind": clue.kind,
        "status": clue.status,
        "fields": {name: _b64(sealed) for name, sealed in clue.fields},
        "box": _b64(clue.box),
        "leaf_index": clue.leaf_index,
        "leaf_body": _b64(clue.leaf_body),
        "salt": clue.salt.hex(),
        "proof": [each.hex() for each in clue.proof],
        "attachments": [name for name, _ in clue.attachments],
        "added": [
            {
                "part": each.part,
                "box": _b64(each.box),
                "sealed": _b64(each.sealed),
                "attachments": [name for name, _ in each.attachments],
            }
            for each in clue.added
        ],
    }


def _clue_from(fields: Mapping[str, Any], members: Mapping[str, bytes]) -> Clue:
    return Clue(
        number=fields["number"],
        filed_at=datetime.fromisoformat(fields["filed_at"]),
        county=fields["county"],
        category=fields["category"],
        kind=fields["kind"],
        status=fields["status"],
        fields=tuple((name, base64.b64decode(s)) for name, s in fields["fields"].items()),
        box=base64.b64decode(fields["box"]),
        leaf_index=fields["leaf_index"],
        leaf_body=base64.b64decode(fields["leaf_body"]),
        salt=bytes.fromhex(fields["salt"]),
        proof=tuple(bytes.fromhex(each) for each in fields["proof"]),
        attachments=_files_from(fields["attachments"], members),
        added=tuple(
            Added(
                part=each["part"],
                box=base64.b64decode(each["box"]),
                sealed=base64.b64decode(each["sealed"]),
                attachments=_files_from(each["attachments"], members),
            )
            for each in fields.get("added", [])  # a batch made before has none
        ),
    )


def _files_from(
    names: Sequence[str], members: Mapping[str, bytes]
) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, members[f"files/{name}"]) for name in names)


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _zip(members: Mapping[str, bytes]) -> bytes:
    """Stored, sorted, with fixed dates: the same members give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name, _DATE), members[name])
    return buffer.getvalue()


def _unzip(content: bytes, what: str) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if len(set(names)) != len(names):
                raise ArchiveError(what, "压缩包里有重名的文件")
            for each in archive.infolist():  # before reading: a deflated bomb would inflate
                if each.compress_type != zipfile.ZIP_STORED or each.file_size > len(content):
                    raise ArchiveError(what, "压缩包不是原样")
            members = {name: archive.read(name) for name in names}
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError) as fault:
        raise ArchiveError(what, "压缩包坏了") from fault
    except (RuntimeError, zipfile.LargeZipFile) as fault:
        raise ArchiveError(what, "压缩包坏了") from fault
    if _zip(members) != content:
        raise ArchiveError(what, "压缩包不是原样")
    return members


@dataclass(frozen=True, kw_only=True)
class Acknowledgement:
    """The office's receipt for a batch: what it holds, and the log head it countersigns."""

    batch: str
    digest: str
    count: int
    size: int
    root: str
    received_at: str

    def to_text(self, key: SigningKey) -> str:
        body = canonical(self.__dict__).decode()
        return json.dumps(
            {"receipt": body, "signature": key.sign(body.encode(), self.batch)}, ensure_ascii=False
        )

    @classmethod
    def from_text(cls, text: str, public_text: str) -> Acknowledgement:
        try:
            outer = json.loads(text)
            body, signature = str(outer["receipt"]), str(outer["signature"])
        except (ValueError, KeyError, TypeError) as fault:
            raise ArchiveError("回执", "回执读不懂") from fault
        verify(public_text, body.encode(), signature)
        try:
            return cls(**json.loads(body))
        except (ValueError, TypeError) as fault:
            raise ArchiveError("回执", "回执读不懂") from fault
