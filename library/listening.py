"""The lines that are learned from, and the weights beside them: what kind of message it is
(`listening/` of a programme), which topic a question asks about (`asking/`), what a report is about
(`sorting/`), and who of those it names did it (`whom/`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from casework.content import Content
from casework.refusals import BadInput
from library.layers import Layers
from library.places import load_gazetteer
from nlp.blame import NOBODY, Blame, learned_whom, story
from nlp.faq import NOTHING
from nlp.listener import ELSEWHERE, KINDS, LONGEST, LONGEST_STORY, SMALLTALK, Learned, Listener
from nlp.listener import OTHER as FAR
from nlp.training import BRISK, GENTLE, Line, Pace, learned
from nlp.weights import Weights
from nlp.who import Who
from nlp.words import Concepts, normalise

log = logging.getLogger(__name__)

WEIGHTS = "weights.z"
#: What is no question to any topic.
ASKS_NOTHING = (FAR, SMALLTALK)
#: Under which a wish to report is sorted that does not say what of.
OTHER = "other"


@dataclass(frozen=True)
class Lessons:
    """The `*.tsv` of one folder, each line a kind of `kinds`, a tab, and what somebody wrote; lines that
    stand `elsewhere`; what was learned from them, by `teach`,
    and what is heard with that."""

    folder: Path
    kinds: Sequence[str]
    teach: Callable[[Sequence[Line]], Weights]
    hear: Callable[[Weights, str], Mapping[str, float]]
    elsewhere: Callable[[], tuple[Line, ...]] = tuple
    #: Whether a line may be of several kinds, joined by commas.
    several: bool = False

    def lines(self) -> tuple[Line, ...]:
        """All of them. Raises `BadInput` naming file and line."""
        return (*self.elsewhere(), *self.written())

    def written(self) -> tuple[Line, ...]:
        """Those of the folder itself. Raises `BadInput` as well."""
        return tuple(
            line for path in sorted(self.folder.glob("*.tsv")) for line in self._lines_of(path)
        )

    def _is_one(self, kind: str) -> bool:
        return {*(kind.split(",") if self.several else [kind])} <= {*self.kinds}

    def _lines_of(self, path: Path) -> Iterator[Line]:
        for at, row in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not row or row.startswith("#"):
                continue
            kind, tab, text = row.partition("\t")
            if not tab or not self._is_one(kind) or not text.strip():
                raise BadInput(
                    f"{self.folder.name}/{path.name} 第{at}行要写成:种类,一个制表符,一句话。"
                    f"种类能写的是 {'、'.join(self.kinds)}。"
                )
            yield Line(text=text.strip(), kind=kind)

    def weights(self) -> Weights | None:
        """What was learned from them; None in a programme without lines. Raises `BadInput`."""
        try:
            return Weights.unpacked((self.folder / WEIGHTS).read_bytes())
        except FileNotFoundError:
            return None
        except ValueError:
            raise BadInput(
                f"{self.folder.name}/{WEIGHTS} 读不出来。用 xiangsheng listening learn 重做一份。"
            ) from None

    def keep(self, learned: Weights) -> Path:
        """Writes them where `weights` looks."""
        self.folder.mkdir(exist_ok=True)
        path = self.folder / WEIGHTS
        path.write_bytes(learned.packed())
        return path


def in_force(each: Mapping[str, Lessons], here: Path | None) -> Learned:
    """What was learned last, on this machine (in the folder `here`) or before it was shipped; whether it
    was of these lines is not looked at."""
    found = {
        name: (kept(here, name) if here else None) or it.weights() for name, it in each.items()
    }
    return Learned(**found)


def file_of(here: Path, name: str) -> Path:
    return here / f"{name}.z"


def kept(here: Path, name: str) -> Weights | None:
    """None where nothing was learned here, or it cannot be read: it is learned again then."""
    try:
        return Weights.unpacked(file_of(here, name).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as fault:
        log.error("what was learned here is left aside", extra={"fault": type(fault).__name__})
        return None


def lessons(layers: Layers, content: Content, words: Mapping[str, Any]) -> Mapping[str, Lessons]:
    """All that a programme's understanding is learned from, under the names of `Learned`; `words` is the
    table of `triage.toml`."""
    folder, concepts = layers.folder, Concepts(content.concepts)

    def of_texts(
        name: str, kinds: Sequence[str], longest: int = LONGEST,
        elsewhere: Callable[[], tuple[Line, ...]] = tuple, pace: Pace = BRISK,
    ) -> Lessons:  # fmt: skip
        def hear(weights: Weights, text: str) -> Mapping[str, float]:
            return Listener(weights, concepts.of, longest).loudest(normalise(text))

        taught = partial(learned, concepts=concepts.of, kinds=kinds, longest=longest, pace=pace)
        return Lessons(folder / name, kinds, taught, hear, elsewhere)

    kinds = of_texts("listening", KINDS, pace=GENTLE)
    categories = tuple(each for group in words["kinds"].values() for each in group)
    return {
        "kinds": kinds,
        "topics": of_texts(
            "asking",
            (*content.topics, NOTHING, ELSEWHERE),
            elsewhere=lambda: _asked(content, kinds),
        ),
        "categories": of_texts("sorting", (*categories, OTHER), LONGEST_STORY),
        "whom": _of_whom(layers, words),
    }


def _of_whom(layers: Layers, words: Mapping[str, Any]) -> Lessons:
    reads = cache(lambda: (Who.of(words), load_gazetteer(layers).name_before))  # takes its time

    def teach(lines: Sequence[Line]) -> Weights:
        return learned_whom(lines, *reads())

    def hear(weights: Weights, text: str) -> Mapping[str, float]:
        who, place_before = reads()
        return Blame(weights, who).of_roles(*who.mentions(story(text), place_before))

    kinds = (*words["roles"], NOBODY)
    return Lessons(layers.folder / "whom", kinds, teach, hear, several=True)


def _asked(content: Content, kinds: Lessons) -> tuple[Line, ...]:
    """What stands in the topics, what asks about none, and what asks about another office's matter. Nothing
    where there is none of the latter two: who was taught questions alone hears one in everything."""
    of = {**dict.fromkeys(ASKS_NOTHING, NOTHING), ELSEWHERE: ELSEWHERE}
    others = [Line(text=e.text, kind=of[e.kind]) for e in kinds.lines() if e.kind in of]
    asked = (
        Line(text=text, kind=topic.slug)
        for topic in content.topics.values()
        for text in (topic.question, *topic.variants, topic.answer, topic.later, *topic.steps)
        if text
    )
    return (*asked, *others) if others else ()
