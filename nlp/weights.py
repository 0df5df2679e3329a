"""What was learned, in columns: for each feature the kinds that it speaks for or against, and how much."""

from __future__ import annotations

import json
import math
import sys
import zlib
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

#: What a feature tells of a kind is a whole number from -STEPS to STEPS, one byte.
STEPS = 127
#: Between the names of features, none of which has it.
BETWEEN = "\n"
#: The columns of a file, as `array` names them: two bytes, and one with a sign.
_LENGTH, _KIND, _UNIT = "H", "H", "b"
_SIZE = _LANE = "I"
#: So far above nought stands what is added.
ABOVE = STEPS + 1
#: So many bytes of what is added stay at hand.
AT_HAND = 8_000_000


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One feature: how seldom it is, in tenths and less than 256, and what it tells of kinds: the place of
    each in `kinds`, and the units."""

    name: str
    seldom: int
    told: Sequence[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The features are numbered by `numbers`. Feature n is `seldom[n]` tenths, and tells of the kinds from
    `ends[n]` to `ends[n + 1]` in `which` as much as stands there in `units`, of which one is worth `step`;
    `bias` stands for itself. `learned_from` is the digest of the lines."""

    kinds: tuple[str, ...]
    bias: tuple[float, ...]
    step: float
    learned_from: str
    numbers: Mapping[str, int]
    seldom: bytes
    ends: array[int]
    which: array[int]
    units: array[int]

    @cached_property
    def _lanes(self) -> _Lanes:
        return _Lanes(self)

    @classmethod
    def of(
        cls, features: Iterable[Feature], *, kinds: Sequence[str], bias: Sequence[float], step: float,
        learned_from: str,
    ) -> Weights:  # fmt: skip
        """The same from the same features, in whatever order they come."""
        in_order = sorted(features, key=lambda each: each.name)
        told = [pair for each in in_order for pair in each.told]
        return cls(
            kinds=tuple(kinds), bias=tuple(bias), step=step, learned_from=learned_from,
            numbers={each.name: n for n, each in enumerate(in_order)},
            seldom=bytes(each.seldom for each in in_order),
            ends=_ends(len(each.told) for each in in_order),
            which=array(_KIND, (kind for kind, _ in told)),
            units=array(_UNIT, (unit for _, unit in told)),
        )  # fmt: skip

    def told(self, n: int) -> Iterator[tuple[int, int]]:
        """What feature n tells: the place of each kind, and the units."""
        of_it = slice(self.ends[n], self.ends[n + 1])
        return zip(self.which[of_it], self.units[of_it], strict=True)

    def shares(self, found: Collection[str]) -> Mapping[str, float]:
        """How likely what has these features is each of the kinds; together 1, or nothing at all."""
        if not found:
            return {}
        known = [n for n in map(self.numbers.get, found) if n is not None]
        length = sum(self.seldom[n] ** 2 for n in known)
        told = sum(map(self._lanes.__getitem__, known)).to_bytes(self._lanes.size, sys.byteorder)
        sums = [each - len(known) * ABOVE for each in array(_LANE, told)]
        worth = self.step / math.sqrt(length or 1)
        scores = [bias + worth * each for bias, each in zip(self.bias, sums, strict=True)]
        return dict(zip(self.kinds, softmax(scores), strict=True))

    def packed(self) -> bytes:
        """As they are kept in a file: the sizes of six columns, and these."""
        head = {
            "kinds": self.kinds, "bias": self.bias, "step": self.step,
            "learned_from": self.learned_from,
        }  # fmt: skip
        lengths = array(_LENGTH, (end - start for start, end in pairwise(self.ends)))
        columns = (
            json.dumps(head, ensure_ascii=False).encode(), BETWEEN.join(self.numbers).encode(),
            self.seldom, *map(_bytes, (lengths, self.which, self.units)),
        )  # fmt: skip
        sizes = _bytes(array(_SIZE, map(len, columns)))
        return zlib.compress(b"".join((sizes, *columns)), level=9)

    @classmethod
    def unpacked(cls, kept: bytes) -> Weights:
        """Raises `ValueError` where the file holds something else."""
        try:
            head, names, seldom, *columns = _columns(zlib.decompress(kept))
            lengths, which, units = map(_array, (_LENGTH, _KIND, _UNIT), columns)
            told, features = json.loads(head), names.decode().split(BETWEEN) if names else []
            ends = _ends(lengths)
            same = len(features) == len(seldom) == len(lengths)
            if not same or not ends[-1] == len(which) == len(units):
                raise ValueError("the columns are not of one length")
            if max(which, default=-1) >= len(told["kinds"]):
                raise ValueError("there are not so many kinds")
            return cls(
                kinds=tuple(told["kinds"]), bias=tuple(told["bias"]), step=told["step"],
                learned_from=told["learned_from"],
                numbers={name: n for n, name in enumerate(features)},
                seldom=seldom, ends=ends, which=which, units=units,
            )  # fmt: skip
        except (zlib.error, KeyError, TypeError, AttributeError, OverflowError) as fault:
            raise ValueError("these are no weights of a listener") from fault


class _Lanes(dict[int, int]):
    """What a feature tells of all kinds as one large number, by the feature's own: a lane for each kind, so
    that one addition adds to all of them. Nothing flows out of a lane, as what stands there is lifted above
    nought and a text has too few features to fill it. Made where it is first asked for."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._empty = array(_LANE, [ABOVE]) * len(weights.kinds)
        self.size = len(self._empty) * self._empty.itemsize
        self._most = max(1, AT_HAND // self.size)

    def __missing__(self, n: int) -> int:
        lanes = self._empty[:]
        for kind, units in self._weights.told(n):
            lanes[kind] += units
        made = int.from_bytes(lanes.tobytes(), sys.byteorder)
        if len(self) >= self._most:
            self.clear()  # by whichever thread: what it takes away is made again
        self[n] = made
        return made


def _ends(lengths: Iterable[int]) -> array[int]:
    return array(_SIZE, accumulate(lengths, initial=0))


def _columns(whole: bytes) -> list[bytes]:
    sizes = 6 * array(_SIZE).itemsize
    ends = _ends((sizes, *_array(_SIZE, whole[:sizes])))
    return [whole[start:end] for start, end in pairwise(ends[1:])]


def _bytes(column: array[int]) -> bytes:
    return _little(column).tobytes()


def _array(kind: str, column: bytes) -> array[int]:
    return _little(array(kind, column))


def _little(column: array[int]) -> array[int]:
    """Little end first, from or to this machine's order."""
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column


def softmax(scores: Sequence[float]) -> list[float]:
    top = max(scores)
    shares = [math.exp(score - top) for score in scores]
    whole = sum(shares)
    return [share / whole for share in shares]
