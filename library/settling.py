"""Taking in what an office wrote: all of it where it fits, else as much as does, the rest by its fault."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from casework.content import Standing
from casework.refusals import BadInput
from library.layers import OFFICES, Layers, shown
from library.reading import load_calendar, load_content


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What is in force, from which of the office's files, and a sentence for each that was left out."""

    standing: Standing
    layers: Layers
    faults: Mapping[str, str] = field(default_factory=dict)


def settled(layers: Layers, before: Settled | None = None) -> Settled:
    """What these layers say. A file of the office's own that cannot be taken is left as it was
    `before`, or out; the others count. Raises `BadInput` for a fault in the programme's folder."""
    units = before.standing.content.organisation.units.keys() if before else frozenset[str]()
    try:
        return Settled(standing=_read(layers, units), layers=layers)
    except BadInput:
        good = Layers(layers.folder, before.layers.own if before else {})
        return _file_by_file(layers, good, units)


def _read(layers: Layers, units: AbstractSet[str]) -> Standing:
    content = load_content(layers)
    if gone := sorted(units - content.organisation.units.keys()):
        raise BadInput(
            f"{shown(OFFICES)} 里没有 {gone[0]} 了。服务开着的时候不能去掉单位:它名下可能有没办完的件。"
        )
    return Standing(content, load_calendar(layers))


def _file_by_file(layers: Layers, good: Layers, units: AbstractSet[str]) -> Settled:
    """Each change for itself, as often as another one fits: a topic may name one of another file."""
    faults, standing = dict[str, str](), _read(good, units)
    left = [n for n in {**good.own, **layers.own} if good.own.get(n) != layers.own.get(n)]
    while left:
        faults = {}
        for name in left:
            own = (
                {**good.own, name: layers.own[name]} if name in layers.own else without(good, name)
            )
            try:
                standing = _read(Layers(layers.folder, own), units)
            except BadInput as refusal:
                faults[name] = refusal.sentence
            else:
                good = Layers(layers.folder, own)
        if len(faults) == len(left):
            break
        left = list(faults)
    return Settled(standing=standing, layers=good, faults=faults)


def without(layers: Layers, name: str) -> dict[str, str]:
    return {each: text for each, text in layers.own.items() if each != name}
