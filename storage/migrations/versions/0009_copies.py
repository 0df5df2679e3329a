"""What a handler opens of a file; of those filed before, the file as it came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the column from the first migration."""
    columns = sa.inspect(op.get_bind()).get_columns("attachments")
    if "copy" not in {column["name"] for column in columns}:
        op.add_column(
            "attachments", sa.Column("copy", sa.String(8), nullable=False, server_default="")
        )
