"""When a message was written: `due` moves with every try, so it does not tell how long one waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the column from the first migration."""
    columns = sa.inspect(op.get_bind()).get_columns("outbox")
    if "made_at" not in {column["name"] for column in columns}:
        op.add_column("outbox", sa.Column("made_at", sa.DateTime(timezone=True)))
