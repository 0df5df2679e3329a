"""WeChat's signatures and its AES envelope, as the platform's own documents lay them down."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import struct
from dataclasses import dataclass
from hashlib import sha1

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

#: PKCS7, but to 32 bytes, whatever the block of AES is.
BLOCK = 32
#: Random bytes before the length.
SALT = 16
KEY_LETTERS = 43


class NotTheirs(Exception):
    """The signature, the key or the account does not fit: it did not come from our platform."""

    #: Under which name the house remembers it, where somebody has to do something about it.
    note = ""


class BadKey(ValueError):
    """An EncodingAESKey has 43 letters and digits."""


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts: token, timestamp, nonce and, in AES mode, the ciphertext.

    >>> signature("token", "1", "2") == signature("2", "token", "1")
    True
    """
    return sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


def aes_key(letters: str) -> bytes:
    """The 32 bytes of an EncodingAESKey. Raises `BadKey`."""
    try:
        key = base64.b64decode(letters + "=", validate=True)
    except (binascii.Error, ValueError):
        raise BadKey("EncodingAESKey 不是43位字母和数字") from None
    if len(letters) != KEY_LETTERS or len(key) != 32:
        raise BadKey("EncodingAESKey 不是43位字母和数字")
    return key


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One account's AES envelope: the key in use, and the one before it."""

    app_id: str
    keys: tuple[bytes, ...]

    def open(self, sealed: str) -> tuple[bytes, bytes]:
        """(XML, the key that opened it). Raises `NotTheirs`, also for another account's letter."""
        try:
            letter = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError):
            raise NotTheirs from None
        for key in self.keys:
            opened = _opened(key, letter)
            if opened and hmac.compare_digest(opened[1], self.app_id.encode()):
                return opened[0], key
        raise NotTheirs

    def seal(self, xml: bytes, key: bytes) -> str:
        """Under the key that opened the question: the platform may not know the other one yet."""
        plain = secrets.token_bytes(SALT) + struct.pack(">I", len(xml)) + xml
        plain += self.app_id.encode()
        pad = BLOCK - len(plain) % BLOCK
        encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
        sealed = encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
        return base64.b64encode(sealed).decode()


def _opened(key: bytes, letter: bytes) -> tuple[bytes, bytes] | None:
    """(XML, AppID), or nothing where the key does not fit."""
    if not letter or len(letter) % BLOCK:
        return None
    decryptor = Cipher(AES(key), CBC(key[:16])).decryptor()
    plain = decryptor.update(letter) + decryptor.finalize()
    pad = plain[-1]
    if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad:
        return None
    plain = plain[SALT:-pad]
    if len(plain) < 4:
        return None
    (length,) = struct.unpack(">I", plain[:4])
    if length > len(plain) - 4:
        return None
    return plain[4 : 4 + length], plain[4 + length :]
