"""The part a file belongs to that the reporter added later; those of before came with the report."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the column from the first migration."""
    columns = sa.inspect(op.get_bind()).get_columns("attachments")
    if "part" not in {column["name"] for column in columns}:
        op.add_column(
            "attachments", sa.Column("part", sa.String(40), nullable=False, server_default="")
        )
