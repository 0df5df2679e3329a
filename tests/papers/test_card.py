"""A card whose keys could not be used is refused on the first day, not at the first hand-over."""

from __future__ import annotations

import json

import pyrage
import pytest

from casework.refusals import BadInput
from papers.card import Card
from papers.envelope import new_keypair
from papers.signature import SigningKey

CARD = Card(
    office="discipline-41",
    age=str(pyrage.x25519.Identity.generate().to_public()),
    box=new_keypair()[1].hex(),
    signing=SigningKey(b"s" * 32).public_text,
)


def test_a_card_is_read_as_it_was_written() -> None:
    assert Card.from_bytes(CARD.to_bytes()) == CARD


@pytest.mark.parametrize("said", [None, "", 5])
@pytest.mark.parametrize("field", ["office", "age", "box", "signing"])
def test_a_card_with_something_missing_is_refused(field: str, said: object) -> None:
    refused(field, said)


@pytest.mark.parametrize("said", ["x", "ab" * 33, "RW" + "A" * 53])
@pytest.mark.parametrize("field", ["age", "box", "signing"])
def test_a_card_with_a_key_that_nobody_can_use_is_refused(field: str, said: str) -> None:
    refused(field, said)


def refused(field: str, said: object) -> None:
    card = json.loads(CARD.to_bytes()) | {field: said}

    with pytest.raises(BadInput, match="不是纪检机关的公钥卡片"):
        Card.from_bytes(json.dumps(card).encode())


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"null", b"\xff\xfe", "公钥".encode()])
def test_what_is_no_card_is_refused(raw: bytes) -> None:
    with pytest.raises(BadInput, match="不是纪检机关的公钥卡片"):
        Card.from_bytes(raw)
