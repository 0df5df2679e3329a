"""A villager reports something: asked only what the first message did not say, read back, filed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.dialogues import plain_words as plain
from bot.dialogues.choices import (
    CUT,
    DECLINED,
    ELSEWHERE,
    KEEP,
    NO,
    NOT_THERE,
    SKIP,
    UNCLEAR,
    YES,
    options,
)
from bot.dialogues.outcomes import AddMessage, FileReport
from bot.dialogues.whom import agreed, called, may_accuse, near_to_him, whom
from bot.talk import FILE, Ask, Doubt, Say, choose, choose_and_tell, words
from casework.content import Texts
from casework.reports import Facts, Report
from casework.routing import IN_THE_VILLAGE
from casework.tickets import THREAT, Kind
from nlp.identity import without
from nlp.understanding import Understanding

PERIODS = ("this_month", "last_month", "this_year", "last_year", "earlier", "unclear")

#: Pictures and recordings asked for at one place of the talk.
MOST_FILES = 9


#: What is said beside a yes and takes the place back.
_NOT_SO = re.compile(r"不是|\bnot\b|n't\b", re.I)


@dataclass(frozen=True)
class Heard:
    """What the first message already told."""

    text: str = ""
    blobs: tuple[str, ...] = ()
    facts: Facts = field(default_factory=Facts)
    place: str = ""  # named by a scanned code or a position; proposed, never assumed


async def report_a_problem(
    knows: Understanding, promise: str, heard: Heard, today: date
) -> FileReport | None:
    """What the villager tells, asked only as far as the first message left open."""
    texts = knows.content.texts
    await Say(promise)

    blobs = list(heard.blobs)
    story = heard.text
    if not knows.says_what(story):
        said, held = await tell(texts, already=bool(blobs))
        story, blobs = "\n".join(filter(None, (story, said))), [*blobs, *held]
    facts = knows.facts(story, today=today)
    story, facts = await without_her_name(knows, story, facts, today)

    county, place = await where(knows, facts, heard.place)
    when = facts.dates[0] if facts.dates else await period(texts)
    about, also, floor = facts.accused, False, ""
    if may_accuse(facts):
        about, more = await whom(knows, facts.accused)
        if more:
            said = "\n".join(more)
            said, _ = await without_her_name(knows, said, knows.facts(said, today=today), today)
            story = f"{story}\n{said}"
            facts = knows.facts(story, today=today)
        also = await to_the_discipline_office(texts)
        floor = await near_to_him(texts, about)
    blobs += await photos(texts, already=bool(blobs))

    report = make(story, replace(facts, accused=about), county, place, when, also)
    summary = read_back(knows, report, len(blobs))
    agreed_to = await agreed(texts, replace(report, floor=floor), summary, promise)
    if agreed_to is None:
        await Say(texts("report.dropped"))
        return None
    return FileReport(agreed_to, tuple(blobs))


async def tell(texts: Texts, *, already: bool) -> tuple[str, list[str]]:
    """(her words, held files): pictures may come first, and the words with one of them or after."""
    held: list[str] = []
    while True:
        seen = already or bool(held)
        answer = await Ask(
            f"story {len(held) + 1}" if held else "story",
            texts("report.what_of_it" if seen else "report.what"),
            options(texts, "story", (SKIP,)) if seen else (),
            media=len(held) < MOST_FILES,
            plain=plain.NOTHING_TO_ADD if seen else None,
        )
        if not answer.startswith(FILE):
            return "" if answer == SKIP else answer, held
        blob, _, said = answer.removeprefix(FILE).partition("\n")
        held.append(blob)
        if said:
            return said, held


async def without_her_name(
    knows: Understanding, story: str, facts: Facts, today: date
) -> tuple[str, Facts]:
    """Offer to leave out what would tell who she is; her word decides."""
    if not facts.identity:
        return story, facts
    texts = knows.content.texts
    shown = texts.quoted(facts.identity)
    question, sides = texts("report.identity", words=shown), options(texts, "identity", (CUT, KEEP))
    if await choose("identity", question, sides, plain.OUT_OF_IT) == KEEP:
        return story, facts
    story = without(story, facts.identity)
    return story, knows.facts(story, today=today)


async def where(knows: Understanding, facts: Facts, here: str = "") -> tuple[str, str]:
    """(county code, most precise code); '' when she does not know or does not say."""
    if facts.place.county:
        return facts.place.county, facts.place.code
    texts, attempt = knows.content.texts, 0
    if here:
        name = knows.gazetteer.full_name(here)
        question = texts("report.here", place=name)
        if await choose("here", question, options(texts, "here", (YES, NO)), plain.HERE) == YES:
            return here[:6], here
    question = texts("report.where")
    while attempt < 3:
        attempt += 1
        offered = ((SKIP, texts("report.unclear")),)
        typed = await words(
            f"place {attempt}", question, options=offered, plain=plain.UNKNOWN_PLACE
        )
        if typed == SKIP:
            break
        found = knows.gazetteer.search(typed)
        if len(found) == 1 and len(found[0][0]) >= 6:
            return found[0][0][:6], found[0][0]
        if found:
            several = (*found, (SKIP, texts("report.none_of_these")))
            code = await choose(
                f"which {attempt}", texts("report.which"), several, plain.NONE_OF_THESE
            )
            if code != SKIP:
                return code[:6], code
        question = texts("report.where_again")
    return "", ""


async def period(texts: Texts) -> str:
    offered = options(texts, "when", PERIODS)
    chosen = await words("when", texts("report.when"), options=offered, plain=plain.UNKNOWN)
    return texts(f"report.choice.when.{chosen}") if chosen in PERIODS else chosen


async def to_the_discipline_office(texts: Texts) -> bool:
    """What is a clue is the reporter's word."""
    answer = await choose(
        "office", texts("report.also_discipline"), options(texts, "office", (YES, NO)), plain.OFFICE
    )
    return answer == YES


