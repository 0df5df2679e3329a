"""How a ticket stood before the last step, so that a wrong one can be taken back at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the column from the first migration."""
    columns = {each["name"] for each in sa.inspect(op.get_bind()).get_columns("tickets")}
    if "last_step" not in columns:
        op.add_column("tickets", sa.Column("last_step", sa.Text, nullable=True))
