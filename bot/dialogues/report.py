"""A villager reports something: asked only what the first message did not say, read back, filed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain

from bot.dialogues import plain_words as plain
from bot.dialogues.choices import (
    CUT,
    DECLINED,
    DROP,
    ELSEWHERE,
    KEEP,
    NO,
    NONE,
    NOT_THERE,
    SEND,
    SKIP,
    UNCLEAR,
    YES,
    options,
)
from bot.dialogues.outcomes import AddMessage, FileReport
from bot.dialogues.whom import agreed, called, is_new, may_accuse, near_to_him, whom
from bot.talk import Ask, Doubt, Say, beneath, choose, choose_and_tell, read, words
from casework.content import Texts
from casework.reports import Accused, Facts, Report
from casework.routing import IN_THE_VILLAGE
from casework.tickets import THREAT, Kind
from nlp.identity import without
from nlp.understanding import Understanding

PERIODS = ("this_month", "last_month", "this_year", "last_year", "earlier", "unclear")

#: Letters of a story that are read back.
LONGEST_READ_BACK = 200
#: So many households or persons are more than one family: it is a pattern that is told of.
MANY = 10
#: Under which a position that was sent lies among the answers, though nothing asked for it.
POSITION = "position"
#: What is said beside a yes and takes the place back.
_NOT_SO = re.compile(r"不是|\bnot\b|n't\b", re.I)


@dataclass(frozen=True)
class Heard:
    """What was told so far: the first words, all that was said beside the answers, and files."""

    text: str = ""
    told: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    place: str = ""  # named by a scanned code or a position; proposed, never assumed
    position: str = ""  # one in which no place of ours was found, as it was sent
    by_numbers: bool = False  # the recording is the story, and numbers must be enough
    since: tuple[str, ...] = ()  # what she said before it, some of it perhaps how it begins

    def begins(self, knows: Understanding) -> str:
        """Of what she said before, that which tells something."""
        return story_of(*filter(knows.says_what, self.since))

    def story(self, knows: Understanding) -> str:
        return story_of(self.begins(knows), self.text, *self.told)


def story_of(*lines: str) -> str:
    """Line by line, each once."""
    every = chain.from_iterable(each.split("\n") for each in lines)
    return "\n".join(dict.fromkeys(filter(None, every)))


def said_before(knows: Understanding, heard: Heard) -> str:
    """The rest of what she said before: it goes along, and nothing is understood from it."""
    rest = [each for each in heard.since if not knows.says_what(each)]
    return knows.content.texts("report.before", words=" / ".join(rest)) if rest else ""


@dataclass(frozen=True)
class Spot:
    """Where it is: codes, '' where she does not know or does not say; and her own words for it, which
    may say more."""

    county: str = ""
    code: str = ""  # the most precise one
    told: str = ""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What she told, question by question, until she hands it in."""

    story: str
    facts: Facts
    spot: Spot
    when: str
    about: tuple[Accused, ...] = ()
    also: bool = False  # to the discipline office too
    floor: str = ""
    urgent: bool = False
    files_from: int = 0  # files before this one she took out again


async def report_a_problem(
    knows: Understanding, promise: str, heard: Heard, today: date
) -> FileReport | None:
    """What the villager tells, asked only as far as the first message left open. What is no answer to a
    question is part of the story, which may bring another question before it."""
    await Say(promise)

    told = heard.told or heard.by_numbers
    if not (told or knows.says_what(heard.text)):
        await what_happened(knows.content.texts, bool(heard.files))
    story = heard.story(knows)
    facts = knows.facts(story, today=today)
    asked = what_is_missing(knows, heard, story, facts, today)
    return await handed_in(
        knows, promise, heard, await beneath(of_her_house(knows, facts), asked), today
    )


def of_her_house(knows: Understanding, facts: Facts) -> str:
    """What she is told before anything is asked in a matter of her own house: who works on it must know
    which one, and may guess who she is. '' in any other: of many houses nobody asks which is hers."""
    hers = facts.category in knows.content.rules.own_house and (facts.people or 0) < MANY
    return knows.content.texts("report.her_house") if hers else ""


