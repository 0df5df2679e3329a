"""What a reply was known by was a hash of the caller and the number of a message: both can be guessed,
so rows of before lose it. A reply's row and the mark of its message have one transaction: nothing asks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Announcements are known by their own number and a craftsman's, for as long as they stand. What
    was answered says nothing more."""
    op.execute(
        sa.text("UPDATE outbox SET dedupe = 'of before ' || id WHERE priority <> 'c-announcement'")
    )
    op.execute(
        sa.text("UPDATE inbound SET sealed = :empty WHERE done AND NOT parked").bindparams(
            sa.bindparam("empty", b"", type_=sa.LargeBinary)
        )
    )
