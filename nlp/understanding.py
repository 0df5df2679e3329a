"""One message in, one outcome out: answer, choices, report, urgent, retaliation, human or unknown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import chain

from casework.content import Content, Topic, TopicRole
from casework.county import NOBODY, PHONE, Household, Told
from casework.receipts import find_code
from casework.reports import LONGEST, LONGEST_REPORT, Accused, Facts, PlaceNamed
from nlp import money, particulars, triage
from nlp.faq import Faq, Match, phrasings
from nlp.following import NOTHING_BEFORE, Before, next_of
from nlp.listener import (
    ELSEWHERE,
    LONGEST_STORY,
    NOTHING_LEARNED,
    OTHER,
    QUESTION,
    SMALLTALK,
    Learned,
    Listener,
)
from nlp.parts import Parts
from nlp.places import Gazetteer
from nlp.triage import Lexicon
from nlp.who import Mention, strictest_first
from nlp.words import Concepts, clauses, letters, normalise

#: A topic so much likelier than the next is answered: of phrasings left out of the learning nearly half were,
#: three in a hundred with another topic. So likely, it is what the message is about; so certainly, whatever
#: else is heard in it.
AHEAD, DIRECT, CERTAIN = 0.55, 0.75, 0.95
#: A topic so likely is offered and told as a guess; where the words name things of ours, a less likely one.
GUESSED, TOLD = 0.2, 0.15
#: So much likelier another office's matter than any of ours.
THEIRS = 0.2
#: One of ours is likely too.
LIKELY_OURS = 0.2
#: Less likely than that it is not even remembered.
FAINT = 0.05
#: A place or a sum alone is no longer than this, in characters.
SHORT = 30
#: Topics offered to who says a sum and nothing else: a list of slugs.
OF_A_SUM = "ask.of_a_sum"
#: So many clauses of a long story are looked at.
MOST_CLAUSES = 16
#: A clause of so many letters may be a question of its own: 补多少.
SHORTEST_QUESTION = 3
#: And is one where its topic is at least so likely in the whole message, among so many topics; a message of
#: so many letters tells too many things for that.
HEARD, WHOLE, LONG = 0.012, 10, 40
#: What may be something else besides; what is filed, or only friendly, is not.
TOLD_WITH_MORE = ("answer", "choices", "unknown")
#: What the answer before may make something of.
OPEN = ("answer", "choices", "unknown", "smalltalk")
#: A place of which nothing is known.
_VILLAGE = re.compile(r".{1,8}[村镇乡庄屯县区][的人]?")
#: Fewer letters that ask nothing and name nothing of ours are not guessed at: 人没了.
FEWEST = 4
#: A single word is offered the topics in at least so many of whose phrasings it stands.
LONGEST_WORD, OFTEN = 4, 3
#: So many topics are offered at once.
OFFERED = 3


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is said to a question: `parts`, and the same as one text, `answer`. `county` is the one it
    was answered for, `household` what she said of hers; `reviewed` the day on which somebody compared the text with its source; not
    `helpful` is an answer that could only say whom to ask."""

    kind: str
    topics: tuple[tuple[str, float], ...] = ()
    answer: str = ""
    parts: Parts = field(default_factory=Parts)
    source: str | None = None
    reviewed: date | None = None
    also: tuple[str, ...] = ()
    helpful: bool = True
    county: str = ""
    city: str = ""  # named alone: the county is still to be told
    household: Household = NOBODY
    second: Answer | None = None  # to another question of the same message

    @property
    def cannot_wait(self) -> bool:
        """Whether it comes before everything else that stands in the same message, a code too: of what
        asks for a person, only despair has words of its own."""
        return self.kind in ("retaliation", "urgent") or (
            self.kind == "human" and bool(self.answer)
        )

    def record(self, text: str) -> dict[str, object]:
        """The object that `ask --json` and the API give for the question `text`."""
        told = (self, self.second) if self.second else (self,)
        return {
            "text": text,
            "kind": self.kind,
            "topics": [{"slug": slug, "score": score} for slug, score in self.topics],
            "answer": "\n\n".join(each.answer for each in told),
            "source": self.source,
            "also": list(self.also),
            **({} if self.helpful else {"helpful": False}),
        }


