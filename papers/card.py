"""The discipline office's public card: what it hands to the housing department, on a disc or a stick."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields

import pyrage

from casework.refusals import BadInput
from papers.signature import is_public


@dataclass(frozen=True, kw_only=True)
class Card:
    """Public halves only."""

    office: str
    age: str
    box: str  # X25519, hex
    signing: str  # minisign public key

    def to_bytes(self) -> bytes:
        return (json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n").encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Card:
        """Raises `BadInput` for a card on which one of the keys could not be used."""
        try:
            read = json.loads(raw)
            card = cls(**{each.name: read[each.name] for each in fields(cls)})
            if not card.office or not all(isinstance(each, str) for each in vars(card).values()):
                raise TypeError
            pyrage.x25519.Recipient.from_str(card.age)
            usable = len(bytes.fromhex(card.box)) == 32 and is_public(card.signing)
        except (ValueError, KeyError, TypeError, pyrage.RecipientError):
            usable = False
        if not usable:
            raise BadInput("这不是纪检机关的公钥卡片(inbox init 写的 card.json)。")
        return card
