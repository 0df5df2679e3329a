"""Signatures in the minisign format, so that the office needs only a Debian tool to check them.

Ed25519 over BLAKE2b-512 of the content ("ED"), and a second one over that signature and the trusted
comment (https://jedisct1.github.io/minisign/, signature format).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from hashlib import blake2b

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey as Ed25519
from nacl.signing import VerifyKey

_ALGORITHM = b"ED"
_KEY_ALGORITHM = b"Ed"


class SignatureError(Exception):
    """The signature does not belong to this content or this key."""

    def __init__(self) -> None:
        super().__init__("签名不对:内容被改过,或者不是约定的那一方签的。")


@dataclass(frozen=True)
class SigningKey:
    """A private key, from 32 bytes."""

    seed: bytes

    @property
    def _key(self) -> Ed25519:
        return Ed25519(self.seed)

    @property
    def key_id(self) -> bytes:
        return blake2b(bytes(self._key.verify_key), digest_size=8).digest()

    @property
    def public_text(self) -> str:
        """The public key as minisign writes it (one base64 line)."""
        raw = _KEY_ALGORITHM + self.key_id + bytes(self._key.verify_key)
        return base64.b64encode(raw).decode()

    def sign(self, content: bytes, trusted_comment: str) -> str:
        """The text of a `.minisig` file."""
        digest = blake2b(content, digest_size=64).digest()
        signature = self._key.sign(digest).signature
        outer = self._key.sign(signature + trusted_comment.encode()).signature
        return "\n".join(
            (
                "untrusted comment: signature by xiangsheng",
                base64.b64encode(_ALGORITHM + self.key_id + signature).decode(),
                f"trusted comment: {trusted_comment}",
                base64.b64encode(outer).decode(),
                "",
            )
        )


def is_public(line: str) -> bool:
    """Whether this is a public key as minisign writes it: 56 characters that begin with RW."""
    try:
        raw = _raw(line)
    except ValueError:
        return False
    return len(raw) == 42 and raw.startswith(_KEY_ALGORITHM)


def verify(public_text: str, content: bytes, signature_text: str) -> str:
    """The trusted comment of a good signature. Raises `SignatureError`."""
    try:
        public = _raw(public_text.strip().splitlines()[-1])
        lines = signature_text.splitlines()
        raw, outer = _raw(lines[1]), _raw(lines[3])
        comment = lines[2].removeprefix("trusted comment: ")
        if public[:2] != _KEY_ALGORITHM or raw[:2] != _ALGORITHM or raw[2:10] != public[2:10]:
            raise SignatureError
        key = VerifyKey(public[10:])
        key.verify(blake2b(content, digest_size=64).digest(), raw[10:])
        key.verify(raw[10:] + comment.encode(), outer)
    except (IndexError, ValueError, BadSignatureError):
        raise SignatureError from None
    return comment


def _raw(line: str) -> bytes:
    return base64.b64decode(line, validate=True)
