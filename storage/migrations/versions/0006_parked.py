"""How often a message was tried, and whether it is left alone: one that always fails is parked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the columns from the first migration."""
    columns = {each["name"] for each in sa.inspect(op.get_bind()).get_columns("inbound")}
    if "tries" not in columns:
        op.add_column("inbound", sa.Column("tries", sa.Integer, nullable=False, server_default="1"))
    if "parked" not in columns:
        op.add_column(
            "inbound",
            sa.Column("parked", sa.Boolean, nullable=False, server_default=sa.false()),
        )
