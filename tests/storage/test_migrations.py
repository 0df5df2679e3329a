"""Tables are brought to the newest version once; at the newest, Alembic is not even loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from storage.engine import FromTheFuture, StoreUnusable, sqlite_in_a_thread, sqlite_url
from storage.migrate import FOLDER, HEAD, upgrade, version
from storage.schema import metadata
from tests.offices import migrated_database, open_office, start_from_a_copy


def test_the_newest_migration_is_the_one_alembic_goes_to() -> None:
    assert ScriptDirectory(str(FOLDER)).get_current_head() == HEAD


def test_a_migrated_database_has_every_table_and_says_its_version(tmp_path: Path) -> None:
    start_from_a_copy(tmp_path)
    engine = sqlite_in_a_thread(sqlite_url(tmp_path))

    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        found = version(connection)
    engine.dispose()

    assert set(metadata.tables) <= tables
    assert found == HEAD
    assert migrated_database().stat().st_size > 0


async def test_tables_of_a_newer_program_are_refused_in_a_sentence(tmp_path: Path) -> None:
    start_from_a_copy(tmp_path)
    engine = sqlite_in_a_thread(sqlite_url(tmp_path))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(FromTheFuture):
            upgrade(connection)
    engine.dispose()

    with pytest.raises(StoreUnusable, match="更新的程序"):
        async with open_office(tmp_path):
            pass
