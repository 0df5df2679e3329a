"""When the clock looks at a ticket again: so that those it is done with keep nobody else waiting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every open ticket is looked at once when it is due; the clock itself knows from there. A store
    made today has the column from the first migration."""
    here = op.get_bind()
    if "climbs_at" not in {each["name"] for each in sa.inspect(here).get_columns("tickets")}:
        op.add_column("tickets", sa.Column("climbs_at", sa.String(27), nullable=True))
        op.create_index("tickets_to_climb", "tickets", ["climbs_at"])
    op.execute(sa.text("UPDATE tickets SET climbs_at = due_at WHERE open"))
