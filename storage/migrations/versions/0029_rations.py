"""What people at the office are told besides danger, and codes that bind an account to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the tables from the first migration."""
    if sa.inspect(op.get_bind()).has_table("rations"):
        return
    op.create_table(
        "rations",
        sa.Column("person", sa.String(40), primary_key=True),
        sa.Column("off", sa.String(60), nullable=False, server_default=""),
        sa.Column("day", sa.String(10)),
        sa.Column("sent", sa.Integer, nullable=False, server_default="0"),
        sa.Column("digest", sa.String(10)),
    )
    op.create_table(
        "bindings",
        sa.Column("person", sa.String(40), primary_key=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("until", sa.String(27), nullable=False),
        sa.Column("used", sa.String(64), nullable=False, server_default=""),
    )
