"""What a reporter said at 回访 stands in the history; the second copy beside the state goes."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TICKETS = sa.table("tickets", sa.column("number", sa.String), sa.column("tracks", sa.Text))


def upgrade() -> None:
    """Twice does no harm. The empty table of an older store goes too."""
    connection = op.get_bind()
    for number, text in connection.execute(sa.select(TICKETS.c.number, TICKETS.c.tracks)).all():
        tracks = json.loads(text)
        if tracks.pop("followup", None) is not None:
            connection.execute(
                sa.update(TICKETS)
                .where(TICKETS.c.number == number)
                .values(tracks=json.dumps(tracks))
            )
    op.execute("DROP TABLE IF EXISTS calendar_days")
