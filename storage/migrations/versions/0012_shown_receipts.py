"""Receipts that may be looked at again for half an hour by the phone that was shown them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.schema import shown_receipts

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the table from the first migration."""
    if not sa.inspect(op.get_bind()).has_table("shown_receipts"):
        shown_receipts.create(op.get_bind())
