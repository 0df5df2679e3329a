"""Boxes of the texts a reporter adds later: each has a key of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the table from the first migration."""
    if sa.inspect(op.get_bind()).has_table("parts"):
        return
    op.create_table(
        "parts",
        sa.Column("ticket", sa.String(16), primary_key=True),
        sa.Column("part", sa.String(40), primary_key=True),
        sa.Column("holder", sa.String(40), primary_key=True),
        sa.Column("box", sa.LargeBinary, nullable=False),
    )
