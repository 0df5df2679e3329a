"""Recusals say since when, why and by whom, and stay on record when they are lifted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.schema import recusals

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing wrote the old table; what somebody put there by hand stays in force, since the newest line
    of a history, as nobody wrote down when. A store made today has the new one from the first
    migration."""
    here = op.get_bind()
    if "since" in {each["name"] for each in sa.inspect(here).get_columns("recusals")}:
        return
    old = here.execute(sa.text("SELECT person, about FROM recusals")).all()
    op.drop_table("recusals")
    recusals.create(here)
    for person, about in old:
        here.execute(
            sa.text(
                "INSERT INTO recusals (person, about, since, reason, declared_by, lifted_by)"
                " VALUES (:person, :about, (SELECT coalesce(max(at), :ever) FROM history),"
                " 'other', '', '')"
            ),
            {"person": person, "about": about, "ever": "2019-01-01T00:00:00.000000Z"},
        )