async def what_is_missing(
    knows: Understanding, heard: Heard, story: str, facts: Facts, today: date
) -> Told:
    story, facts = await without_her_name(knows, story, today, facts)
    lines = (*heard.since, *filter(knows.says_what, (heard.text, *heard.told)))
    facts = replace(facts, accused=everybody(knows, facts.accused, lines))

    spot = await where(knows, facts, heard.place, by_numbers=heard.by_numbers, story=story)
    # Who is in danger is asked no more than must be; beside a long story it is easily not heard.
    urgent = facts.kind is Kind.URGENT or any(map(knows.is_danger, (heard.text, *heard.told)))
    when = facts.dates[0] if facts.dates else "" if urgent else await period(knows, today)
    told = Told(story=story, facts=facts, spot=spot, when=when, about=facts.accused, urgent=urgent)
    if may_accuse(facts):
        told = await told_whom(knows, told, today)
    if not urgent:
        await photos(knows.content.texts, len(heard.files))
    return told


async def told_whom(knows: Understanding, told: Told, today: date) -> Told:
    """Whom it is about, and who else may read it; what she says beside it is part of the story."""
    texts = knows.content.texts
    about, more = await whom(knows, told.facts.accused)
    if more:
        said, _ = await without_her_name(knows, story_of(*more), today)
        story = story_of(told.story, said)
        told = replace(told, story=story, facts=knows.facts(story, today=today))
    also = await to_the_discipline_office(texts)
    return replace(told, about=about, also=also, floor=await near_to_him(texts, about))


async def handed_in(
    knows: Understanding, promise: str, heard: Heard, told: Told, today: date
) -> FileReport | None:
    """Read back, and one line changed after the other, until she hands it in or drops it."""
    texts = knows.content.texts
    while True:
        files = heard.files[told.files_from :]
        report = await as_it_stands(knows, heard, told, today)
        summary = read_back(knows, report, len(files))
        decision, report = await agreed(texts, report, summary, promise)
        if decision == DROP:
            await Say(texts("report.dropped"))
            return None
        if decision == SEND:
            return FileReport(report, files)
        told = await changed(knows, heard, replace(told, floor=report.floor), today)


async def as_it_stands(knows: Understanding, heard: Heard, told: Told, today: date) -> Report:
    """The report as it would be filed now."""
    texts, spot = knows.content.texts, told.spot
    where_told, _ = await without_her_name(knows, spot.told, today)
    whole = story_of(told.story, where_told, position_sent(texts, heard), said_before(knows, heard))
    facts = replace(told.facts, accused=told.about)
    report = make(whole, facts, spot.county, spot.code, told.when, told.also)
    kind = Kind.URGENT if told.urgent else report.kind
    return replace(report, kind=kind, floor=told.floor)


async def changed(knows: Understanding, heard: Heard, told: Told, today: date) -> Told:
    """One line of the read-back told otherwise."""
    texts, files = knows.content.texts, heard.files[told.files_from :]
    line, n = await which_line(texts, heard, files, accuses=may_accuse(told.facts))
    match line:
        case "place":
            spot = await where(knows, Facts(), by_numbers=heard.by_numbers)
            return replace(told, spot=spot)
        case "when":
            return replace(told, when=await period(knows, today))
        case "whom":
            about, more = await whom(knows, ())
            floor = await near_to_him(texts, about) or told.floor
            return replace(told, about=about, story=story_of(told.story, *more), floor=floor)
        case "office":
            return replace(told, also=await to_the_discipline_office(texts))
        case "story":
            return await with_another_story(knows, told, today)
        case "files":
            return replace(told, files_from=n)
    return told


async def with_another_story(knows: Understanding, told: Told, today: date) -> Told:
    """Whom she named before stays named; whom the new story names is read back with them."""
    story, facts = await told_anew(knows, told.story, today)
    about = told.about
    if may_accuse(facts):
        about = (*about, *(each for each in facts.accused if is_new(each, about)))
        about, more = await whom(knows, about)
        story = story_of(story, *more)
    return replace(told, story=story, facts=facts, about=about)


async def which_line(
    texts: Texts, heard: Heard, files: Sequence[str], *, accuses: bool
) -> tuple[str, int]:
    """(the line of the read-back that is not right, by its name, or none of them; how many files there
    were then: others may come after it)."""
    lines = ["story", "place", "when", *(("whom", "office") if accuses else ())]
    lines += ["files"] if files else []
    sides = [
        (f"{line} {len(heard.files)}", label)
        for line, label in options(texts, "change", (*lines, NONE))
    ]
    answer = await read(
        "change", texts("report.change"), lambda said: None, options=sides, plain=plain.CHANGED
    )
    line, _, n = answer.partition(" ")
    return line, int(n or 0)


