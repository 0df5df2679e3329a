"""Content as frozen values: topics, the sentences the bot says, contacts. Read by `runtime`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from casework.county import County
from casework.deadlines import Policy, WorkCalendar
from casework.offices import Organisation
from casework.receipts import shown
from casework.refusals import Refusal
from casework.rules import Rules
from casework.step_texts import StepTexts
from casework.workdays import SHANGHAI

#: An example names the year it is of: 许昌市2017年…, Tarnley 2024: …
YEAR = re.compile(r"(20\d\d)[年:]")
#: What an office sends out is numbered by its year: 豫脱贫办〔2019〕19号. A law is not.
NUMBERED = re.compile(r"[^;〔]{0,40}〔(\d{4})〕")
#: What to do now is two things, or nobody does any.
MOST_STEPS = 2


class TopicRole(StrEnum):
    """What the programme itself does when somebody asks this: the topic's `role` in the content."""

    URGENT = "urgent"  # a house may come down: first aid, then a report
    STATUS = "status"  # how a report is getting on, which its code tells
    HUMAN = "human"  # the phones
    REPORT = "report"  # the way to report begins
    NO_DANGER = "no_danger"  # asked with words of danger in it, it still asks who may apply
    ELSEWHERE = "elsewhere"  # another office's matter: whom to ask
    BEYOND = "beyond"  # any other office's matter, of which nothing more is known
    COMPLAINT = "complaint"  # answered, and a report is offered beside the answer


