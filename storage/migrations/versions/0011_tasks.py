"""What a box opens: all of a ticket, or the task a township was given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the column from the first migration. Boxes that townships were given
    before are taken back when the store is opened: which unit is one stands in the content."""
    columns = sa.inspect(op.get_bind()).get_columns("boxes")
    if "sees" in {column["name"] for column in columns}:
        return
    op.add_column("boxes", sa.Column("sees", sa.String(8), nullable=False, server_default="all"))
    tasks = sa.text("sees = 'task'")
    op.create_index(
        "boxes_of_tasks", "boxes", ["holder"], sqlite_where=tasks, postgresql_where=tasks
    )
