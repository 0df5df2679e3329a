"""Signatures travel both ways between us and Debian's own tool."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from papers.signature import SignatureError, SigningKey, verify

KEY = SigningKey(bytes(range(32)))


def test_we_accept_what_debians_minisign_signed(tmp_path: Path) -> None:
    tool = shutil.which("minisign")
    assert tool, "apt-get install -y minisign"
    public, private, file = tmp_path / "k.pub", tmp_path / "k.key", tmp_path / "f"
    file.write_bytes(b"a batch")
    make = [tool, "-G", "-W", "-p", str(public), "-s", str(private)]
    sign = [tool, "-S", "-H", "-s", str(private), "-m", str(file), "-t", "batch one"]
    subprocess.run(make, check=True, capture_output=True)
    subprocess.run(sign, check=True, capture_output=True)

    assert (
        verify(public.read_text(), b"a batch", Path(f"{file}.minisig").read_text()) == "batch one"
    )


@pytest.mark.parametrize("line", range(1, 4))
def test_a_signature_with_any_line_missing_or_changed_is_refused(line: int) -> None:
    lines = KEY.sign(b"content", "a comment").splitlines()

    for broken in (
        [*lines[:line], *lines[line + 1 :]],
        [*lines[:line], "AAAA", *lines[line + 1 :]],
    ):
        with pytest.raises(SignatureError):
            verify(KEY.public_text, b"content", "\n".join(broken))


@pytest.mark.parametrize("public", ["", "RW", "不是公钥", "RW" + "A" * 54])
def test_what_is_not_a_public_key_verifies_nothing(public: str) -> None:
    with pytest.raises(SignatureError):
        verify(public, b"content", KEY.sign(b"content", "a comment"))
