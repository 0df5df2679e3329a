"""Sealed envelopes: XChaCha20-Poly1305 for texts, libsodium sealed boxes for keys, HKDF between."""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
    crypto_box_keypair,
    crypto_box_open,
    crypto_box_seal,
    crypto_box_seal_open,
    crypto_box_seed_keypair,
    crypto_scalarmult_base,
)
from nacl.exceptions import CryptoError

KEY = 32
NONCE = 24

#: Sealed texts are padded to a multiple of this, so that their length tells little.
BLOCK = 256

_DOMAIN = b"xiangsheng/1|"


class EnvelopeError(Exception):
    """The key does not fit, or the bytes were changed or moved."""

    def __init__(self) -> None:
        super().__init__("这把钥匙打不开,或者内容被改动过。")


def seal_field(key: bytes, number: str, field: str, text: bytes) -> bytes:
    """nonce ‖ ciphertext, bound to the ticket and the field: it opens nowhere else."""
    return _seal(key, _pad(text), _DOMAIN + f"{number}|{field}".encode())


def open_field(key: bytes, number: str, field: str, sealed: bytes) -> bytes:
    return _unpad(_open(key, sealed, _DOMAIN + f"{number}|{field}".encode()))


def seal_under(key: bytes, plain: bytes, purpose: str) -> bytes:
    """For rows under way: sealed to a purpose instead of a ticket."""
    return _seal(key, plain, _DOMAIN + b"for " + purpose.encode())


def open_under(key: bytes, sealed: bytes, purpose: str) -> bytes:
    return _open(key, sealed, _DOMAIN + b"for " + purpose.encode())


def _seal(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(plain, bound_to, nonce, key)


def _open(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    try:
        return crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed[NONCE:], bound_to, sealed[:NONCE], key
        )
    except (CryptoError, ValueError):
        raise EnvelopeError from None


def _pad(text: bytes) -> bytes:
    """ISO/IEC 7816-4 padding."""
    return text + b"\x80" + bytes(-(len(text) + 1) % BLOCK)


def _unpad(padded: bytes) -> bytes:
    return padded.rstrip(b"\0")[:-1]


def seal_to(public: bytes, secret: bytes) -> bytes:
    """A box that only the holder of the private key opens; the sender cannot."""
    return crypto_box_seal(secret, public)


#: The longer kind of box that `papers.boxes` makes for bursts, with one key or two in it. A sealed
#: box is 24 bytes shorter, so that the length tells the kind.
SHARED = (32 + NONCE + 16 + KEY, 32 + NONCE + 16 + 2 * KEY)


def open_box(private: bytes, box: bytes) -> bytes:
    """What a box holds, of either kind. Raises `EnvelopeError`."""
    try:
        if len(box) in SHARED:
            return crypto_box_open(box[32 + NONCE :], box[32 : 32 + NONCE], box[:32], private)
        return crypto_box_seal_open(box, crypto_scalarmult_base(private), private)
    except (CryptoError, ValueError, TypeError):
        raise EnvelopeError from None


def public_of(private: bytes) -> bytes:
    """The public half of an X25519 key."""
    return crypto_scalarmult_base(private)


def new_keypair() -> tuple[bytes, bytes]:
    """(private, public), X25519."""
    public, private = crypto_box_keypair()
    return private, public


def keypair_from_seed(seed: bytes) -> tuple[bytes, bytes]:
    """(private, public) that anybody with the seed can make again."""
    public, private = crypto_box_seed_keypair(seed)
    return private, public


def derive(key: bytes, purpose: str, salt: bytes = b"") -> bytes:
    """HKDF-SHA256 (RFC 5869), 32 bytes for one purpose."""
    return HKDF(SHA256(), KEY, salt or None, _DOMAIN + purpose.encode()).derive(key)
