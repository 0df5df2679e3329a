"""What every test may ask for: an office on SQLite, and the same on PostgreSQL."""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.offices import TestOffice, open_office
from tests.postgres import Server, running

_numbers = itertools.count(1)

PROVING = bool(os.environ.get("XIANGSHENG_PROVE"))

#: The same cases each time, so that green stays green; `make prove` draws new ones and prints how to
#: draw them again. No case has a limit of its own: a busy machine breaks it.
settings.register_profile("ordinary", derandomize=True, deadline=None, database=None)
settings.register_profile("prove", print_blob=True, deadline=None, database=None)
settings.load_profile("prove" if PROVING else "ordinary")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long stories come first, so that no worker is left alone with one at the end; what is
    marked `prove` is for `make prove`, and is counted as deselected otherwise."""
    proofs = [item for item in items if item.get_closest_marker("prove")]
    if proofs and not PROVING:
        config.hook.pytest_deselected(items=proofs)
        items[:] = [item for item in items if item not in proofs]
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


#: They start processes, or try hundreds of sequences.
LONG = (
    "tests/promises/",
    "tests/casework/test_rules_hold.py",
    "tests/browser/",
    "tests/test_bootstrap.py",
)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL for the length of the session; every xdist worker has its own."""
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """None for SQLite in the data folder; a fresh database of the session's server otherwise."""
    if request.param == "sqlite":
        return None
    server: Server = request.getfixturevalue("postgres")
    return server.create(f"office{next(_numbers)}")


@pytest.fixture
async def office(tmp_path: Path, database_url: str | None) -> AsyncIterator[TestOffice]:
    """A staffed office, once on each database."""
    async with open_office(tmp_path / "house", database_url) as made:
        yield made


@pytest.fixture
async def small_office(tmp_path: Path) -> AsyncIterator[TestOffice]:
    """A staffed office on SQLite alone, for rooms that do not care which database it is."""
    async with open_office(tmp_path / "house") as made:
        yield made
