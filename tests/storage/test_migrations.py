"""Tables are brought to the newest version once; at the newest, Alembic is not even loaded."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from casework.offices import Role
from storage.engine import FromTheFuture, StoreUnusable, sqlite_in_a_thread, sqlite_url
from storage.migrate import FOLDER, HEAD, upgrade, version
from storage.posts import staff
from storage.rows import person_from_row
from storage.schema import attachments, boxes, metadata, people, recusals
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


def test_boxes_from_before_tasks_open_the_whole_report(tmp_path: Path) -> None:
    start_from_a_copy(tmp_path)
    with closing(sqlite3.connect(tmp_path / "xiangsheng.db")) as old, old:
        old.execute("DROP INDEX boxes_of_tasks")
        old.execute("ALTER TABLE boxes DROP COLUMN sees")
        old.execute("UPDATE alembic_version SET version_num = '0010'")
        old.execute("INSERT INTO boxes (holder, ticket, box) VALUES ('housing-41', 'N', x'00')")
    engine = sqlite_in_a_thread(sqlite_url(tmp_path))

    with engine.begin() as connection:
        upgrade(connection)
        found = connection.execute(select(boxes.c.sees)).scalars().all()
        indexes = {each["name"] for each in inspect(connection).get_indexes("boxes")}
    engine.dispose()

    assert found == ["all"]
    assert "boxes_of_tasks" in indexes


def test_files_of_before_came_with_their_reports(tmp_path: Path) -> None:
    start_from_a_copy(tmp_path)
    with closing(sqlite3.connect(tmp_path / "xiangsheng.db")) as old, old:
        old.execute("ALTER TABLE attachments DROP COLUMN part")
        old.execute("UPDATE alembic_version SET version_num = '0019'")
        old.execute(
            "INSERT INTO attachments VALUES ('f00d', 'N', 'photo', 'image/jpeg', 3, 'made')"
        )
    engine = sqlite_in_a_thread(sqlite_url(tmp_path))

    with engine.begin() as connection:
        upgrade(connection)
        found = connection.execute(select(attachments.c.part)).scalars().all()
    engine.dispose()

    assert found == [""]


def test_recusals_put_down_by_hand_before_stay_in_force(tmp_path: Path) -> None:
    start_from_a_copy(tmp_path)
    with closing(sqlite3.connect(tmp_path / "xiangsheng.db")) as old, old:
        old.execute("DROP TABLE recusals")
        old.execute(
            "CREATE TABLE recusals (person VARCHAR(40), about VARCHAR(40),"
            " PRIMARY KEY (person, about))"
        )
        old.execute("INSERT INTO recusals VALUES ('p-1', 'housing-410423')")
        old.execute("UPDATE alembic_version SET version_num = '0021'")
    engine = sqlite_in_a_thread(sqlite_url(tmp_path))

    with engine.begin() as connection:
        upgrade(connection)
        (kept,) = connection.execute(select(recusals)).all()
        indexes = {each["name"] for each in inspect(connection).get_indexes("recusals")}
    engine.dispose()

    assert (kept.person, kept.about, kept.lifted_at) == ("p-1", "housing-410423", None)
    assert kept.since.tzinfo is not None
    assert "recusals_in_force" in indexes


def test_who_was_here_before_posts_had_days_keeps_his(tmp_path: Path) -> None:
    start_from_a_copy(tmp_path)
    with closing(sqlite3.connect(tmp_path / "xiangsheng.db")) as old, old:
        for table in ("posts", "keys_due", "earlier_keys", "key_changes", "people"):
            old.execute(f"DROP TABLE {table}")
        old.execute(
            "CREATE TABLE people (id VARCHAR(40) NOT NULL PRIMARY KEY, name VARCHAR(80) NOT NULL, "
            "unit VARCHAR(40) NOT NULL, roles VARCHAR(120) NOT NULL, public BLOB, wrapped BLOB, "
            "salt BLOB, CONSTRAINT one_name_a_unit UNIQUE (name, unit))"
        )
        old.execute("CREATE INDEX ix_people_unit ON people (unit)")
        old.execute("UPDATE alembic_version SET version_num = '0023'")
        old.execute(
            "INSERT INTO people VALUES ('p-1', '甲', 'housing-41', 'handler,sysadmin', x'01', "
            "x'02', x'03'), ('p-2', '乙', 'housing-41', '', NULL, NULL, NULL)"
        )
    engine = sqlite_in_a_thread(sqlite_url(tmp_path))

    now = datetime(2026, 11, 2, tzinfo=UTC)
    with engine.begin() as connection:
        upgrade(connection)
        rows = connection.execute(staff(now).order_by(people.c.id)).all()
        found = {row.id: person_from_row(row).roles for row in rows}
        indexes = {each["name"] for each in inspect(connection).get_indexes("people")}
    engine.dispose()

    assert found == {"p-1": {Role.HANDLER, Role.SYSADMIN}, "p-2": frozenset()}
    assert (rows[0].public, rows[0].wrapped, rows[0].salt) == (b"\x01", b"\x02", b"\x03")
    assert indexes == {"ix_people_unit", "one_name_a_unit"}


def test_a_store_of_before_rosters_gets_them(tmp_path: Path) -> None:
    """All that the schema says of them, columns and indexes alike."""
    fresh = ("rosters", "ways", "rations", "bindings", "alerts", "summonses", "alerts_told")
    start_from_a_copy(tmp_path)
    with closing(sqlite3.connect(tmp_path / "xiangsheng.db")) as old, old:
        shapes = [_shape(old, table) for table in fresh]
        for table in fresh:
            old.execute(f"DROP TABLE {table}")
        old.execute("UPDATE alembic_version SET version_num = '0026'")
    engine = sqlite_in_a_thread(sqlite_url(tmp_path))
    with engine.begin() as connection:
        upgrade(connection)
    engine.dispose()

    with closing(sqlite3.connect(tmp_path / "xiangsheng.db")) as new:
        assert [_shape(new, table) for table in fresh] == shapes


def _shape(database: sqlite3.Connection, table: str) -> tuple[list[object], set[object]]:
    columns = database.execute(f"PRAGMA table_info({table})").fetchall()
    indexes = database.execute(f"PRAGMA index_list({table})").fetchall()
    return [each[1:4] + each[5:] for each in columns], {each[1] for each in indexes}
