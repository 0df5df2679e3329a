"""What the topics lack, from questions that may be read: new wordings of a topic, and drafts of new ones.

People read the sheet, write the words anew and import it; nothing is answered differently before that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from casework.judgements import KeptWords
from library.topics import COLUMNS
from nlp.clusters import clusters
from nlp.understanding import Understanding
from nlp.words import Concepts
from papers.sheets import Value

#: So likely a question asks about a topic that it is put to it as another wording. Of messages of the evaluation
#: that were not answered at once the likeliest topic is the right one in 74 of 100 above it; people read them.
NEAR = 0.25
#: More letters than this are a story, and no wording of a question.
LONGEST_WORDING = 60
#: The columns of the sheet. `import topics` leaves those alone that are not there.
PROPOSED = tuple(
    column
    for column in COLUMNS
    if column.key in ("slug", "question", "variants", "answer", "source", "status")
)


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Questions that say nearly the same. `topic` is the slug of the nearest topic that has not
    failed them, '' where none is near; `nearness` is 0 to 1."""

    texts: tuple[str, ...]
    times: int
    topic: str = ""
    nearness: float = 0.0

    @property
    def of_it(self) -> bool:
        return self.nearness >= NEAR


def gathered(kept: Sequence[KeptWords], knows: Understanding) -> list[Cluster]:
    """What was asked, the most often asked first."""
    usual = [said for topic in knows.content.topics.values() for said in topic.variants]
    texts = [each.text for each in kept]
    together = clusters(texts, Concepts(knows.content.concepts), usual)
    found = [_cluster([kept[at] for at in each], knows) for each in together]
    return sorted(found, key=lambda cluster: (-cluster.times, cluster.texts))


def _cluster(members: Sequence[KeptWords], knows: Understanding) -> Cluster:
    failed = {each.topic for each in members}
    near = [
        (match.score, match.slug)
        for each in members
        for match in knows.near(each.text)
        if match.slug not in failed
    ]
    score, slug = max(near, default=(0.0, ""))
    texts = tuple(dict.fromkeys(each.text for each in members))
    times = sum(each.times for each in members)
    return Cluster(texts=texts, times=times, topic=slug, nearness=score)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One row for `import topics`, and what is new in it."""

    row: Mapping[str, Value]
    fresh: tuple[str, ...]
    draft: bool


def proposed(found: Sequence[Cluster], topics: Sequence[Mapping[str, Value]]) -> list[Proposal]:
    """Each topic that gets a wording, with those it has, and the drafts. `topics` are the rows as
    they stand."""
    by_slug = {str(row["slug"]): row for row in topics}
    known = {said for row in topics for said in (row.get("question"), *_variants(row))}
    made: dict[str, Proposal] = {}
    for cluster in found:
        fresh = tuple(t for t in cluster.texts if t not in known and len(t) <= LONGEST_WORDING)
        if not fresh:
            continue
        known.update(fresh)
        if cluster.of_it and cluster.topic in by_slug:
            before = made[cluster.topic].fresh if cluster.topic in made else ()
            made[cluster.topic] = _wordings(by_slug[cluster.topic], (*before, *fresh))
        else:
            draft = _draft(fresh)
            made[str(draft.row["slug"])] = draft
    return list(made.values())


def _wordings(row: Mapping[str, Value], fresh: tuple[str, ...]) -> Proposal:
    return Proposal(row={**row, "variants": (*_variants(row), *fresh)}, fresh=fresh, draft=False)


def _draft(fresh: tuple[str, ...]) -> Proposal:
    """A question and no answer; the same words come to the same slug."""
    slug = f"asked.{sha256(fresh[0].encode()).hexdigest()[:8]}"
    row: Mapping[str, Value] = {
        "slug": slug, "question": fresh[0], "variants": fresh, "status": "draft",
    }  # fmt: skip
    return Proposal(row=row, fresh=fresh, draft=True)


def _variants(row: Mapping[str, Value]) -> tuple[str, ...]:
    said = row.get("variants")
    return tuple(said) if isinstance(said, tuple) else ()
