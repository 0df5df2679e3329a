"""How well messages are understood that nobody tuned anything on: two sets, each line with what it is.

`questions.tsv`: the topics that answer it, best first and `none` first where there is none, parted by a
bar; the style; the text. `messages.tsv`: what it is (several: joined by a plus), the style, the text.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import jieba

from casework.content import TopicRole
from casework.refusals import BadInput
from nlp.faq import phrasings
from nlp.nearness import Nearness
from nlp.understanding import Answer, Understanding
from nlp.words import Concepts, normalise

#: What each kind of message should lead to; an answer that offers to report counts as a report.
WANTED = {
    "danger": {"urgent"}, "threat": {"retaliation"}, "despair": {"despair"}, "report": {"report"},
    "smalltalk": {"smalltalk"}, "far": {"unknown", "smalltalk"}, "near": {"elsewhere"},
}  # fmt: skip
#: What a message that only looks like one must not lead to.
ALARMS = {"urgent", "retaliation", "despair"}
NOTHING, THREE = "none", 3
#: A message that asks about the programme and tells only of her own.
QUESTION = "question"
#: What is done instead of telling the text of its topic.
DOES = {"urgent": TopicRole.URGENT, "human": TopicRole.HUMAN, "report": TopicRole.REPORT}


@dataclass
class Share:
    """How many of how many."""

    right: int = 0
    of: int = 0

    def count(self, right: bool) -> None:
        self.right += right
        self.of += 1

    @property
    def value(self) -> float:
        return self.right / self.of if self.of else 0.0

    def interval(self) -> tuple[float, float]:
        """Between what it is with 95 in 100 (Wilson 1927)."""
        if not self.of:
            return 0.0, 1.0
        z, n, p = 1.96, self.of, self.value
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass
class Figures:
    """The shares by name, and of each by style."""

    shares: defaultdict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    by_style: defaultdict[tuple[str, str], Share] = field(
        default_factory=lambda: defaultdict(Share)
    )
    kinds: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def count(self, name: str, style: str, right: bool) -> None:
        self.shares[name].count(right)
        self.by_style[name, style].count(right)

    def values(self) -> Mapping[str, float]:
        return {name: round(share.value, 3) for name, share in self.shares.items()}


def measured(knows: Understanding, folder: Path, *, today: date, county: str) -> Figures:
    """Every line of both sets asked once. Raises `BadInput` where a set cannot be read."""
    found = Figures()
    for accepted, style, text in _rows(folder / "questions.tsv"):
        _question(found, knows, accepted.split("|"), style, text, today, county)
    for kind, style, text in _rows(folder / "messages.tsv"):
        answer = knows.ask(text, today=today, county=county)
        _message(found, kind, style, answer)
    return found


def compared(knows: Understanding, folder: Path, words: Path) -> Mapping[str, tuple[Share, Share]]:
    """How often the right topic is first, and among three, by what is learned and by two that learn
    nothing, in one run: the nearest phrasing, and Okapi BM25 over words (Robertson and Zaragoza 2009),
    cut with the programme's own dictionary `words` if it has one."""
    topics = knows.content.topics.values()
    rows = phrasings({t.slug: (t.question, t.variants, t.answer) for t in topics})
    nearness = Nearness(rows, Concepts(knows.content.concepts))
    cutter = jieba.Tokenizer()
    if words.exists():
        cutter.load_userdict(str(words))
    bm25 = Bm25([(slug, text) for slug, text, _ in rows], cutter.cut)

    def nearest(text: str) -> list[str]:
        near = nearness.of(normalise(text))
        return sorted(near, key=lambda slug: -near[slug][0])

    ways: Mapping[str, Callable[[str], Sequence[str]]] = {
        "learned": lambda text: [match.slug for match in knows.near(text)],
        "nearest phrasing": nearest,
        "BM25 over words": bm25.ranked,
    }
    found = {name: (Share(), Share()) for name in ways}
    for accepted, _, text in _rows(folder / "questions.tsv"):
        wanted = {*accepted.split("|")}
        if NOTHING in wanted:
            continue
        for name, ranked in ways.items():
            first = ranked(text)[:THREE]
            found[name][0].count(bool(wanted & {*first[:1]}))
            found[name][1].count(bool(wanted & {*first}))
    return found


