"""Who is away, and who stands in for him."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has it from the first migration."""
    if sa.inspect(op.get_bind()).has_table("absences"):
        return
    op.create_table(
        "absences",
        sa.Column("person", sa.String(40), primary_key=True),
        sa.Column("since", sa.String(27), primary_key=True),
        sa.Column("deputy", sa.String(40), nullable=False, index=True),
        sa.Column("until", sa.String(27), nullable=False),
    )