async def told_anew(knows: Understanding, story: str, today: date) -> tuple[str, Facts]:
    """Her story in other words, or as it was. Whom she named before stays named until she says no."""
    texts = knows.content.texts
    keep = options(texts, "story_anew", (KEEP,))
    said = await words("story anew", texts("report.story_anew"), options=keep)
    return await without_her_name(knows, story if said == KEEP else said, today)


def everybody(
    knows: Understanding, named: Sequence[Accused], told: Sequence[str]
) -> tuple[Accused, ...]:
    """Those the whole story names, and those one of these messages names by itself."""
    found = list(named)
    for line in told:
        found += [each for each in knows.accused(line) if is_new(each, found)]
    return tuple(found)


def position_sent(texts: Texts, heard: Heard) -> str:
    return texts("report.position", place=heard.position) if heard.position else ""


async def what_happened(texts: Texts, seen: bool) -> None:
    """Whatever she says to it is the story, and it is asked no more; pictures may have come first."""
    await Ask(
        "story",
        texts("report.what_of_it" if seen else "report.what"),
        options(texts, "story", (SKIP,)) if seen else (),
        free=False,
        plain=plain.NOTHING_TO_ADD if seen else None,
        files=True,
        story=True,
    )


async def without_her_name(
    knows: Understanding, story: str, today: date, facts: Facts | None = None
) -> tuple[str, Facts]:
    """Offer to leave out what would tell who she is; her word decides. What the rest tells goes along."""
    facts = facts or knows.facts(story, today=today)
    if not facts.identity:
        return story, facts
    texts = knows.content.texts
    shown = texts.quoted(facts.identity)
    question, sides = texts("report.identity", words=shown), options(texts, "identity", (CUT, KEEP))
    key = f"identity {shown}"  # what she tells later may be asked about too
    if await choose(key, question, sides, plain.OUT_OF_IT) == KEEP:
        return story, facts
    story = without(story, facts.identity)
    return story, knows.facts(story, today=today)


async def where(
    knows: Understanding, facts: Facts, here: str = "", *, by_numbers: bool = False, story: str = ""
) -> Spot:
    """The place she told, or one that is proposed and right, or else asked for. A county that her `story`
    misspells is offered first."""
    if facts.place.county:
        return Spot(facts.place.county, facts.place.code)
    texts, gazetteer = knows.content.texts, knows.gazetteer
    if here:
        question = texts("report.here", place=gazetteer.full_name(here))
        if await choose("here", question, options(texts, "here", (YES, NO)), plain.HERE) == YES:
            return Spot(here[:6], here)
    if by_numbers:
        return await where_by_number(knows)
    if misspelt := gazetteer.sounding_in(story):
        code = await is_it_one_of(knows, "misspelt", misspelt)
        if code in gazetteer:
            return Spot(code[:6], code)
        if code != SKIP:
            return await where_in_her_words(knows, code)
    return await where_in_her_words(knows)


async def where_in_her_words(knows: Understanding, typed: str = "") -> Spot:
    """Asked until a place is found in her words, three times at most; some may be `typed` already."""
    texts, gazetteer = knows.content.texts, knows.gazetteer
    question, told = texts("report.where"), ""
    for _ in range(2):
        typed = typed or await read(
            "place",
            question,
            partial(names_a_place, knows),
            options=((SKIP, texts("report.unclear")),),
            plain=plain.UNKNOWN_PLACE,
            doubt=Doubt(SKIP, again=texts("report.where_again"), tries=3),
        )
        if typed == SKIP:
            break
        told = story_of(told, gazetteer.beyond(typed))
        misspelt, found = gazetteer.sounding_like(typed), gazetteer.search(typed)
        if not misspelt and len(found) == 1 and len(found[0][0]) >= 6:
            return Spot(found[0][0][:6], found[0][0], told)
        code = await is_it_one_of(knows, "which", misspelt or found, sounds=bool(misspelt))
        if code in gazetteer:
            return Spot(code[:6], code, told)
        question, typed = texts("report.where_again"), "" if code == SKIP else code
    return Spot(told=told)


def names_a_place(knows: Understanding, said: str) -> str | None:
    found = knows.gazetteer.search(said) or knows.gazetteer.sounding_like(said)
    return said if found else None


