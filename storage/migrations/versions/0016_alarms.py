"""Tickets somebody must be told of, until he has been."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is told of what came before. A store made today has the column."""
    if "alarm" in {each["name"] for each in sa.inspect(op.get_bind()).get_columns("tickets")}:
        return
    op.add_column("tickets", sa.Column("alarm", sa.String(10), nullable=False, server_default=""))
    op.create_index("tickets_alarming", "tickets", ["alarm"])