async def photos(texts: Texts, *, already: bool) -> list[str]:
    """Pictures and recordings, one after the other, until she says that is all."""
    held: list[str] = []
    question = texts("report.photos_more" if already else "report.photos")
    while len(held) < MOST_FILES:
        answer = await Ask(
            f"photo {len(held) + 1}",
            question,
            options(texts, "photo", (SKIP,)),
            free=False,
            media=True,
            plain=plain.FILES,
            waits=texts("report.photos_wait"),
        )
        if not answer.startswith(FILE):
            break
        held.append(answer.removeprefix(FILE).partition("\n")[0])
        question = texts("report.photos_got", n=len(held))
    return held


def read_back(knows: Understanding, report: Report, files: int) -> str:
    """What was understood, in her own terms."""
    texts, facts = knows.content.texts, report.facts
    place = knows.gazetteer.full_name(report.place or report.county)
    lines = [texts("report.line.place", place=place or texts("report.unclear"))]
    if report.when:
        lines.append(texts("report.line.when", when=report.when))
    if label := knows.content.categories.get(facts.category, "") if facts.categories else "":
        lines.append(texts("report.line.what", what=label))
    if report.accused:
        shown = texts.listed(called(texts, each) for each in report.accused)
        lines.append(texts("report.line.whom", whom=shown))
    if facts.amounts:
        sums = texts.listed(texts("mark.money", amount=each) for each in facts.amounts)
        lines.append(texts("report.line.money", money=sums))
    if files:
        lines.append(texts("report.line.files", n=files))
    lines.append(texts(f"report.line.office_{'yes' if report.to_discipline else 'no'}"))
    return "\n".join(lines)


def make(story: str, facts: Facts, county: str, place: str, when: str, also: bool) -> Report:
    kind = facts.kind or (Kind.CLUE if also else Kind.SERVICE)
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
    texts = knows.content.texts
    village = any(each.role in IN_THE_VILLAGE for each in heard.facts.accused)
    await Say(texts("danger.first") if village else texts("danger.first_and_village"))
    place = heard.place or heard.facts.place.code
    answer, told = await anybody_there(knows, place)
    if answer in (NO, DECLINED):
        await Say(texts("danger.keep_out" if answer == NO else "danger.declined"))
        return None
    await Say(promise)
    said = [line for line in told if not line.startswith(FILE)]
    files = [line.removeprefix(FILE) for line in told if line.startswith(FILE)]
    here = place if answer == YES and not another_place(knows, place, said, today) else ""
    story = "\n".join((heard.text, *said))
    made = in_danger(story, knows.facts(story, today=today), here[:6], here)
    return FileReport(made, (*heard.blobs, *files), ask_place=not here)


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
            "anybody", question, offered, plain.ANYBODY_AT, keeps, doubt=Doubt(UNCLEAR, again)
        )
        if answer != NOT_THERE:
            return answer, told
    doubt = Doubt(UNCLEAR, again, tries=1 if place else 2)
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
    county, place = await where(knows, Facts())
    if not county:
        return None
    name = knows.gazetteer.full_name(place or county)
    return AddMessage(ticket, knows.content.texts("report.line.place", place=name))
