"""Who has said yes to a newcomer: letting in takes two once a unit has two."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the table from the first migration."""
    if sa.inspect(op.get_bind()).has_table("let_ins"):
        return
    op.create_table(
        "let_ins",
        sa.Column("person", sa.String(40), primary_key=True),
        sa.Column("by", sa.String(40), primary_key=True),
        sa.Column("at", sa.String(27), nullable=False),
    )