class Understanding:
    """Everything made ready once: the index of phrasings, the words, the places."""

    def __init__(self, content: Content, gazetteer: Gazetteer, faq: Faq, lexicon: Lexicon) -> None:
        self.content, self.gazetteer = content, gazetteer
        self._faq, self.lexicon = faq, lexicon

    @classmethod
    def of(
        cls,
        content: Content,
        gazetteer: Gazetteer,
        words: Mapping[str, object],
        learned: Learned = NOTHING_LEARNED,
    ) -> Understanding:
        """`words` is the table of `triage.toml`, which is heard and sorted by alone where nothing was
        learned; topics are then found by the nearest phrasing alone."""
        rows = {t.slug: (t.question, t.variants, t.answer) for t in content.topics.values()}
        concepts = Concepts(content.concepts)
        lexicon = Lexicon.of(
            words,
            Listener(learned.kinds, concepts.of),
            Listener(learned.categories, concepts.of, LONGEST_STORY),
            learned.whom,
        )
        faq = Faq(
            phrasings(rows),
            concepts,
            Listener(learned.topics, concepts.of, LONGEST_STORY),
            [slug for slug, topic in content.topics.items() if topic.role is TopicRole.ELSEWHERE],
        )
        return cls(content, gazetteer, faq, lexicon)

    def ask(
        self, text: str, *, today: date, county: str = "", before: Before = NOTHING_BEFORE
    ) -> Answer:
        """The outcome of one message, for the county it names or else for `county` (a code); `before` is
        the answer it may go on from. Never raises, whatever is in it; no more than `LONGEST` of it is
        looked at, which is more than any channel takes."""
        text = text[:LONGEST]
        if not letters(text):
            return self._opening(text) or Answer(kind="unknown")
        named, asked = self.gazetteer.without_county(normalise(text)[:LONGEST])
        household = self._told(text).filled_from(before.household)
        asked = asked if letters(asked) else text
        found = self._ask(text, asked, today, named or county, household)
        found = replace(found, county=named or found.county or county)
        if before.topic in self.content.topics and found.kind in OPEN:
            found = self._following(text, found, before, today) or found
        found = replace(found, household=household)
        if found.kind in TOLD_WITH_MORE:
            also = dict.fromkeys((*triage.beside(text, self.lexicon), *found.also))
            found = replace(found, also=tuple(also))
        return self._answered(found, today) if _is_likely(found) else found

    def _told(self, text: str) -> Household:
        """What the text itself says of her household."""
        return self.lexicon.family.told(normalise(text)[:LONGEST])

    def _following(self, text: str, found: Answer, before: Before, today: date) -> Answer | None:
        """What a few words mean after an answer: the same topic for the county or household they name,
        or one that stands beside it; None where they go on from nothing."""
        topic, words = self.content.topics[before.topic], self.lexicon
        clear = normalise(text)[:LONGEST]
        told = self._told(text)
        named, rest = self.gazetteer.without_county(clear)
        rest = words.family.without(rest)
        if found.kind == "smalltalk" and found.county:  # a bare place
            named, rest = found.county, ""
        if topic.needs and words.following.is_the_same(rest):
            if named or told:
                household = told.filled_from(before.household)
                return self.answer_for(
                    topic.slug, today=today, county=named or found.county, household=household
                )
            if words.following.is_here(rest) and not found.county:
                return self._smalltalk("whose")
        open_to_more = found.kind in ("choices", "unknown")
        near = next_of(self._faq.match(clear), topic, clear) if open_to_more else ()
        return replace(found, kind="choices", topics=_scored(near[:OFFERED])) if near else None

    def _answered(self, choice: Answer, today: date) -> Answer:
        """The topic that is most likely meant, with its text: it is said that it may be meant, and
        the others stay offered beside it."""
        slug = choice.topics[0][0]
        county, household = choice.county, choice.household
        told = self.answer_for(slug, today=today, county=county, household=household)
        return replace(told, kind=choice.kind, topics=choice.topics, also=choice.also)

    def _ask(self, text: str, asked: str, today: date, county: str, household: Household) -> Answer:
        """`asked` is the text without the county's name, which says nothing about the topic."""
        if triage.is_retaliation(text, self.lexicon):
            return Answer(kind="retaliation")
        ranked = self._ranked(asked)
        to_the_letter = bool(ranked) and ranked[0].to_the_letter
        opening = self._opening(text) or self._bare_place(text)
        asks_to_report = self._sure(ranked, CERTAIN) and self._plays(ranked[0], TopicRole.REPORT)
        if opening and not (to_the_letter or asks_to_report):
            return opening
        if triage.is_danger(text, self.lexicon) and not self._names_other_household(ranked):
            return Answer(kind="urgent", topics=self._topic_of(TopicRole.URGENT))
        if triage.is_despair(text, self.lexicon):
            said = self.content.texts("despair.first")
            return Answer(kind="human", answer=said, parts=Parts(sure=said))
        if find_code(text):
            return self.answer_for(self.content.topic_of(TopicRole.STATUS), today=today)
        if normalise(text).strip() in self.lexicon.human or self._leads(ranked, TopicRole.HUMAN):
            return Answer(kind="human", topics=_scored(ranked))
        if found := self._bare_sum(text):
            return found
        wrong = triage.tells_of_wrong(text, self.lexicon)
        if wrong and not triage.asks(text) and not to_the_letter:
            pressed = triage.may_be_pressed(text, self.lexicon)
            return Answer(kind="unknown" if pressed else "report", topics=_scored(ranked))
        if triage.wants_report(text, self.lexicon) and not self._asks_of_it(text, ranked):
            return Answer(kind="report", topics=self._topic_of(TopicRole.REPORT))
        answered = partial(
            self._answer, text, wrong=wrong, today=today, county=county, household=household
        )
        found = answered(ranked)
        several = self._several(asked, ranked, found, today, county, household)
        if several:
            return several
        certain = found.kind == "answer" and self._sure(ranked, CERTAIN)
        if not certain and self._is_theirs(text, ranked):
            return self._theirs(ranked, today)
        if not certain and (chat := self._chat(text, ranked)):
            return chat
        if not self._sure(ranked, GUESSED) and self._sounds(OTHER, text):
            return Answer(kind="unknown", topics=_scored(ranked))
        if found.kind in ("report", "unknown") and triage.denies_report(text) and not wrong:
            return self._smalltalk("ask")
        if found.kind != "unknown":
            return found
        return self._of_a_word(text) or found

    def _several(
        self, text: str, ranked: Sequence[Match], found: Answer, today: date, county: str,
        household: Household,
    ) -> Answer | None:  # fmt: skip
        """The first two questions that are asked in clauses of their own, in her order, and heard in the
        whole as well; `found` is what the whole is answered with, and counts as what the one question
        behind a story adds to. One alone is likelier than what the whole may mean."""
        parts = clauses(text, SHORTEST_QUESTION)[:MOST_CLAUSES]
        asking = [each for each in parts if triage.asks(each)]
        heard = {match.slug for match in ranked if match.score >= HEARD}
        asked = dict.fromkeys(map(self._clearly, asking))
        slugs = [slug for slug in asked if slug in heard or (slug and len(text) >= LONG)]
        if (
            len(asking) == 1
            and slugs
            and found.kind == "answer"
            and found.topics[0][0] not in slugs
        ):
            slugs.append(found.topics[0][0])
        unsure = found.kind == "choices" or (
            found.kind == "unknown" and self.lexicon.hears(QUESTION, normalise(text))
        )
        if len(slugs) == 1 and unsure and not self._is_theirs(text, ranked):
            others = [
                (slug, min(score, AHEAD / 2))
                for slug, score in _scored(ranked[:OFFERED])
                if slug != slugs[0]
            ]
            return replace(
                found, kind="choices", topics=((slugs[0], AHEAD), *others[: OFFERED - 1])
            )
        if len(slugs) < 2:
            return None
        first, second = (
            self.answer_for(slug, today=today, county=county, household=household)
            for slug in slugs[:2]
        )
        topics = (*first.topics, *second.topics)
        return replace(first, topics=topics, also=found.also, second=second)

    def _ranked(self, asked: str) -> list[Match]:
        """The likeliest topics; 请问一下… before them may say nothing of what follows."""
        found = self._faq.match(asked, most=WHOLE)
        behind = self.lexicon.openings.without_opening(asked[:SHORT]) + asked[SHORT:]
        if not letters(behind) or len(behind) == len(asked):
            return found
        again = self._faq.match(behind, most=WHOLE)
        return max(found, again, key=lambda ranked: ranked[0].score if ranked else 0.0)

    def _clearly(self, clause: str) -> str:
        """The topic that the clause asks about beyond doubt; "" where there is none."""
        ranked = self._faq.match(clause)
        return ranked[0].slug if ranked and self._is_clear(ranked) else ""

    def _theirs(self, ranked: Sequence[Match], today: date) -> Answer:
        """Whom to ask; only as a guess where one of our own topics is likely too."""
        slug = self._whose(ranked)
        ours = next(self._of_ours(ranked), None)
        if ours is None or ours.score < LIKELY_OURS:
            return self.answer_for(slug, today=today)
        return Answer(
            kind="choices", topics=((slug, AHEAD), (ours.slug, min(ours.score, AHEAD / 2)))
        )

    def _whose(self, ranked: Sequence[Match]) -> str:
        """The topic that says whom to ask of another office's matter: the nearest, if any is near."""
        theirs = next((m for m in ranked if self._plays(m, TopicRole.ELSEWHERE)), None)
        if theirs and theirs.score >= TOLD:
            return theirs.slug
        return self.content.topic_of(TopicRole.BEYOND)

    def _is_theirs(self, text: str, ranked: Sequence[Match]) -> bool:
        """Whether it sounds like another office's matter, more than like a question of ours or than like
        nobody's, and names nothing of ours; a few letters that ask nothing are only one that is known."""
        heard = self.lexicon.listener.loudest(normalise(text))
        ours = next((match.score for match in self._of_ours(ranked)), 0.0)
        others = max(ours + THEIRS, heard.get(OTHER, 0.0), heard.get(QUESTION, 0.0))
        if heard.get(ELSEWHERE, 0.0) < others or self._names_us(text):
            return False
        says_enough = len(letters(text)) >= FEWEST or triage.asks(text)
        return says_enough or self._whose(ranked) != self.content.topic_of(TopicRole.BEYOND)

    def _sounds(self, kind: str, text: str) -> bool:
        """Whether it sounds like that and names nothing of ours."""
        return self.lexicon.hears(kind, normalise(text)) and not self._names_us(text)

    def _opening(self, text: str) -> Answer | None:
        """What is said to a greeting, thanks and the like; a cry for help is danger."""
        opening = self.lexicon.openings.of(text)
        if opening == "help":
            return Answer(kind="urgent", topics=self._topic_of(TopicRole.URGENT))
        return self._smalltalk(opening) if opening else None

    def _chat(self, text: str, ranked: Sequence[Match]) -> Answer | None:
        """What is said to a few friendly or unfriendly words; who only speaks is asked what about, unless
        it is likely what she asks (恁是机器人不)."""
        if not self.lexicon.hears(SMALLTALK, normalise(text)):
            return None
        opening = self.lexicon.openings.nearest(text)
        if not opening and self._sure(ranked, GUESSED):
            return None
        return self._smalltalk(opening or "ask")

    def _smalltalk(self, opening: str, **slots: str) -> Answer:
        said = self.content.texts(f"smalltalk.{opening}", **slots)
        return Answer(
            kind="smalltalk", topics=((f"smalltalk.{opening}", 1.0),), answer=said,
            parts=Parts(sure=said),
        )  # fmt: skip

    def _bare_place(self, text: str) -> Answer | None:
        """A place and nothing else tells whose county the next question is of."""
        openings, name = self.lexicon.openings, self.gazetteer.name
        if not openings or len(text) > SHORT:
            return None
        city, rest = self.gazetteer.without_city(openings.without_small(normalise(text)))
        found = self.gazetteer.find(rest)
        start, stop = found.span or (0, 0)
        if not openings.is_small(rest[:start] + rest[stop:]):
            return None
        counties = (found.county,) if found.county else found.candidates
        counties = tuple(each for each in counties if each.startswith(city)) or counties
        if len(counties) == 1:
            told = self._smalltalk("county", county=name(counties[0]))
            return replace(told, county=counties[0])
        if counties:
            return self._smalltalk(
                "which_county", counties=self.content.texts.listed(map(name, counties))
            )
        if city:
            return replace(self._smalltalk("city", city=name(city)), city=city)
        return None

    def _misspelt(self, place: str) -> Answer | None:
        """Which counties it may be that she typed by its sound; she names the one she means."""
        codes = [code[:6] for code, _ in self.gazetteer.sounding_like(place)]
        names = dict.fromkeys(map(self.gazetteer.name, codes))
        if not names:
            return None
        return self._smalltalk("is_it", counties=self.content.texts.listed(names))

    def _bare_sum(self, text: str) -> Answer | None:
        """A sum and nothing else is offered what may be meant by one."""
        rest = self.lexicon.openings.without_small(normalise(text))
        if OF_A_SUM not in self.content.texts or not money.is_a_sum(rest):
            return None
        if rest in (contact.number for contact in self.content.contacts):
            return None
        return self._choices(self.content.texts(OF_A_SUM).split())

    def _choices(self, slugs: Iterable[str]) -> Answer:
        return Answer(kind="choices", topics=tuple((slug, 0.0) for slug in slugs))

    def _asks_of_it(self, text: str, ranked: list[Match]) -> bool:
        """Whether reporting is what is asked about, and the answer known: 实名举报村里会知道是我不."""
        if self._sure(ranked, CERTAIN, but=TopicRole.REPORT):
            return True
        if not triage.asks(text) or not ranked:
            return False
        if self._plays(ranked[0], TopicRole.REPORT):
            return self._only_asks(text, ranked)
        return self._is_clear(ranked)

    def _only_asks(self, text: str, ranked: Sequence[Match]) -> bool:
        """Whether something is asked of reporting (反映问题要不要带身份证), and no report begun."""
        return (
            triage.asks(text)
            and not self._sure(ranked, CERTAIN)
            and self.lexicon.hears(QUESTION, normalise(text))
        )

    def _of_a_word(self, text: str) -> Answer | None:
        """What is said to a place nobody knows; and of a single word, the topics that are asked in it
        most often."""
        openings, word = self.lexicon.openings, letters(text)
        if openings and _VILLAGE.fullmatch(openings.without_small(word)):
            return self._misspelt(word) or self._smalltalk("place")
        if not 1 <= len(word) <= LONGEST_WORD:
            return None
        uses = Counter(
            {
                slug: sum(word in each for each in (topic.question, *topic.variants))
                for slug, topic in self.content.topics.items()
            }
        )
        often = [slug for slug, count in uses.most_common(OFFERED) if count >= OFTEN]
        return self._choices(often) if often else None

    def _names_other_household(self, ranked: list[Match]) -> bool:
        """ "不是贫困户, 房子快塌了" asks about who may apply as much as it tells of danger."""
        return self._leads(ranked, TopicRole.NO_DANGER)

    def _topic_of(self, role: TopicRole) -> tuple[tuple[str, float], ...]:
        return ((self.content.topic_of(role), 1.0),)

    def _plays(self, match: Match, role: TopicRole | None) -> bool:
        return role is not None and self.content.topics[match.slug].role is role

    def _is_beyond(self, match: Match) -> bool:
        """Whether the topic is another office's matter."""
        return self.content.topics[match.slug].role in (TopicRole.ELSEWHERE, TopicRole.BEYOND)

    def _of_ours(self, ranked: Sequence[Match]) -> Iterator[Match]:
        """Those that are no other office's matter, the likeliest first."""
        return (match for match in ranked if not self._is_beyond(match))

    def _leads(self, ranked: list[Match], role: TopicRole) -> bool:
        return bool(ranked) and ranked[0].score >= DIRECT and self._plays(ranked[0], role)

    def _sure(self, ranked: Sequence[Match], score: float, *, but: TopicRole | None = None) -> bool:
        return bool(ranked) and ranked[0].score >= score and not self._plays(ranked[0], but)

    def _answer(
        self, text: str, ranked: list[Match], *, wrong: bool, today: date, county: str,
        household: Household,
    ) -> Answer:  # fmt: skip
        near = [match for match in ranked if match.score >= FAINT]
        says_enough = len(letters(text)) >= FEWEST or triage.asks(text) or self._is_ours(text, near)
        if not near or not (says_enough or near[0].to_the_letter):
            return Answer(kind="unknown", topics=_scored(ranked))
        first = near[0]
        if (
            self._plays(first, TopicRole.REPORT)
            and first.score >= GUESSED
            and not self._only_asks(text, near)
        ):
            return Answer(kind="report", topics=_scored(near))
        if (
            self._is_beyond(first)
            and not first.to_the_letter
            and (ours := self._ours(text, first, ranked))
        ):
            return self._choices([ours, first.slug])
        amiss = wrong or triage.asks_whether_amiss(text, self.lexicon) or not triage.asks(text)
        offered = amiss and self._plays(first, TopicRole.COMPLAINT)
        also = ("report",) if offered or self._plays(first, TopicRole.REPORT) else ()
        if self._is_clear(near):
            found = self.answer_for(first.slug, today=today, county=county, household=household)
            return replace(found, topics=_scored(near), also=also)
        told = self._told(text)
        if told.persons and told.grade and (paid := self._paid(near)):
            found = self.answer_for(paid, today=today, county=county, household=household)
            return replace(found, topics=_scored(sorted(near, key=lambda m: m.slug != paid)))
        if first.score >= GUESSED or (first.score >= TOLD and self._is_ours(text, near)):
            return Answer(kind="choices", topics=_scored(near[:OFFERED]), also=also)
        return Answer(kind="unknown", topics=_scored(near))

    def _is_clear(self, ranked: Sequence[Match]) -> bool:
        """Whether the first may be answered at once."""
        first, second = ranked[0].score, ranked[1].score if len(ranked) > 1 else 0.0
        return first - second >= AHEAD

    def _ours(self, text: str, elsewhere: Match, ranked: Sequence[Match]) -> str:
        """The nearest topic of the programme, where the words name it, or a thing of its own, beside
        another office's matter: 户口迁走了还能申请危改不, 墙裂了找谁修."""
        ours = [match.slug for match in self._of_ours(ranked)]
        if self._names_us(text):
            return next(iter(ours), "")
        things = self._faq.things(text) - self._faq.speaks_of(elsewhere.slug)
        return next((slug for slug in ours if things & self._faq.speaks_of(slug)), "")

    def _names_us(self, text: str) -> bool:
        clear = normalise(text)
        return any(word in clear for word in self.lexicon.ours)

    def _is_ours(self, text: str, near: Sequence[Match]) -> bool:
        """Whether it names the programme, or things that a topic near it speaks of."""
        things = self._faq.things(text)
        return self._names_us(text) or any(things & self._faq.speaks_of(m.slug) for m in near)

    def _paid(self, near: Sequence[Match]) -> str:
        """Whoever tells both how many they are and which grade the house is asks what she gets."""
        topics = self.content.topics
        return next((m.slug for m in near if "subsidy" in topics[m.slug].needs), "")

    def answer_for(
        self, slug: str, *, today: date, county: str = "", household: Household = NOBODY
    ) -> Answer:
        """What the topic says to somebody of this county (a code, or nothing) and household, or, where
        its text may not be shown, the honest sentence."""
        topic = self.content.topics[slug]
        score = ((slug, 1.0),)
        if not topic.stands(today):
            honest = self.content.texts("answer.county_slot" if topic.needs else "answer.draft")
            return Answer(
                kind="answer", topics=score, answer=honest, parts=Parts(sure=honest), helpful=False,
                county=county,
            )  # fmt: skip
        told = self.content.county(county).told(topic.needs, today, self.content.texts, household)
        parts = self._parts(topic, today, county, told)
        papers = (topic.later_source, topic.source) if topic.changed(today) else (topic.source,)
        more = self.content.texts("mark.more")
        cited = (one for paper in papers for one in paper.split(more))
        sources = dict.fromkeys((*cited, *(source for each in told for source in each.sources)))
        return Answer(
            kind="answer", topics=score, answer=parts.said(self.content.texts), parts=parts,
            source=more.join(sources), reviewed=topic.reviewed_by(today), county=county, household=household,
        )  # fmt: skip

    def _parts(self, topic: Topic, today: date, county: str, told: Sequence[Told]) -> Parts:
        """Where the rule changed, the newer is what is sure; other places are told of only where
        nothing is known of hers."""
        changed, of = topic.changed(today), self.content.county(county)
        decided = tuple(each.text for each in told)
        return Parts(
            sure=topic.later if changed else topic.answer,
            before=topic.answer if changed else "",
            county=self.gazetteer.name(county) if county else "",
            demo=of.demo,
            unchecked=not all(each.is_checked for each in told),
            decided=decided,
            examples=() if decided else topic.examples_by(today),
            silent=bool(county and topic.needs),
            phone=self.content.reach(county, today).phone if PHONE in topic.needs else "",
            steps=topic.steps,
            old=0 if decided else topic.old_rule(today),
            nearer=None if county else self._nearer(topic, today),
        )

    def _nearer(self, topic: Topic, today: date) -> tuple[str, str] | None:
        """To who named no county: one whose facts are known, and the question."""
        needs = tuple(need for need in topic.needs if need != PHONE)
        with_facts = (c for c in self.content.counties.values() if c.known(needs, today))
        near = next(with_facts, None)
        return (self.gazetteer.name(near.code), topic.question.rstrip("?")) if near else None

    def near(self, text: str) -> list[Match]:
        """The topics nearest to a question, best first, whatever would be answered to it."""
        text = text[:LONGEST]
        _, asked = self.gazetteer.without_county(normalise(text)[:LONGEST])
        return self._faq.match(asked if letters(asked) else text)

    def nearest(self, text: str, county: str = "") -> Answer:
        """The topics that a text may ask about, offered and not told; none where nothing is near."""
        near = [match for match in self.near(text) if match.score >= FAINT][:OFFERED]
        return Answer(kind="choices", topics=_scored(near), county=county)

    def says_what(self, text: str) -> bool:
        """Whether the words that began a report tell what happened."""
        return triage.says_what(text[:LONGEST], self.lexicon)

    def beside(self, text: str) -> tuple[str, ...]:
        """What a message that was not understood may be, the most pressing first: "urgent",
        "retaliation", "report"."""
        return triage.beside(text[:LONGEST], self.lexicon)

    def is_threat(self, text: str) -> bool:
        """Whether these words tell of a threat against the reporter, or that her name is out."""
        return triage.is_retaliation(text[:LONGEST], self.lexicon)

    def is_despair(self, text: str) -> bool:
        """Whether these words tell of somebody who may end a life."""
        return triage.is_despair(text[:LONGEST], self.lexicon)

    def is_danger(self, text: str) -> bool:
        """Whether these words tell of a house that may come down now."""
        return triage.is_danger(text[:LONGEST], self.lexicon)

    def facts(self, text: str, *, today: date) -> Facts:
        """What a story says, for reading back, of no more than `LONGEST_REPORT` letters. What is longer
        than one message is read in parts: nobody who is named at its end is missed."""
        parts = [self._facts(part, today) for part in _parts(text)]
        return Facts.together(parts) if len(parts) > 1 else parts[0]

    def _facts(self, text: str, today: date) -> Facts:
        words = self.lexicon
        clear = normalise(text.replace("\n", "。"))[:LONGEST]  # one sign can stand for six
        ranked = triage.categories(clear, words)
        place = self.gazetteer.find(clear)
        accused = self._named(clear)
        amounts, dates = money.amounts(clear), words.times.dates(clear)
        evidence = particulars.evidence(clear, words.evidence)
        found = {
            "who": bool(accused), "what": bool(ranked), "where": bool(place.code),
            "when": bool(dates), "how_much": bool(amounts), "evidence": bool(evidence),
        }  # fmt: skip
        return Facts(
            kind=triage.kind(clear, ranked, words),
            categories=ranked[:4],
            misconduct=triage.misconduct(ranked, words),
            place=PlaceNamed(
                county=place.county, township=place.township, village=place.village, code=place.code
            ),
            accused=accused,
            amounts=amounts,
            dates=dates,
            people=particulars.people(clear),
            evidence=evidence,
            identity=self.lexicon.identity.words_in(text),
            danger=triage.is_danger(clear, words),
            threat=triage.is_retaliation(clear, words),
            missing=tuple(name for name, there in found.items() if not there),
        )

    def accused(self, text: str) -> tuple[Accused, ...]:
        """Everybody whom a text added later names as doing it."""
        named = (
            self._named(normalise(part.replace("\n", "。"))[:LONGEST]) for part in _parts(text)
        )
        return tuple(dict.fromkeys(chain.from_iterable(named)))

    def answered_whom(self, text: str) -> tuple[Accused, ...]:
        """The same of an answer to who did it: to be named there is enough (还有王科长), unless only to say
        that it was not he (不是支书,是会计)."""
        clear = normalise(text[:LONGEST].replace("\n", "。"))[:LONGEST]
        words, before = self.lexicon.who, self.gazetteer.name_before
        named = (*self.lexicon.named(clear, before), *words.named(clear, before))
        return self._strictest([each for each in named if not words.denies(clear, each)])

    def _named(self, clear: str) -> tuple[Accused, ...]:
        """Everybody named as doing it, the strictest first; an office of our own tree by its id."""
        return self._strictest(self.lexicon.named(clear, self.gazetteer.name_before))

    def _strictest(self, mentions: Sequence[Mention]) -> tuple[Accused, ...]:
        ours = self.content.organisation.housing_at
        known = (
            replace(m, accused=replace(m.accused, unit=ours[m.place])) if m.place in ours else m
            for m in mentions
        )
        return tuple(m.accused for m in strictest_first(tuple(known)))


def _parts(text: str) -> list[str]:
    """As much of the text as a report takes, in pieces that are understood at once, cut where a line or
    a sentence ends."""
    parts, text = list[str](), text[:LONGEST_REPORT]
    while len(text) > LONGEST:
        head = text[:LONGEST]
        cut = max(head.rfind("\n"), head.rfind("。")) + 1
        cut = cut if cut > LONGEST // 2 else LONGEST
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text]


def _is_likely(answer: Answer) -> bool:
    """Whether the first of what is offered was found by her words, and no other is as near."""
    first, second, *_ = [*(score for _, score in answer.topics), 0.0, 0.0]
    return answer.kind == "choices" and first >= TOLD and first > second


def _scored(matches: Sequence[Match]) -> tuple[tuple[str, float], ...]:
    return tuple((match.slug, round(match.score, 3)) for match in matches)


#: What is known now. Asked anew at each message: an office changes its content while the house runs.
Knowing = Callable[[], Understanding]