class Bm25:
    """Okapi BM25 over words, each topic by its best phrasing."""

    def __init__(
        self, rows: Sequence[tuple[str, str]], cut: Callable[[str], Iterable[str]]
    ) -> None:
        self._cut = cut
        self._rows = [(slug, Counter(cut(normalise(text)))) for slug, text in rows]
        seen = Counter(word for _, words in self._rows for word in words)
        self._mean = sum(words.total() for _, words in self._rows) / len(self._rows)
        self._idf = {
            word: math.log(1 + (len(rows) - count + 0.5) / (count + 0.5))
            for word, count in seen.items()
        }

    def ranked(self, text: str) -> list[str]:
        asked, best = set(self._cut(normalise(text))), defaultdict[str, float](float)
        for slug, words in self._rows:
            best[slug] = max(best[slug], sum(self._worth(word, words) for word in asked))
        return sorted(best, key=lambda slug: -best[slug])

    def _worth(self, word: str, words: Counter[str], k1: float = 1.5, b: float = 0.75) -> float:
        often = words[word]
        if not often:
            return 0.0
        length = 1 - b + b * words.total() / self._mean
        return self._idf[word] * often * (k1 + 1) / (often + k1 * length)


def outcomes(answer: Answer) -> set[str]:
    """What an answer is: its kind, what it offers beside, whose matter it says it is."""
    if answer.kind == "human" and answer.answer:
        return {"despair"}
    kinds = {answer.kind, *answer.also}
    if answer.topics and answer.topics[0][0].startswith("elsewhere.") and answer.answer:
        kinds.add("elsewhere")
    if answer.topics and answer.topics[0][0].startswith("bot.") and answer.answer:
        kinds.add("smalltalk")  # who it is that answers, and whether a person does
    return kinds


def _question(
    found: Figures, knows: Understanding, accepted: list[str], style: str, text: str,
    today: date, county: str,
) -> None:  # fmt: skip
    answer = knows.ask(text, today=today, county=county)
    told = {slug for slug, _ in answer.topics[: 2 if answer.second else 1] if answer.answer}
    if role := DOES.get("despair" if answer.kind == "human" and answer.answer else answer.kind):
        told = {knows.content.topic_of(role)}
    right = bool(told & {*accepted})
    found.count("helpful at the first reply", style, right)
    found.count("wrong, and not said to be a guess", style, answer.kind == "answer" and not right)
    found.kinds["question"][answer.kind] += 1
    if accepted[0] != NOTHING:
        near = [match.slug for match in knows.near(text)]
        found.count("right topic first", style, near[:1] != [] and near[0] in accepted)
        found.count("right topic in three", style, bool({*near[:THREE]} & {*accepted}))


def _message(found: Figures, kind: str, style: str, answer: Answer) -> None:
    led_to, (name, _, parts) = outcomes(answer), kind.partition(":")
    found.kinds[name].update(["+".join(sorted(led_to))])
    if name == "lookalike":
        found.count("lookalikes left alone", style, not led_to & ALARMS)
    elif name == "several":
        alarms = {w for part in parts.split("+") for w in WANTED.get(part, set()) if w in ALARMS}
        if alarms:
            found.count("alarm beside another thing", style, bool(led_to & alarms))
        if "report" in parts.split("+"):
            found.count("report beside another thing", style, "report" in led_to)
    elif name == QUESTION:
        found.count("a question alone left alone", style, not led_to & (ALARMS | {"report"}))
    else:
        found.count(name, style, bool(led_to & WANTED[name]))
    if name in ("far", "near"):
        ours = answer.kind == "answer" and not led_to & {"elsewhere", "smalltalk"}
        found.count(f"{name}, and told one of our rules", style, ours)
    if name in ("report", "smalltalk", "far", "near", "lookalike"):
        acted = bool(outcomes(replace(answer, also=())) & ALARMS)
        found.count("false alarms", style, acted)
        found.count("asked about an alarm that is none", style, bool(led_to & ALARMS) and not acted)


def _rows(path: Path) -> Iterator[tuple[str, str, str]]:
    try:
        rows = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise BadInput(f"没有 {path}。评测的句子放在这个文件里。") from None
    for at, row in enumerate(rows, start=1):
        cells = row.split("\t")
        if len(cells) != 3:
            raise BadInput(f"{path.name} 第{at}行要有三格:是什么、说法、原话,中间用制表符。")
        yield cells[0], cells[1], cells[2]


def lines_of(folder: Path) -> Iterable[str]:
    """All texts of both sets: nothing may be learned from them, nor from their near copies."""
    for name in ("questions.tsv", "messages.tsv"):
        yield from (text for _, _, text in _rows(folder / name))
