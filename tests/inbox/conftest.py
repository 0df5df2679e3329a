"""A housing department with a log, and an office with its own folder: batches go from one to the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from casework.sealed_names import pseudonym
from casework.transparency import (
    NOTHING,
    canonical,
    commitment,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
)
from inbox.cabinet import Cabinet
from inbox.keys import load_keys, make_keys, trust
from inbox.receiving import Reception
from inbox.server import create_app
from papers.archive import Batch, Clue, encrypt, inner_digest, pack
from papers.card import Card
from papers.envelope import seal_field, seal_to
from papers.signature import SigningKey

OFFICE = "discipline-41"
NOW = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)


@dataclass
class Housing:
    """The sending side, as small as it can be: a log and a signing key."""

    card: Card
    key: SigningKey = field(default_factory=lambda: SigningKey(b"h" * 32))
    leaves: list[bytes] = field(default_factory=list)
    last: Batch | None = None
    last_digest: str = ""

    def clue(self, number: str, story: str, *, month: str = "2026-11", file: bytes = b"") -> Clue:
        """Filed now: its leaf is in the log; its proof comes with the batch."""
        key = number.ljust(32, "k").encode()
        texts = {"facts": '{"accused": {"role": "village_secretary"}, "amounts": [5000]}',
                 "story": story}  # fmt: skip
        files = (("f1", seal_field(key, number, "file f1", file)),) if file else ()
        fields = tuple((n, seal_field(key, number, n, t.encode())) for n, t in texts.items())
        salt = b"s" * 32
        body = canonical(
            {
                "v": 1, "event": "accepted", "ticket": pseudonym(number), "day": f"{month}-05",
                "commit": commitment(salt, dict(fields), dict(files)).hex(),
            }
        )  # fmt: skip
        self.leaves.append(body)
        return Clue(
            number=number, filed_at=NOW, county="410423", category="embezzle.skim", kind="clue",
            status="received", box=seal_to(bytes.fromhex(self.card.box), key),
            fields=fields, salt=salt,
            leaf_index=len(self.leaves) - 1, leaf_body=body, proof=(), attachments=files,
        )  # fmt: skip

    def batch(self, *clues: Clue, month: str = "2026-11") -> Batch:
        hashes = [leaf_hash(body) for body in self.leaves]
        before = self.last.size if self.last else 0
        proven = [
            Clue(**{**c.__dict__, "proof": inclusion_proof(c.leaf_index, hashes)}) for c in clues
        ]
        return Batch(
            number=f"{OFFICE}-{month}", office=OFFICE, month=month, made_at=NOW,
            previous=self.last_digest, clues=tuple(proven), late=(),
            counts=(("embezzle.skim", "410423", len(clues)),), changes=(),
            leaves=tuple(self.leaves[before:]), size=len(hashes), root=root(hashes),
            previous_size=before, previous_root=self.last.root if self.last else NOTHING,
            consistency=consistency_proof(before, hashes) if before else (),
        )  # fmt: skip

    def send(self, batch: Batch) -> bytes:
        return encrypt(pack(batch, self.key), self.card.age)

    def sent(self, batch: Batch) -> None:
        self.last, self.last_digest = batch, inner_digest(pack(batch, self.key))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


@pytest.fixture
def housing(folder: Path) -> Housing:
    made = Housing(make_keys(folder, OFFICE))
    trust(folder, made.key.public_text)
    return made


@pytest.fixture
def reception(folder: Path, housing: Housing) -> Reception:
    return Reception(Cabinet(folder), load_keys(folder), housing.key.public_text)


class Browser(httpx.AsyncClient):
    """A browser that has not yet used its link."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(
            transport=httpx.ASGITransport(app), base_url="http://inbox", follow_redirects=True
        )
        self.link: str = app.state.link


@pytest.fixture
async def desk(folder: Path, housing: Housing) -> AsyncIterator[Browser]:
    async with Browser(create_app(folder, now=lambda: NOW)) as browser:
        yield browser