#: Of these there is one topic each; of the others as many as one likes.
ONE_TOPIC = (
    TopicRole.URGENT, TopicRole.STATUS, TopicRole.HUMAN, TopicRole.REPORT, TopicRole.BEYOND,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One question villagers ask, and its approved, dated, sourced answer.

    `answer` is what is sure; `examples` are other places' figures, each with its place and year,
    for who asks where nothing is known of the county; `steps` are what to do now; `needs` names
    the county's own facts. Where the rule changed, `later` is what holds from `later_from` on."""

    slug: str
    role: TopicRole | None = None
    question: str
    variants: tuple[str, ...]
    answer: str
    source: str = ""
    status: str = "approved"
    region: str = ""
    later: str = ""
    later_from: date | None = None
    later_source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    reviewed_on: date | None = None
    examples: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    see_also: tuple[str, ...] = ()

    def changed(self, today: date) -> bool:
        """Whether the rule of `answer` has given way to the later one."""
        return self.later_from is not None and self.later_from <= today

    def old_rule(self, today: date) -> int:
        """The year of the numbered paper that the rule in force rests on first, once the year since
        which it is held is past, as the next such paper may say otherwise. 0 for a law, which holds
        until it is changed, and for what no paper decides."""
        changed = self.changed(today)
        since = self.later_from if changed else self.valid_from
        paper = NUMBERED.match(self.later_source if changed else self.source)
        return int(paper[1]) if paper and since and since.year < today.year else 0

    def examples_by(self, today: date) -> tuple[str, ...]:
        """The examples there were by that day: none is told before its year."""
        years = (YEAR.search(example) for example in self.examples)
        dated = zip(self.examples, years, strict=True)
        return tuple(said for said, year in dated if year and int(year[1]) <= today.year)

    def reviewed_by(self, today: date) -> date | None:
        """When its text was compared with its source; None where that was later than `today`."""
        return self.reviewed_on if self.reviewed_on and self.reviewed_on <= today else None

    def stands(self, today: date) -> bool:
        """Whether its text may be shown: approved, sourced, and not past its day."""
        in_force = self.valid_to is None or today <= self.valid_to
        return self.status == "approved" and bool(self.source) and in_force


class Texts:
    """Every sentence said to a person, by key; a missing key is an error, never a blank."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table = dict(table)

    def __call__(self, key: str, /, **slots: object) -> str:
        text = self._table[key]
        return text.format(**slots) if slots else text

    def listed(self, names: Iterable[str]) -> str:
        return self("mark.list").join(names)

    def quoted(self, words: Iterable[str]) -> str:
        return self.listed(self("mark.quoted", words=each) for each in words)

    def cited(self, source: str) -> str:
        """A source as it is said aloud, each paper once: in the folder's words for its number, without
        its clauses, or, where there are none, as it is written."""
        lines = (line.partition(" ") for line in self("ask.papers").splitlines())
        aloud, more = {number: words for number, _, words in lines}, self("mark.more")
        papers = (aloud.get(one.partition(" ")[0], one) for one in source.split(more))
        return more.join(dict.fromkeys(papers))

    def moment(self, at: datetime) -> str:
        """A moment as it is said to a villager: 4月30日 17:30."""
        return self("mark.moment", at=at.astimezone(SHANGHAI))

    def day(self, at: datetime) -> str:
        """The day of it alone, as people keep a date: 4月30日."""
        return self("mark.day", at=at.astimezone(SHANGHAI))

    def dated(self, at: datetime) -> str:
        """The same with its year."""
        return self("mark.dated", at=at.astimezone(SHANGHAI))

    def aloud(self, code: str) -> str:
        """A receipt's code as it is read aloud, digit by digit."""
        digits = self("mark.digits").split()
        apart = "" if max(map(len, digits)) == 1 else " "
        groups = (apart.join(digits[int(each)] for each in group) for group in shown(code).split())
        return f",{apart}".join(groups)

    def state(self, status: str, plain: str) -> str:
        """How her matter stands; `plain` is what is said where the folder has no words of its own."""
        return self._table.get(f"state.{status}", plain)

    def refused(self, refusal: Refusal) -> str:
        """A refusal in the folder's own words (`refused.<key>`), else in those it came with."""
        own = self._table.get(f"refused.{refusal.key}")
        if not own:
            return refusal.sentence
        slots = {
            name: self.listed(map(str, each)) if isinstance(each, tuple) else each
            for name, each in refusal.slots.items()
        }
        return own.format(**slots)

    def __contains__(self, key: object) -> bool:
        return key in self._table

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A public number and what it takes, in one sentence."""

    number: str
    name: str
    takes: str


@dataclass(frozen=True, kw_only=True)
class Reach:
    """A county's phone and letter box, '' where nobody entered one; `marks` are the keys of the texts
    that say how far they are to be trusted."""

    phone: str = ""
    letter_box: str = ""
    marks: tuple[str, ...] = ()

    def marked(self, texts: Texts) -> str:
        return "".join(map(texts, self.marks))


@dataclass(frozen=True, kw_only=True)
class Content:
    """One programme: what `content/henan-2019` says, read once and never changed."""

    version: str  # digest of the files, so that every process can see a change
    topics: Mapping[str, Topic]
    concepts: Mapping[str, tuple[str, ...]]
    texts: Texts
    organisation: Organisation
    policy: Policy
    counties: Mapping[str, County] = field(default_factory=dict)  # code → what is known of it
    rules: Rules = field(default_factory=Rules)
    steps: StepTexts = field(default_factory=StepTexts)
    contacts: tuple[Contact, ...] = ()
    categories: Mapping[str, str] = field(default_factory=dict)  # id → Chinese label
    lexicon: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # triage word lists
    batch_day: int = 3
    batch_hour: int = 8

    def topic_of(self, role: TopicRole) -> str:
        """The slug of the topic of a role there is one of. Raises `StopIteration` where there is none,
        which a folder that was read does not come to."""
        return next(slug for slug, topic in self.topics.items() if topic.role is role)

    def reach(self, county: str, today: date) -> Reach:
        """How a county is reached: what it entered, else what stands with its bureau."""
        unit, of = self.organisation.county_unit(county), self.county(county)
        entered = [f for f in (of.facts.get("phone"), of.facts.get("letter_box")) if f]
        return Reach(
            phone=of.words("phone", today) or (unit.report_phone if unit else ""),
            letter_box=of.words("letter_box", today) or (unit.letter_box if unit else ""),
            marks=(
                *(("answer.demo",) if of.demo else ()),
                *(("answer.unchecked",) if not all(f.is_checked for f in entered) else ()),
            ),
        )

    def county(self, code: str) -> County:
        """What is known of a county: nothing, where nobody entered anything."""
        return self.counties.get(code) or County(code=code)


@dataclass(frozen=True)
class Standing:
    """What is in force at a moment: the programme, and its working days."""

    content: Content
    calendar: WorkCalendar


#: What is in force now. Asked anew wherever it is used: an office changes it while the house runs.
InForce = Callable[[], Standing]
