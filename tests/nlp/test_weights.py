"""What was learned, in columns: told as it was put in, kept to the byte, and never half read."""

from __future__ import annotations

import json
import math
import zlib
from array import array
from random import Random

import pytest

from nlp import weights as module
from nlp.weights import STEPS, Feature, Weights, softmax


def made(features: int = 60, kinds: int = 7, seed: int = 3) -> tuple[list[Feature], Weights]:
    chance = Random(seed)
    each = [
        Feature(
            name=f"f{n}字",
            seldom=chance.randint(10, 120),
            told=sorted(
                {
                    kind: chance.randint(-STEPS, STEPS)
                    for kind in chance.sample(range(kinds), chance.randint(1, min(kinds, 9)))
                }.items()
            ),
        )
        for n in range(features)
    ]
    bias = [chance.random() for _ in range(kinds)]
    return each, Weights.of(
        each, kinds=[f"k{n}" for n in range(kinds)], bias=bias, step=0.01, learned_from="lines"
    )


def reckoned(features: list[Feature], weights: Weights, found: set[str]) -> list[float]:
    """The shares, one addition after the other."""
    sums, length = [0] * len(weights.kinds), 0
    for each in features:
        if each.name in found:
            length += each.seldom**2
            for kind, units in each.told:
                sums[kind] += units
    worth = weights.step / math.sqrt(length or 1)
    return softmax([b + worth * s for b, s in zip(weights.bias, sums, strict=True)])


@pytest.mark.parametrize("kinds", [2, 7, 300])
def test_the_shares_are_what_every_feature_adds_however_many_kinds_there_are(kinds: int) -> None:
    features, weights = made(kinds=kinds)
    for some in range(0, 60, 7):
        found = {each.name for each in features[some : some + 30]} | {"not known"}

        shares = weights.shares(found)

        assert list(shares) == list(weights.kinds)
        assert list(shares.values()) == pytest.approx(reckoned(features, weights, found))


def test_a_very_long_text_fills_no_lane() -> None:
    told = [(kind, STEPS if kind else -STEPS) for kind in range(3)]
    features = [Feature(name=f"f{n}", seldom=20, told=told) for n in range(5000)]
    weights = Weights.of(
        features, kinds=("a", "b", "c"), bias=(0, 0, 0), step=1e-4, learned_from=""
    )
    found = {each.name for each in features}

    shares = list(weights.shares(found).values())

    assert shares == pytest.approx(reckoned(features, weights, found))
    assert shares[1] == shares[2] > shares[0]


def test_what_stays_at_hand_is_bounded_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_HAND", 4 * 7 * 5)
    features, weights = made()
    for each in features:
        found = {each.name, "f1字"}
        assert list(weights.shares(found).values()) == pytest.approx(
            reckoned(features, weights, found)
        )
        assert len(weights._lanes) <= 5


def test_nothing_found_is_no_kind() -> None:
    _, weights = made()

    assert weights.shares(()) == {}
    assert sum(weights.shares({"not known"}).values()) == pytest.approx(1)


def test_they_are_the_same_to_the_byte_in_whatever_order_the_features_come() -> None:
    features, weights = made()
    again = Weights.of(
        features[::-1], kinds=weights.kinds, bias=weights.bias, step=weights.step,
        learned_from=weights.learned_from,
    )  # fmt: skip

    assert again.packed() == weights.packed()
    assert Weights.unpacked(weights.packed()) == weights


def test_no_feature_at_all_is_kept_and_read_as_well() -> None:
    empty = Weights.of([], kinds=("a",), bias=(0.0,), step=1.0, learned_from="")

    assert Weights.unpacked(empty.packed()) == empty
    assert empty.shares({"字"}) == {"a": 1.0}


def column_changed(at: int, to: bytes) -> bytes:
    """A file of which one column holds something else, with its size."""
    _, weights = made()
    whole = zlib.decompress(weights.packed())
    sizes = array("I", whole[:24])
    columns, start = [], 24
    for size in sizes:
        columns.append(whole[start : start + size])
        start += size
    columns[at] = to
    return zlib.compress(array("I", map(len, columns)).tobytes() + b"".join(columns))


@pytest.mark.parametrize(
    "kept",
    [
        b"",
        b"no archive",
        zlib.compress(b""),
        zlib.compress(b"[]"),
        zlib.compress(b"\xff" * 24),
        zlib.compress(bytes(24)),
        column_changed(0, b"{}"),
        column_changed(0, b"no json"),
        column_changed(0, json.dumps([1]).encode()),
        column_changed(1, "一个".encode()),
        column_changed(1, b"\xff\xfe"),
        column_changed(2, b"few"),
        column_changed(3, b"\x01"),
        column_changed(3, bytes(120)),
        column_changed(4, b"\xff\xff" * 10),
        column_changed(5, b""),
        made()[1].packed()[:-40],
    ],
)
def test_a_file_that_is_broken_or_does_not_fit_together_is_refused(kept: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Weights.unpacked(kept)
