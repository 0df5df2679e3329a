"""Boxes for many reports at once: one ephemeral key for a moment, one Diffie–Hellman a recipient.

A libsodium sealed box makes a fresh key pair for every box (about 65 µs here). A burst of reports goes
to the same few offices, so an ephemeral key is kept in memory for at most a fraction of a second and
its shared secrets are reused; every box has its own random nonce. The private half is never stored:
who keeps the machine can open such a box afterwards no more than a sealed one.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from nacl.bindings import crypto_box_afternm, crypto_box_beforenm, crypto_box_keypair

NONCE = 24

#: An ephemeral key serves no longer than this, in seconds, and no more boxes than this.
MOMENT = 0.25
MOST = 4096


@dataclass(frozen=True)
class LaidBox:
    """A box laid ready for one recipient: the slow half of sealing is done, the private half gone."""

    ephemeral: bytes
    shared: bytes

    @classmethod
    def to(cls, public: bytes) -> LaidBox:
        ephemeral, private = crypto_box_keypair()
        return cls(ephemeral, crypto_box_beforenm(public, private))

    def seal(self, secret: bytes) -> bytes:
        """`ephemeral public key ‖ nonce ‖ ciphertext`, opened by `envelope.open_box`."""
        nonce = secrets.token_bytes(NONCE)
        return self.ephemeral + nonce + crypto_box_afternm(secret, nonce, self.shared)


class Boxes:
    """Boxes for a moment's recipients, under one ephemeral key."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._public, private = crypto_box_keypair()
        self._private = private
        self._laid: dict[bytes, LaidBox] = {}
        self._made = 0
        self._until = time.monotonic() + MOMENT

    def seal_to(self, public: bytes, secret: bytes) -> bytes:
        """A box for the holder of `public`'s private key."""
        if time.monotonic() > self._until or self._made >= MOST:
            self._begin()
        laid = self._laid.get(public)
        if laid is None:
            shared = crypto_box_beforenm(public, self._private)
            laid = self._laid[public] = LaidBox(self._public, shared)
        self._made += 1
        return laid.seal(secret)
