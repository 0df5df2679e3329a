"""Marks of what was asked, and words that somebody let be read, both for thirty days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the tables from the first migration."""
    if sa.inspect(op.get_bind()).has_table("kept_words"):
        return
    op.create_table(
        "asked_marks",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("topic", sa.String(200), primary_key=True),
        sa.Column("said", sa.String(12), primary_key=True),
        sa.Column("mark", sa.LargeBinary, primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
    )
    op.create_table(
        "kept_words",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("day", sa.String(10), nullable=False, index=True),
        sa.Column("topic", sa.String(200), nullable=False),
        sa.Column("said", sa.String(12), nullable=False),
        sa.Column("mark", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
