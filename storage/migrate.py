"""Alembic, run inside the connection that is opening the store."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


async def migrate(connection: AsyncConnection) -> None:
    """Bring the tables to the newest version. Already there: two queries."""
    await connection.run_sync(upgrade)


def _is_at_head(connection: Connection) -> bool:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def upgrade(connection: Connection) -> None:
    """The same over a plain connection."""
    if connection.dialect.name == "postgresql":
        # Two processes may start at once; the second waits and finds the work done.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(727074)")
    if not _is_at_head(connection):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
