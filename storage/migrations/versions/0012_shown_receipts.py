"""Receipts that may be looked at again for half an hour by the phone that was shown them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the table from the first migration."""
    if sa.inspect(op.get_bind()).has_table("shown_receipts"):
        return
    op.create_table(
        "shown_receipts",
        sa.Column("id", sa.LargeBinary, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.String(27), nullable=False, index=True),
    )
