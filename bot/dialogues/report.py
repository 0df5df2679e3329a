"""A villager reports something: asked only what the first message did not say, read back, filed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.dialogues.choices import options
from bot.dialogues.outcomes import AddMessage, FileReport
from bot.dialogues.whom import agreed, called, may_accuse, near_to_him, whom
from bot.talk import Ask, Say, choose, words
from casework.content import Texts
from casework.reports import Facts, Report
from casework.routing import IN_THE_VILLAGE
from casework.tickets import Kind
from nlp.identity import without
from nlp.understanding import Understanding

PERIODS = ("this_month", "last_month", "this_year", "last_year", "earlier", "unclear")

#: Marks an answer that is a held file instead of words.
FILE = "file:"

YES, NO, ELSEWHERE = "yes", "no", "elsewhere"
SKIP = "skip"

#: Pictures and recordings asked for at one place of the talk.
MOST_FILES = 9


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
    told, story = story, await without_her_name(texts, story, facts.identity)
    if story != told:
        facts = knows.facts(story, today=today)

    county, place = await where(knows, facts, heard.place)
    when = facts.dates[0] if facts.dates else await period(texts)
    about, also, floor = facts.accused, False, ""
    if may_accuse(facts):
        about = await whom(knows, facts.accused, today)
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
        )
        if not answer.startswith(FILE):
            return "" if answer == SKIP else answer, held
        blob, _, said = answer.removeprefix(FILE).partition("\n")
        held.append(blob)
        if said:
            return said, held


async def without_her_name(texts: Texts, story: str, identity: Sequence[str]) -> str:
    """Offer to leave out what would tell who she is; her word decides."""
    if not identity:
        return story
    shown = "、".join(f"“{each}”" for each in identity)
    answer = await choose(
        "identity",
        texts("report.identity", words=shown),
        options(texts, "identity", ("cut", "keep")),
    )
    if answer == "cut":
        return without(story, identity)
    return story


async def where(knows: Understanding, facts: Facts, here: str = "") -> tuple[str, str]:
    """(county code, most precise code); '' when she does not know or does not say."""
    if facts.place.county:
        return facts.place.county, facts.place.code
    texts, attempt = knows.content.texts, 0
    if here:
        name = knows.gazetteer.full_name(here)
        question = texts("report.here", place=name)
        if await choose("here", question, options(texts, "here", (YES, NO))) == YES:
            return here[:6], here
    question = texts("report.where")
    while attempt < 3:
        attempt += 1
        typed = await words(
            f"place {attempt}", question, options=((SKIP, texts("report.unclear")),)
        )
        if typed == SKIP:
            break
        found = knows.gazetteer.search(typed)
        if len(found) == 1 and len(found[0][0]) >= 6:
            return found[0][0][:6], found[0][0]
        if found:
            several = (*found, (SKIP, texts("report.none_of_these")))
            code = await choose(f"which {attempt}", texts("report.which"), several)
            if code != SKIP:
                return code[:6], code
        question = texts("report.where_again")
    return "", ""


async def period(texts: Texts) -> str:
    chosen = await words("when", texts("report.when"), options=options(texts, "when", PERIODS))
    return texts(f"report.choice.when.{chosen}") if chosen in PERIODS else chosen


async def to_the_discipline_office(texts: Texts) -> bool:
    """What is a clue is the reporter's word."""
    answer = await choose(
        "office", texts("report.also_discipline"), options(texts, "office", (YES, NO))
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
        shown = "、".join(called(texts, each) for each in report.accused)
        lines.append(texts("report.line.whom", whom=shown))
    if facts.amounts:
        sums = "、".join(f"{amount}元" for amount in facts.amounts)
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
    return replace(made, category="leak.reporter", floor="city")


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
    accused = heard.facts.accused
    village = any(each.role in IN_THE_VILLAGE for each in accused)
    await Say(texts("danger.first") if village else texts("danger.first_and_village"))
    place = heard.place or heard.facts.place.code
    name = knows.gazetteer.full_name(place) if place else ""
    question = texts("danger.anybody_at", place=name) if name else texts("danger.anybody")
    sides = (YES, ELSEWHERE, NO) if name else (YES, NO)
    answer = await choose("anybody", question, options(texts, "danger", sides))
    if answer == NO:
        await Say(texts("danger.keep_out"))
        return None
    await Say(promise)
    here = place if answer == YES else ""
    made = in_danger(heard.text, heard.facts, here[:6], here)
    return FileReport(made, heard.blobs, ask_place=not here)


async def the_place_after(knows: Understanding, ticket: str) -> AddMessage | None:
    """Where it is, for a report that was filed at once; it is added to it."""
    county, place = await where(knows, Facts())
    if not county:
        return None
    name = knows.gazetteer.full_name(place or county)
    return AddMessage(ticket, knows.content.texts("report.line.place", place=name))
