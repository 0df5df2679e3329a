"""The programme in English: it starts, and whoever asks, reports or follows a report meets no Chinese."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from string import Formatter

import httpx
import pytest
from typer.testing import CliRunner

from bot.channels.terminal import talk
from bot.reception import Reception
from casework.actions.reporting import written
from casework.queue import Tab, View
from casework.receipts import find_code, shown
from casework.refusals import BadInput, NotAllowed
from casework.workdays import SHANGHAI
from library.layers import Layers
from library.reading import load_calendar, load_content, load_understanding
from library.topics import LONGEST_ANSWER, LONGEST_STEP
from runtime import demo
from runtime.cli import app
from runtime.processes import make_app
from runtime.settings import Settings
from runtime.wiring import Service, open_service
from tests.bot.conftest import A_PHOTO, Villager
from tests.offices import CONTENT, ROOT

FOLDER = ROOT / "content" / "example-en"
ENGLISH = load_content(Layers(FOLDER))
KNOWS = load_understanding(Layers(FOLDER), ENGLISH)
TODAY = date(2026, 11, 2)
CHINESE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")


@pytest.mark.parametrize("words", ["hello zzzz qqqq", "please zzzqqq", "请问一下 qqq", "zzzz", ""])
def test_what_shares_nothing_with_any_phrasing_is_not_understood_and_stops_nothing(
    words: str,
) -> None:
    assert KNOWS.ask(words, today=TODAY).kind in ("unknown", "smalltalk")


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """The demo's house over this folder, with its invented people and their keys."""
    settings = Settings(
        data_dir=tmp_path / "house", content=FOLDER, kdf_mib=1, kdf_passes=1, code_mib=1,
        code_passes=1, ready_codes=0,
    )  # fmt: skip
    opened = await open_service(settings, demo=True)
    await demo.staff(opened)
    yield opened
    await opened.close()


@pytest.fixture
def reception(service: Service) -> Reception:
    return service.reception


class Farmer(Villager):
    """Somebody who reads no Chinese."""

    async def says(self, text: str, *, blob: str = "", kind: str = "text") -> str:
        said = await super().says(text, blob=blob, kind=kind)
        assert not CHINESE.search(said), said
        return said


@pytest.fixture
def farmer(reception: Reception) -> Farmer:
    return Farmer(reception)


# The folder


def test_it_has_thirteen_topics_three_counties_and_no_chinese() -> None:
    assert len(ENGLISH.topics) == 13
    assert len(KNOWS.gazetteer.counties()) == 3
    assert load_calendar(Layers(FOLDER)).is_working(TODAY)
    texts = [path for path in FOLDER.rglob("*") if path.suffix in (".toml", ".csv")]
    assert [path.name for path in texts if CHINESE.search(path.read_text("utf-8"))] == []


def test_every_text_of_the_programme_is_there_with_the_same_slots() -> None:
    def slots(said: str) -> set[str]:
        return {name.split(".")[0] for _, name, _, _ in Formatter().parse(said) if name}

    missing = [key for key in CONTENT.texts if key not in ENGLISH.texts]
    strange = [
        key
        for key in CONTENT.texts
        if key not in missing and not slots(ENGLISH.texts(key)) <= slots(CONTENT.texts(key))
    ]

    assert (missing, strange) == ([], [])


def test_too_early_a_reminder_and_no_words_are_refused_in_english() -> None:
    start = datetime(2026, 11, 6, tzinfo=SHANGHAI)
    refusals = [NotAllowed("催", key, at=start) for key in ("remind-early", "no-reminder")]

    with pytest.raises(BadInput) as nothing:
        written(" ")

    told = [ENGLISH.texts.refused(each) for each in (*refusals, nothing.value)]
    assert told[0] == "It is too early: you can remind the office from 6 November on."
    assert not any(CHINESE.search(each) for each in told)


def test_every_topic_is_answered_with_its_source_and_fits_the_table() -> None:
    for slug, topic in ENGLISH.topics.items():
        answer = KNOWS.answer_for(slug, today=TODAY)

        assert answer.helpful, slug
        assert answer.source
        assert answer.reviewed
        assert not CHINESE.search(answer.answer + answer.source), answer
        assert len(topic.answer) <= LONGEST_ANSWER
        assert all(len(step) <= LONGEST_STEP for step in topic.steps)