async def is_it_one_of(
    knows: Understanding, key: str, places: Sequence[tuple[str, str]], *, sounds: bool = True
) -> str:
    """The code of one of these places, SKIP for none of them, or her words that name another one."""
    texts = knows.content.texts
    return await read(
        key,
        texts("report.is_it" if sounds else "report.which"),
        partial(names_a_place, knows),
        options=(*places, (SKIP, texts("report.none_of_these"))),
        plain=plain.NONE_OF_THESE,
    )


async def where_by_number(knows: Understanding) -> Spot:
    """The city and then the county, each by its number."""
    texts, gazetteer = knows.content.texts, knows.gazetteer
    unclear = (SKIP, texts("report.unclear"))
    of_city = {
        city: [each for each in gazetteer.counties() if each[0].startswith(city)]
        for city, _ in gazetteer.cities()
    }
    names = [
        (city, of_city[city][0][1] if len(of_city[city]) == 1 else name)
        for city, name in gazetteer.cities() if of_city[city]
    ]  # fmt: skip
    city = await choose("city", texts("report.which_city"), (*names, unclear), plain.UNKNOWN_PLACE)
    counties = of_city.get(city, [])
    if len(counties) > 1:
        sides = (*counties, unclear)
        county = await choose("county", texts("report.which_county"), sides, plain.UNKNOWN_PLACE)
    else:
        county = counties[0][0] if counties else SKIP
    return Spot() if county == SKIP else Spot(county, county)


async def period(knows: Understanding, today: date) -> str:
    """Her own words for it, or one of the periods."""
    texts = knows.content.texts
    chosen = await read(
        "when",
        texts("report.when"),
        lambda said: said if knows.facts(said, today=today).dates else None,
        options=options(texts, "when", PERIODS),
        plain=plain.UNKNOWN,
        doubt=Doubt("unclear", again=texts("report.when_again")),
    )
    return texts(f"report.choice.when.{chosen}") if chosen in PERIODS else chosen


async def to_the_discipline_office(texts: Texts) -> bool:
    """What is a clue is the reporter's word."""
    question, sides = texts("report.also_discipline"), options(texts, "office", (YES, NO))
    return await choose("office", question, sides, plain.OFFICE, doubt=Doubt(YES)) == YES


async def photos(texts: Texts, n: int) -> None:
    """Pictures and recordings, until she says that is all; `n` came so far, whenever that was."""
    await Ask(
        "photos",
        texts("report.photos_got", n=n) if n else texts("report.photos"),
        options(texts, "photo", (SKIP,)),
        free=False,
        plain=plain.FILES,
        waits=texts("report.photos_wait"),
        doubt=Doubt(SKIP),
        files=True,
    )


def read_back(knows: Understanding, report: Report, files: int) -> str:
    """What was understood, in her own terms."""
    return "\n".join(line for _, line in lines_read_back(knows, report, files))


def lines_read_back(
    knows: Understanding, report: Report, files: int
) -> tuple[tuple[str, str], ...]:
    """The same as (what it is changed by, '' where that follows from the story; the line)."""
    texts, facts = knows.content.texts, report.facts
    place = knows.gazetteer.full_name(report.place or report.county)
    story = texts("report.line.story", words=shortened(report.text)) if report.text else ""
    label = knows.content.categories.get(facts.category, "") if facts.categories else ""
    whom = texts.listed(called(texts, each) for each in report.accused)
    sums = texts.listed(texts("mark.money", amount=each) for each in facts.amounts)
    lines = (
        ("story", story),
        ("place", texts("report.line.place", place=place or texts("report.unclear"))),
        ("when", texts("report.line.when", when=report.when) if report.when else ""),
        ("", texts("report.line.what", what=label) if label else ""),
        ("whom", texts("report.line.whom", whom=whom) if whom else ""),
        ("", texts("report.line.money", money=sums) if sums else ""),
        ("files", texts("report.line.files", n=files) if files else ""),
        ("office", texts(f"report.line.office_{'yes' if report.to_discipline else 'no'}")),
    )
    return tuple((change, line) for change, line in lines if line)


def shortened(story: str) -> str:
    """As much of it as is read again on a phone, and how it ends."""
    if len(story) <= LONGEST_READ_BACK:
        return story
    return f"{story[: LONGEST_READ_BACK - 40]}……{story[-40:]}"


