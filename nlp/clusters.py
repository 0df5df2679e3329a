"""Questions that say nearly the same, put together by the features that find a topic."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.nearness import Nearness
from nlp.words import Concepts

#: So near are two ways to ask one thing.
ALIKE = 0.35


def clusters(
    texts: Sequence[str], concepts: Concepts, usual: Sequence[str] = ()
) -> list[tuple[int, ...]]:
    """Each text, by where it stands, in one of them. The earlier one begins a cluster and those near
    to it join; nobody joins by way of another, so that a chain does not tie all together. `usual`
    are the ways people ask: what is often said there tells little."""
    rows = [*((str(at), text) for at, text in enumerate(texts)), *(("", each) for each in usual)]
    nearness = Nearness([(name, text, 1.0) for name, text in rows], concepts)
    left, found = dict.fromkeys(range(len(texts))), []
    while left:
        head = next(iter(left))
        near = nearness.of(texts[head], map(str, left))
        cluster = tuple(at for at in left if at == head or near.get(str(at), [0.0])[0] >= ALIKE)
        found.append(cluster)
        for at in cluster:
            del left[at]
    return found