@pytest.mark.parametrize(
    ("asked", "slug"),
    [
        ("How much will I get for a new roof?", "grant.amount"),
        ("how much money for rebuilding in Holmbeck", "grant.amount"),
        ("Where do I hand in the application form?", "apply.how"),
        ("what papers should I bring along", "apply.papers"),
        ("how long does it take until the money comes", "pay.when"),
        ("Do I have to pay for the survey of my house?", "grade.fee"),
        ("what does a grade C mean", "grade.levels"),
        ("The clerk deducted 500 crowns from my grant, is that allowed?", "pay.deducted"),
    ],
)
def test_a_question_in_other_words_finds_its_topic(asked: str, slug: str) -> None:
    found = KNOWS.ask(asked, today=TODAY)

    assert (found.kind, found.topics[0][0]) == ("answer", slug)


@pytest.mark.parametrize(
    ("said", "opening"),
    [
        ("Hello there!", "hello"), ("thank you very much", "thanks"), ("😊", "wordless"),
        ("I live in Tarnley County", "county"), ("is this a scam?", "doubt"),
    ],
)  # fmt: skip
def test_what_people_open_with_is_answered_and_its_letters_are_not_foreign(
    said: str, opening: str
) -> None:
    found = KNOWS.ask(said, today=TODAY)

    assert found.topics[0][0] == f"smalltalk.{opening}"
    assert not CHINESE.search(found.answer)
    assert KNOWS.ask("what is the weather like", today=TODAY).kind == "unknown"


def test_a_story_tells_who_where_when_how_much_and_what_would_tell_her_name() -> None:
    story = (
        "Last month the village clerk of Lower Oakford in Tarnley County took 300 crowns from "
        "every household. My name is Mary Smith."
    )

    facts = KNOWS.facts(story, today=TODAY)

    assert [each.role for each in facts.accused] == ["village_accountant"]
    assert (facts.category, facts.amounts, facts.dates) == ("fee.deposit", (300,), ("last month",))
    assert facts.place.code == "900101101202"
    assert facts.identity == ("My name is Mary Smith",)


# The talk


async def test_a_question_is_answered_for_the_county_it_names(farmer: Farmer) -> None:
    said = await farmer.says("How much is the grant in Tarnley County?")

    assert "20,000 crowns for 1, 25,000 crowns for 2, 30,000 crowns for 3 or more persons" in said
    assert "0800-000-101" in said
    assert "Safe Homes Ordinance, section 4" in said
    assert "Good." in await farmer.says("useful")


async def test_a_report_is_filed_to_its_receipt_and_followed_by_its_code(farmer: Farmer) -> None:
    for says, answer in (
        ("hello", "What would you like to do?"),
        ("report", "What happened?"),
        ("The village clerk took 300 crowns from every household", "Which county"),
        ("Oakford Township", "About when"),
        ("Last month", "It is about: village clerk. Is that right?"),
        ("yes", "Integrity Commission?"),
        ("not sure", "close to him?"),
        ("no", "photos, receipts or recordings"),
    ):
        assert answer in await farmer.says(says)
    assert "1 photos or recordings arrived" in await farmer.shows(A_PHOTO)
    read_back = await farmer.says("no more")
    assert "Place: Oakford Township, Tarnley County, Wexley City" in read_back
    assert "Money: 300 crowns" in read_back

    filed = await farmer.says("send it")

    assert "It arrived and is registered" in filed
    assert "zero" in filed or "one" in filed
    followed = await farmer.says(shown(farmer.code))
    assert "it arrived and waits to be accepted" in followed
    assert "Next: somebody takes it on, by" in followed
    await farmer.says("Add something")
    assert "Added" in await farmer.says("He came again today")


@pytest.mark.parametrize(
    ("says", "answer"),
    [
        ("help", "Just say what it is about"),
        ("person", "0800-000-100"),
        ("phone", "112 Emergency"),
        ("status", "20 digits"),
        ("menu", "What would you like to do?"),
        ("cancel", "we leave it"),
        ("the weather is fine today", "I am not certain"),
        ("12345 67890", "I am not certain"),
        ("Our house is about to fall down and my mother is still in it", "Ring 112"),
        ("They threatened me, they know it was me", "It arrived and is registered"),
        ("x" * 6000, "too long"),
    ],
)
async def test_whatever_is_said_first_is_met_in_english(
    farmer: Farmer, says: str, answer: str
) -> None:
    assert answer in await farmer.says(says)