def make(story: str, facts: Facts, county: str, place: str, when: str, also: bool) -> Report:
    kind = facts.kind or (Kind.CLUE if also else Kind.SERVICE)
    answered = {"where": county, "when": when, "who": facts.accused}
    missing = tuple(each for each in facts.missing if not answered.get(each))
    facts = replace(facts, missing=missing)
    return Report(
        text=story, county=county, place=place, kind=kind, category=facts.category,
        to_discipline=also, accused=facts.accused, facts=facts, when=when,
    )  # fmt: skip


def threat(story: str, facts: Facts) -> Report:
    """A threat against the reporter, or a leak of her name: above the county, and to the discipline
    office. A place that was only heard is not used: it is asked after the filing."""
    made = make(story, facts, "", "", "", also=True)
    return replace(made, category=THREAT, floor="city")


def in_danger(story: str, facts: Facts, county: str, place: str) -> Report:
    """A house that may come down on somebody."""
    made = make(story, replace(facts, danger=True), county, place, "", also=False)
    return replace(made, kind=Kind.URGENT, category="safety.imminent")


async def danger(
    knows: Understanding, promise: str, heard: Heard, today: date
) -> FileReport | None:
    """A house that may come down: first out of it, then an urgent report if somebody lives there. Only a
    place she says yes to goes into it; any other is asked after the filing."""
    texts, first = knows.content.texts, knows.facts(heard.text, today=today)
    village = any(each.role in IN_THE_VILLAGE for each in first.accused)
    await Say(texts("danger.first") if village else texts("danger.first_and_village"))
    place = heard.place or first.place.code
    answer, said = await anybody_there(knows, place)
    if answer in (NO, DECLINED):
        await Say(texts("danger.keep_out" if answer == NO else "danger.declined"))
        return None
    await Say(promise)
    told = (*heard.told, *said)
    here = place if answer == YES and not another_place(knows, place, told, today) else ""
    begins, before = heard.begins(knows), said_before(knows, heard)
    story = story_of(begins, heard.text, *told, position_sent(texts, heard), before)
    made = in_danger(story, knows.facts(story, today=today), here[:6], here)
    return FileReport(made, heard.files, ask_place=not here)


async def anybody_there(knows: Understanding, place: str) -> tuple[str, tuple[str, ...]]:
    """(whether somebody is in the house, all she said beside it); asked twice at most. What is not
    understood then is no no: it is not clear, and gets filed."""
    texts = knows.content.texts
    sides, keeps = (YES, NO, UNCLEAR), (YES, ELSEWHERE, NO, UNCLEAR, NOT_THERE, DECLINED)
    again = texts("danger.again")
    told: tuple[str, ...] = ()
    if place:
        question = texts("danger.anybody_at", place=knows.gazetteer.full_name(place))
        offered = options(texts, "danger", (YES, ELSEWHERE, NO, UNCLEAR))
        answer, told = await choose_and_tell(
            "anybody",
            question,
            offered,
            plain.ANYBODY_AT,
            keeps,
            doubt=Doubt(UNCLEAR, again, files=True),
        )
        if answer != NOT_THERE:
            return answer, told
    doubt = Doubt(UNCLEAR, again, tries=1 if place else 2, files=True)
    answer, more = await choose_and_tell(
        "anybody elsewhere" if place else "anybody",
        texts("danger.anybody"), options(texts, "danger", sides), plain.ANYBODY, keeps, doubt=doubt,
    )  # fmt: skip
    return ELSEWHERE if place and answer == YES else answer, (*told, *more)


def another_place(knows: Understanding, place: str, said: Sequence[str], today: date) -> bool:
    """Whether what she says beside her yes names another place, or says that it is not there."""
    more = "。".join(said)
    named = knows.facts(more, today=today).place.code
    return bool(_NOT_SO.search(more)) or (
        bool(named) and not (named.startswith(place) or place.startswith(named))
    )


async def the_place_after(knows: Understanding, ticket: str) -> AddMessage | None:
    """Where it is, for a report that was filed at once; it is added to it."""
    spot = await where(knows, Facts())
    if not spot.county:
        return None
    name = knows.gazetteer.full_name(spot.code or spot.county)
    line = knows.content.texts("report.line.place", place=name)
    return AddMessage(ticket, story_of(line, spot.told))
