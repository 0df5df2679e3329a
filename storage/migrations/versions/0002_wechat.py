"""Answers on an open line, windows, tokens of platforms, and parcels that expire."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.platform_tables import TABLES
from storage.schema import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The first migration lays today's schema, so on a fresh house all of this is there already."""
    bind = op.get_bind()
    for table in TABLES:
        table.create(bind, checkfirst=True)
    columns = {column["name"] for column in sa.inspect(bind).get_columns("outbox")}
    if "expires_at" not in columns:
        op.add_column("outbox", sa.Column("expires_at", Moment))
