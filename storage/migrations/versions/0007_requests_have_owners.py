"""Answers kept for a sender's key belong to the sender and to what was asked. Those of before told
neither; they stood for a day at most and go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.schema import answered_once

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A store made today has the table as it is from the first migration."""
    columns = {each["name"] for each in sa.inspect(op.get_bind()).get_columns("answered_once")}
    if "proof" not in columns:
        op.drop_table("answered_once")
        answered_once.create(op.get_bind())
