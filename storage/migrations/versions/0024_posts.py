"""Posts with a start and an end, people who left, and keys of units that are changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

#: Whoever was here before posts had days has had his for as long as anybody asks.
BEFORE = "2019-01-01T00:00:00.000000Z"


def upgrade() -> None:
    """A store made today has all of it from the first migration."""
    bind = op.get_bind()
    if not sa.inspect(bind).has_table("posts"):
        _make_tables()
    columns = {column["name"] for column in sa.inspect(bind).get_columns("people")}
    if "roles" not in columns:
        return
    rows = bind.execute(sa.text("SELECT id, roles FROM people")).all()
    held = [
        {"person": row.id, "role": role, "since": BEFORE}
        for row in rows
        for role in row.roles.split(",")
        if role
    ]
    if held:
        bind.execute(
            sa.text("INSERT INTO posts (person, role, since) VALUES (:person, :role, :since)"), held
        )
    with op.batch_alter_table("people") as people:
        people.drop_constraint("one_name_a_unit", type_="unique")
        people.drop_column("roles")
        people.add_column(sa.Column("gone_at", sa.String(27), nullable=True))
    here = sa.text("gone_at IS NULL")
    op.create_index(
        "one_name_a_unit", "people", ["name", "unit"], unique=True,
        sqlite_where=here, postgresql_where=here,
    )  # fmt: skip


def _make_tables() -> None:
    op.create_table(
        "posts",
        sa.Column("person", sa.String(40), primary_key=True),
        sa.Column("role", sa.String(20), primary_key=True),
        sa.Column("since", sa.String(27), primary_key=True),
        sa.Column("until", sa.String(27), nullable=True),
    )
    op.create_table(
        "keys_due",
        sa.Column("unit", sa.String(40), primary_key=True),
        sa.Column("since", sa.String(27), nullable=False),
    )
    op.create_table(
        "earlier_keys",
        sa.Column("unit", sa.String(40), primary_key=True),
        sa.Column("public", sa.LargeBinary, primary_key=True),
        sa.Column("box", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "key_changes",
        sa.Column("unit", sa.String(40), primary_key=True),
        sa.Column("done_to", sa.String(16), nullable=False),
    )
