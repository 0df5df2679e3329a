"""Alembic, run inside the connection that is opening the store, and loaded only when there is work."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import FromTheFuture

FOLDER = Path(__file__).parent / "migrations"

#: The version of these tables: migrations are named by their number, and a test holds Alembic to it.
HEAD = max(path.name[:4] for path in (FOLDER / "versions").glob("0*.py"))


async def migrate(connection: AsyncConnection) -> None:
    """Bring the tables to the newest version; already there, it is two queries. Raises
    `FromTheFuture` for tables of a newer program."""
    await connection.run_sync(upgrade)


def version(connection: Connection) -> str | None:
    """The number of the last migration; None for a database without tables of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def upgrade(connection: Connection) -> None:
    """The same over a plain connection."""
    if connection.dialect.name == "postgresql":
        # Two processes may start at once; the second waits and finds the work done.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(727074)")
    if version(connection) == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as fault:
        raise FromTheFuture from fault
