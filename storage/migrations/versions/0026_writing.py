"""Drafts that wait, and the phrases of a unit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has both from the first migration."""
    if sa.inspect(op.get_bind()).has_table("drafts"):
        return
    op.create_table(
        "drafts",
        sa.Column("ticket", sa.String(16), primary_key=True),
        sa.Column("person", sa.String(40), primary_key=True),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.String(27), nullable=False, index=True),
    )
    op.create_table(
        "phrases",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("unit", sa.String(40), nullable=False, index=True),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("title", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
    )