async def test_a_house_that_may_fall_is_reported_at_once(farmer: Farmer) -> None:
    await farmer.says("Our house in Tarnley County is about to fall down")

    assert "It arrived and is registered" in await farmer.says("yes, my mother")


async def test_a_code_that_is_none_says_what_is_wrong_with_it(farmer: Farmer) -> None:
    await farmer.says("status")

    for typed, said in (("no idea", "all digits"), ("123", "you entered 3"), ("1" * 20, "Group")):
        assert said in await farmer.says(typed)
    assert "Nothing was found" in await farmer.says("75982 36999 79447 06718")


async def test_a_step_back_a_new_beginning_and_a_change_of_mind(farmer: Farmer) -> None:
    await farmer.says("report")
    await farmer.says("My roof leaks and the builders ran away")
    assert "About when" in await farmer.says("Holmbeck")

    assert "Which county" in await farmer.says("back")
    assert "What happened?" in await farmer.says("again")
    assert "was not registered" in await farmer.says("cancel")


async def test_the_terminal_speaks_english_too(reception: Reception) -> None:
    out = io.StringIO()

    await talk(reception, stdin=io.StringIO("Who can apply?\nquit\n"), stdout=out, caller="t")

    assert "Households on the county's list" in out.getvalue()
    assert not CHINESE.search(out.getvalue())


# The pages


@pytest.fixture
async def phone(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=make_app(service, with_worker=False))
    async with httpx.AsyncClient(
        transport=transport, base_url="https://localhost", follow_redirects=True
    ) as made:
        yield made


def english(page: httpx.Response) -> str:
    assert not CHINESE.search(page.text), page.text
    assert '<html lang="en">' in page.text
    return page.text


@pytest.mark.parametrize(
    "path",
    [
        "/", "/t/grant.amount", "/t/grant.amount?county=900101", "/t/none", "/report", "/status",
        "/talk", "/receipt", "/contacts", "/log",
    ],
)  # fmt: skip
async def test_every_page_of_a_villager_is_english(phone: httpx.AsyncClient, path: str) -> None:
    english(await phone.get(path))


async def test_a_report_is_written_on_the_page_and_found_again(phone: httpx.AsyncClient) -> None:
    asked = await phone.post("/ask", data={"q": "Do I have to pay the inspector?"})
    assert "cost the household nothing" in english(asked)
    story = {
        "story": "The builders used bad bricks and the wall cracks.", "county": "900102",
        "who": "builder", "close": "none", "office": "no", "token": "english",
    }  # fmt: skip

    page = english(await phone.post("/report", data=story))
    told = re.search(r'name="told" value="([0-9a-f]+)"', page)
    assert told
    filed = english(await phone.post("/report", data={**story, "told": told[1]}))
    code = find_code(filed)
    assert code
    box = english(await phone.post("/status", data={"code": code}))
    assert "it arrived and waits to be accepted" in box
    assert "Added" in english(await phone.post("/status/add", data={"code": code, "text": "More"}))
    assert "Please look again" in english(await phone.post("/status", data={"code": code[:-1]}))
    assert "have not written" in english(await phone.post("/status/add", data={"code": code}))


async def test_the_invented_reports_of_the_demo_are_filed_and_moved(service: Service) -> None:
    await demo.cases(service)

    handler, now = await demo.first_of(service, "housing-900101"), service.office.clock.now()
    async with service.office.reading() as reading:
        pages = [await reading.queue.page(View(tab=tab), reader=handler, now=now) for tab in Tab]
    states = {line.number: line.status for page in pages for line in page.lines}
    assert sorted(states.values()) == ["closed", "dispatched", "received", "signed"]


# The command line


def test_a_question_is_answered_at_the_command_line() -> None:
    env = {"XIANGSHENG_CONTENT": str(FOLDER), "COLUMNS": "200"}

    said = CliRunner().invoke(app, ["ask", "Who can apply?", "--today", "2026-11-02"], env=env)

    assert said.exit_code == 0
    assert "Households on the county's list" in said.output
    assert "(Source: Safe Homes Ordinance, section 2 (invented))" in said.output
    assert not CHINESE.search(said.output)
