"""Which message a letter of a platform brought, so that its signature brings no other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the table from the first migration."""
    if sa.inspect(op.get_bind()).has_table("letters"):
        return
    op.create_table(
        "letters",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("message", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False, index=True),
    )
