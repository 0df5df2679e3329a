"""Boxes for bursts: each recipient opens her own and no other, and no two boxes share a nonce."""

from __future__ import annotations

import pytest

from papers.boxes import Boxes
from papers.envelope import EnvelopeError, new_keypair, open_box, seal_to

SECRET = bytes(range(32))


@pytest.mark.parametrize("make", [seal_to, Boxes().seal_to])
def test_only_the_recipient_opens_a_box(make) -> None:  # type: ignore[no-untyped-def]
    private, public = new_keypair()
    stranger, _ = new_keypair()

    box = make(public, SECRET)

    assert open_box(private, box) == SECRET
    with pytest.raises(EnvelopeError):
        open_box(stranger, box)


def test_every_flipped_byte_is_noticed() -> None:
    private, public = new_keypair()
    box = Boxes().seal_to(public, SECRET)

    for place in range(len(box)):
        broken = bytearray(box)
        broken[place] ^= 1
        with pytest.raises(EnvelopeError):
            open_box(private, bytes(broken))


def test_no_two_boxes_of_a_moment_are_alike() -> None:
    _, public = new_keypair()
    boxes = Boxes()

    made = [boxes.seal_to(public, SECRET) for _ in range(200)]

    assert len({box[32:56] for box in made}) == 200
