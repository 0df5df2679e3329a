"""What an office writes is learned from by itself, in another process, while the house goes on answering."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest

from library.changes import Place
from library.learning import learn, lessons_of, stale
from library.listening import file_of, kept
from library.live import Live
from nlp.training import digest
from tests.offices import CONTENT_FOLDER, ROOT
from tests.waiting import eventually

TODAY = date(2026, 11, 2)
#: Few lines: learned in less than a second.
ENGLISH = ROOT / "content" / "example-en"
WALL = """[[topic]]
slug = "build.fence"
question = "Does the grant pay for a fence?"
variants = ["my fence fell over, is that covered", "can I get money for the garden wall"]
answer = "No. It pays for the house people live in, not for fences and walls."
source = "A letter of the county office"
reviewed_on = 2026-11-01
steps = ["Ask the village about other help"]
"""


#: What asks nothing of the programme, so that questions are told from it.
NOTHING = [
    "the weather is fine",
    "my cow is ill",
    "where is the cinema",
    "good morning to you",
    "what a day",
]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    folder = shutil.copytree(ENGLISH, tmp_path / "programme")
    (folder / "listening").mkdir()
    lines = (f"other\t{each}\n" for each in NOTHING)
    (folder / "listening" / "few.tsv").write_text("".join(lines), "utf-8")
    place = Place(folder=folder, data_dir=tmp_path / "data")
    place.data_dir.mkdir()
    learn(place)
    return place


def writes(place: Place, text: str = WALL) -> None:
    place.own.mkdir(exist_ok=True)
    (place.own / "topics.toml").write_text(text, "utf-8")


@asynccontextmanager
async def watching(live: Live, quiet: float = 0.0) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(live.watch(stop, quiet))
    yield
    stop.set()
    await task


def knows_fences(place: Place) -> bool:
    weights = kept(place.learned, "topics")
    return weights is not None and "build.fence" in weights.kinds


@pytest.mark.parametrize("folder", [ENGLISH, CONTENT_FOLDER], ids=lambda each: each.name)
def test_what_is_shipped_needs_no_learning(folder: Path, tmp_path: Path) -> None:
    assert stale(Place(folder=folder, data_dir=tmp_path)) == {}


async def test_what_an_office_writes_is_learned_while_the_house_answers(place: Place) -> None:
    live = Live(place)
    before = live.understanding()
    async with watching(live):
        writes(place)

        async def is_learned() -> bool:
            return knows_fences(place) and live.understanding() is not before

        assert await eventually(is_learned)

        async def is_in_force() -> bool:
            live.look()
            return live.understanding().near("some money for the fence?")[0].score > 0.5

        assert await eventually(is_in_force)
    assert live.understanding().ask("my fence is broken", today=TODAY).topics[0][0] == "build.fence"
    assert stale(place) == {}
    assert file_of(place.learned, "topics").stat().st_mode & 0o777 == 0o600


def test_until_then_it_is_found_by_what_is_nearest(place: Place) -> None:
    writes(place)

    found = Live(place).understanding().ask("my fence fell over", today=TODAY)

    assert found.topics[0][0] == "build.fence"


async def test_a_house_that_ends_does_not_wait_for_its_learning(tmp_path: Path) -> None:
    place = Place(folder=CONTENT_FOLDER, data_dir=tmp_path)  # takes most of a minute
    writes(place, WALL)
    live = Live(place)

    async def has_begun() -> bool:
        return (place.learned / ".lock").exists()

    async with watching(live):
        assert await eventually(has_begun)
    assert kept(place.learned, "topics") is None
    assert "topics" in stale(place)


def test_only_one_learns_at_a_time(place: Place) -> None:
    writes(place)
    held = os.open(place.learned / ".lock", os.O_WRONLY | os.O_CREAT, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)

    learn(place)
    assert not knows_fences(place)

    os.close(held)
    learn(place)
    assert knows_fences(place)


def test_what_is_taken_back_is_forgotten(place: Place) -> None:
    writes(place)
    learn(place)
    (place.own / "topics.toml").unlink()

    assert set(stale(place)) == {"topics"}
    learn(place)
    assert not knows_fences(place)


def test_what_was_learned_here_goes_where_what_is_shipped_is_of_these_lines(place: Place) -> None:
    for name, each in lessons_of(place.layers()).items():
        if weights := kept(place.learned, name):
            each.keep(weights)

    assert stale(place) == {}
    assert not file_of(place.learned, "topics").exists()


def test_where_nothing_was_written_that_asks_nothing_no_topics_are_learned(tmp_path: Path) -> None:
    place = Place(folder=ENGLISH, data_dir=tmp_path)
    learn(place)

    assert kept(place.learned, "topics") is None


@pytest.mark.parametrize("broken", [b"", b"no archive"])
def test_what_was_half_written_is_left_aside_and_learned_again(place: Place, broken: bytes) -> None:
    writes(place)
    file_of(place.learned, "topics").write_bytes(broken)

    assert Live(place).understanding().ask("who can apply", today=TODAY).kind == "answer"
    assert set(stale(place)) == {"topics"}
    learn(place)
    lines = {name: each.lines() for name, each in stale(place).items()}
    weights = kept(place.learned, "topics")
    assert lines == {}
    assert weights
    assert weights.learned_from != digest(())
