"""The first tables, as the schema of that day says them."""

from __future__ import annotations

from alembic import op

from storage.schema import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """While the product is unreleased the first migration is the schema itself; the first release
    freezes it into explicit tables."""
    metadata.create_all(op.get_bind())
