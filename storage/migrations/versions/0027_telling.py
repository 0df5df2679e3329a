"""Rosters, ways to reach people at the office, and who was told of what cannot wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the tables from the first migration."""
    if sa.inspect(op.get_bind()).has_table("rosters"):
        return
    op.create_table(
        "rosters",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("unit", sa.String(40), nullable=False, index=True),
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("deputy", sa.String(40), nullable=False),
        sa.Column("weekdays", sa.String(13), nullable=False),
        sa.Column("first", sa.String(10)),
        sa.Column("last", sa.String(10)),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "ways",
        sa.Column("whose", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(12), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("since", sa.String(27), nullable=False),
        sa.Column("tried_at", sa.String(27)),
        sa.Column("trouble", sa.String(200), nullable=False, server_default=""),
    )
    op.create_table(
        "alerts",
        sa.Column("ticket", sa.String(16), primary_key=True),
        sa.Column("since", sa.String(27), nullable=False),
        sa.Column("due", sa.String(27), index=True),
        sa.Column("handled", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("goes", sa.String(40), nullable=False, server_default=""),
        sa.Column("goes_at", sa.String(27)),
    )
    op.create_table(
        "summonses",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("answered_at", sa.String(27)),
    )
    op.create_index("summonses_of_person", "summonses", ["person", "at"])
    op.create_table(
        "alerts_told",
        sa.Column("ticket", sa.String(16), primary_key=True),
        sa.Column("person", sa.String(40), primary_key=True),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("summons", sa.String(64), nullable=False, index=True),
    )
