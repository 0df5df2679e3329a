"""The parts of an answer, which a page lays out one below the other and a talk says as one text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from casework.content import Texts

NUMBERS = "①②③"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What is sure, what her county decided, what to do now; each empty where there is nothing."""

    sure: str = ""
    before: str = ""  # the rule that held until the sure one
    county: str = ""  # name of the county it is said for
    demo: bool = False  # whether what the county decided is invented
    unchecked: bool = False  # whether no second person has looked at it yet
    decided: tuple[str, ...] = ()  # by her county
    examples: tuple[str, ...] = ()  # what other places decided, where hers is not known
    silent: bool = False  # her county decides it, and it is not known what
    phone: str = ""
    steps: tuple[str, ...] = ()
    old: int = 0  # the year of a rule of years ago
    nearer: tuple[str, str] | None = None  # (county, question) that would be answered nearer

    def said(self, texts: Texts) -> str:
        """All of it as one text of lines."""
        return "\n".join(self._lines(texts))

    def mark(self, texts: Texts) -> str:
        """What stands beside whatever is invented, or was entered by one person alone."""
        demo = texts("answer.demo") if self.demo else ""
        return demo + (texts("answer.unchecked") if self.unchecked else "")

    def _lines(self, texts: Texts) -> Iterator[str]:
        yield self.sure
        if self.before:
            yield texts("answer.before", rule=self.before)
        if self.decided:
            facts = texts("mark.more").join(self.decided)
            yield texts("answer.county", county=self.county, mark=self.mark(texts), fact=facts)
        if self.examples:
            key = "answer.examples_not_yours" if self.silent else "answer.examples"
            yield texts(key, county=self.county, examples=texts("mark.more").join(self.examples))
        if self.phone:
            mark = self.mark(texts)
            yield texts("answer.phone", county=self.county, phone=self.phone, mark=mark)
        if self.steps:
            numbered = zip(NUMBERS, self.steps, strict=False)
            steps = (texts("answer.step", n=n, step=step) for n, step in numbered)
            yield texts("answer.steps", steps="\n".join(steps))
        if self.old:
            yield texts("answer.old_rule", year=self.old)
        if self.nearer:
            county, question = self.nearer
            yield texts("answer.name_county", county=county, question=question)
