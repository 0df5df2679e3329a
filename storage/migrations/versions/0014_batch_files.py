"""The digest of a batch's file, by which damage is seen before it is pushed again and again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A batch made before has none and is pushed as it lies. A store made today has the column."""
    columns = {each["name"] for each in sa.inspect(op.get_bind()).get_columns("batches")}
    if "file_digest" not in columns:
        added = sa.Column("file_digest", sa.String(64), nullable=False, server_default="")
        op.add_column("batches", added)
