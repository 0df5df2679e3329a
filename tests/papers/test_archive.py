"""The monthly archive: exact, signed, and refused with its name when anything in it was touched."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest

from papers.archive import (
    Acknowledgement,
    ArchiveError,
    Batch,
    Clue,
    decrypt,
    encrypt,
    pack,
    unpack,
)
from papers.signature import SignatureError, SigningKey, verify

KEY = SigningKey(bytes(range(32)))
MADE = datetime(2026, 12, 3, 0, 0, tzinfo=UTC)


def a_clue(number: str) -> Clue:
    return Clue(
        number=number, filed_at=MADE, county="410423", category="fee.deposit", kind="clue",
        status="received", fields=(("story", b"sealed " + number.encode()),), box=b"box",
        leaf_index=3, leaf_body=b"{}", salt=b"s" * 32, proof=(b"p" * 32,), attachments=((f"{number}-1", b"pic"),),
    )  # fmt: skip


BATCH = Batch(
    number="discipline-41-2026-11", office="discipline-41", month="2026-11", made_at=MADE,
    previous="", clues=tuple(a_clue(n) for n in ("AAA", "BBB", "CCC")), late=("AAA",),
    counts=(("fee.deposit", "410423", 3),), changes=(("BBB", "closed", MADE),),
    leaves=(b"{}", b"{}"), size=2, root=b"r" * 32, previous_size=0, previous_root=b"",
    consistency=(),
)  # fmt: skip
PACKED = pack(BATCH, KEY)


def test_the_same_batch_gives_the_same_bytes_and_comes_back_whole() -> None:
    assert pack(BATCH, KEY) == PACKED
    assert unpack(PACKED, KEY.public_text) == BATCH


def test_any_changed_byte_is_refused() -> None:
    every = range(len(PACKED))
    places = every if os.environ.get("XIANGSHENG_PROVE") else random.Random(7).sample(every, 300)

    for place in places:
        broken = bytearray(PACKED)
        broken[place] ^= 0x20
        with pytest.raises((ArchiveError, SignatureError)):
            unpack(bytes(broken), KEY.public_text)


def test_another_key_is_refused() -> None:
    with pytest.raises(SignatureError):
        unpack(PACKED, SigningKey(b"x" * 32).public_text)


def test_a_receipt_is_read_only_with_the_key_that_signed_it() -> None:
    receipt = Acknowledgement(
        batch=BATCH.number, digest="d", count=3, size=2, root="00", received_at="2026-12-03"
    )

    assert Acknowledgement.from_text(receipt.to_text(KEY), KEY.public_text) == receipt
    with pytest.raises(SignatureError):
        Acknowledgement.from_text(receipt.to_text(SigningKey(b"x" * 32)), KEY.public_text)
    with pytest.raises(ArchiveError):
        Acknowledgement.from_text("{}", KEY.public_text)


def test_only_the_recipient_decrypts_and_a_cut_file_gives_nothing() -> None:
    identity = pyrage.x25519.Identity.generate()
    blob = encrypt(PACKED, str(identity.to_public()))

    assert decrypt(blob, str(identity)) == PACKED
    for cut in (0, 10, len(blob) // 2, len(blob) - 1):
        with pytest.raises(ArchiveError):
            decrypt(blob[:cut], str(identity))
    with pytest.raises(ArchiveError):
        decrypt(blob, str(pyrage.x25519.Identity.generate()))


def test_debians_minisign_accepts_our_signature(tmp_path: Path) -> None:
    tool = shutil.which("minisign")
    assert tool, "apt-get install -y minisign"
    (tmp_path / "f").write_bytes(PACKED)
    (tmp_path / "f.minisig").write_text(KEY.sign(PACKED, "a comment"))

    done = subprocess.run(
        [tool, "-V", "-P", KEY.public_text, "-m", str(tmp_path / "f")], capture_output=True
    )

    assert done.returncode == 0, done.stderr
    assert b"a comment" in done.stdout


def test_debians_age_opens_our_envelope(tmp_path: Path) -> None:
    tool = shutil.which("age")
    assert tool, "apt-get install -y age"
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(f"{identity}\n")
    (tmp_path / "b.age").write_bytes(encrypt(PACKED, str(identity.to_public())))

    done = subprocess.run(
        [tool, "-d", "-i", str(tmp_path / "key"), str(tmp_path / "b.age")], capture_output=True
    )

    assert done.stdout == PACKED


def test_a_moved_comment_does_not_verify() -> None:
    text = KEY.sign(b"content", "one")

    with pytest.raises(SignatureError):
        verify(KEY.public_text, b"content", text.replace("one", "two"))


def test_a_clue_that_is_not_in_the_manifest_is_named() -> None:
    fewer = replace(BATCH, clues=BATCH.clues[:2])

    assert unpack(pack(fewer, KEY), KEY.public_text).clues == BATCH.clues[:2]
