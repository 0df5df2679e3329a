"""The page of an answer, however she came to it: what is said, what stands around it, where it leads on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi.responses import Response

from bot.channels.web.pages import Pages
from bot.channels.web.sent import new_token
from bot.channels.web.topics import around, link
from bot.dialogues.asking import WAYS, answer_before, answers_told, topics_offered
from bot.dialogues.unclear import ITS_OWN_WAY
from casework.content import Content
from nlp.understanding import Answer
from nlp.words import letters


@dataclass(frozen=True)
class Answers:
    pages: Pages

    def page(
        self,
        asked: str,
        answer: Answer,
        *,
        city: str = "",
        helped: bool = False,
        useless: str = "",
        kept: bool = False,
        after: str = "",
        again: str = "",
    ) -> Response:
        """`city` is a step towards her county; `useless` the topic whose answer did not help; `after`
        the answer that her next words may go on from where this is none; `again` its own address."""
        knows = self.pages.knows
        return self.pages.page(
            "answer",
            asked=asked,
            answer=answer,
            told=answers_told(knows, answer),
            after=str(answer_before(answer)) or after,
            offered=topics_offered(knows, answer),
            common=asked_most(self.pages.office.content),
            ways=(*answer.also, *(each for each in WAYS if each not in answer.also)),
            phones=self._phones(answer.county, answer.answer),
            around=around(knows, answer, city=city),
            helped=helped,
            link=link,
            useless=useless,
            kept=kept,
            may_keep=answer.kind == "unknown" and not kept and self.may_keep(asked),
            token=new_token(),
            despair=knows.is_despair(asked),
            again=again,
        )

    def may_keep(self, asked: str) -> bool:
        """Whether these are words of hers, and a question: not a topic's own, nothing that is or sounds
        like a report, a threat, a danger."""
        knows = self.pages.knows
        if not letters(asked) or any(asked == t.question for t in knows.content.topics.values()):
            return False
        found = knows.ask(asked, today=self.pages.today)
        return found.kind not in ITS_OWN_WAY and not found.also

    def _phones(self, county: str, said: str) -> Sequence[tuple[str, str, str]]:
        """(whose, number, mark) of who may be called from here: first those that were just `said`, then
        the county's own; the numbers of three digits stand below every page."""
        content, own = self.pages.office.content, []
        reach = content.reach(county, self.pages.today)
        if reach.phone:
            name = self.pages.knows.gazetteer.name(county)
            own = [(name, reach.phone, reach.marked(content.texts))]
        lines = [(c.name, c.number, "") for c in content.contacts if len(c.number) > len("119")]
        return sorted([*own, *lines], key=lambda line: line[1] not in said)


def asked_most(content: Content) -> Sequence[tuple[str, str]]:
    """(slug, question) of what is asked most."""
    return [(slug, content.topics[slug].question) for slug in content.texts("home.common").split()]
