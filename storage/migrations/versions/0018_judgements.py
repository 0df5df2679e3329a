"""How often an answer was said to help, or not, and how often there was none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the table from the first migration."""
    if sa.inspect(op.get_bind()).has_table("judgements"):
        return
    op.create_table(
        "judgements",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("topic", sa.String(200), primary_key=True),
        sa.Column("county", sa.String(6), primary_key=True),
        sa.Column("said", sa.String(12), primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
    )
