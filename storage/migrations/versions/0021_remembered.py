"""Codes of those who agreed that their account opens their case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the table from the first migration."""
    if sa.inspect(op.get_bind()).has_table("remembered"):
        return
    op.create_table(
        "remembered",
        sa.Column("id", sa.LargeBinary, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.String(27), nullable=False, index=True),
    )
