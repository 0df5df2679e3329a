"""Side tracks of a ticket; where a step of its history leads, and for which reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW = {
    "tickets": (sa.Column("tracks", sa.Text, nullable=False, server_default="{}"),),
    "history": (
        sa.Column("to", sa.String(40), nullable=False, server_default=""),
        sa.Column("code", sa.String(40), nullable=False, server_default=""),
    ),
}


def upgrade() -> None:
    """A store made today has these columns from the first migration."""
    inspector = sa.inspect(op.get_bind())
    for table, columns in NEW.items():
        there = {column["name"] for column in inspector.get_columns(table)}
        for column in columns:
            if column.name not in there:
                op.add_column(table, column)
