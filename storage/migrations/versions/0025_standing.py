"""Where each ticket stands in the queue, beside its boxes, and how many stand where."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

NEVER = "9999-12-31T00:00:00.000000Z"
#: The tab of each state, as it was when this was written.
TABS = {
    "new": ("received", "accepted", "returned"),
    "to_sign": ("dispatched",),
    "working": ("signed", "in_progress", "rectifying", "replied", "reopened", "parked"),
    "to_inspect": ("reinspection",),
    "waiting": ("needs_info",),
    "followup": ("resolved", "followup"),
}
URGING = ("escalate", "remind", "circular", "interview", "problem_letter", "accountability")


def upgrade() -> None:
    """A store made today has all of it from the first migration."""
    bind = op.get_bind()
    if sa.inspect(bind).has_table("tallies"):
        return
    for table in ("tickets", "boxes"):
        empty = "new" if table == "tickets" else ""
        op.add_column(table, sa.Column("tab", sa.String(12), nullable=False, server_default=empty))
        op.add_column(table, sa.Column("turn", sa.String(27), nullable=False, server_default=NEVER))
        for mark in ("urged", "voice"):
            op.add_column(
                table, sa.Column(mark, sa.Boolean, nullable=False, server_default=sa.false())
            )
    op.add_column(
        "tickets", sa.Column("since", sa.String(27), nullable=False, server_default=NEVER)
    )
    op.add_column("boxes", sa.Column("own", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("boxes", sa.Column("county", sa.String(6), nullable=False, server_default=""))
    op.create_table(
        "tallies",
        sa.Column("holder", sa.String(40), primary_key=True),
        sa.Column("county", sa.String(6), primary_key=True),
        sa.Column("own", sa.Boolean, primary_key=True),
        sa.Column("tab", sa.String(12), primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
    )
    _tickets(bind)
    _boxes(bind)
    _indexes()


def _tickets(bind: sa.Connection) -> None:
    tab_of = {state: tab for tab, states in TABS.items() for state in states}
    rows = bind.execute(sa.text("SELECT number, status, open, due_at, tracks FROM tickets")).all()
    for row in rows:
        tracks = json.loads(row.tracks)
        tab = tab_of.get(row.status, "done")
        waits = tracks.get("draft") == "submitted" or tracks.get("extension") == "requested"
        if tracks.get("appeal") in ("review", "reexam") or (row.open and waits):
            tab = "to_review"
        bind.execute(
            sa.text("UPDATE tickets SET tab = :tab, turn = :turn WHERE number = :number"),
            {"tab": tab, "turn": row.due_at, "number": row.number},
        )
    bind.execute(
        sa.text(
            "UPDATE tickets SET turn = (SELECT max(at) FROM history WHERE ticket = number) "
            "WHERE tab = 'done'"
        )
    )
    bind.execute(
        sa.text(
            "UPDATE tickets SET since = coalesce((SELECT min(h.at) FROM history h WHERE "
            'h.ticket = number AND h."to" = owner AND h.action IN '
            "('file', 'dispatch', 'reassign', 'return') AND h.n > coalesce((SELECT max(o.n) FROM "
            "history o WHERE o.ticket = number AND o.\"to\" NOT IN ('', owner) AND o.action IN "
            "('file', 'dispatch', 'reassign', 'return')), 0)), filed_at)"
        )
    )
    urged = sa.text(
        "UPDATE tickets SET urged = :yes WHERE number IN "
        "(SELECT ticket FROM history WHERE action IN :urging)"
    ).bindparams(sa.bindparam("urging", expanding=True), sa.bindparam("yes", type_=sa.Boolean))
    bind.execute(urged, {"urging": list(URGING), "yes": True})
    voice = sa.text(
        "UPDATE tickets SET voice = :yes WHERE number IN "
        "(SELECT ticket FROM attachments WHERE kind = 'voice')"
    ).bindparams(sa.bindparam("yes", type_=sa.Boolean))
    bind.execute(voice, {"yes": True})


def _boxes(bind: sa.Connection) -> None:
    bind.execute(
        sa.text(
            "UPDATE boxes SET "
            "county = (SELECT county FROM tickets WHERE number = ticket), "
            "tab = (SELECT tab FROM tickets WHERE number = ticket), "
            "turn = (SELECT turn FROM tickets WHERE number = ticket), "
            "urged = (SELECT urged FROM tickets WHERE number = ticket), "
            "voice = (SELECT voice FROM tickets WHERE number = ticket), "
            "own = (holder = (SELECT owner FROM tickets WHERE number = ticket)) "
            "WHERE holder <> 'reporter' AND ticket IN (SELECT number FROM tickets)"
        )
    )
    bind.execute(
        sa.text(
            "INSERT INTO tallies (holder, county, own, tab, n) "
            "SELECT holder, county, own, tab, count(*) FROM boxes WHERE tab <> '' "
            "GROUP BY holder, county, own, tab"
        )
    )


def _indexes() -> None:
    op.create_index("tickets_in_hand", "tickets", ["handler", "tab"])
    in_queue, under_way = sa.text("tab <> ''"), sa.text("tab NOT IN ('', 'done')")
    for name, columns, where in (
        ("boxes_by_tab", ["holder", "tab", "turn", "ticket", "own", "county"], in_queue),
        ("boxes_by_county", ["holder", "county", "tab", "turn", "ticket", "own"], in_queue),
        ("boxes_by_turn", ["holder", "turn", "ticket", "own", "county"], under_way),
        ("boxes_urged", ["holder", "turn", "ticket"], sa.text("urged AND tab <> 'done'")),
        ("boxes_voice", ["holder", "turn", "ticket"], sa.text("voice AND tab <> 'done'")),
    ):
        op.create_index(name, "boxes", columns, sqlite_where=where, postgresql_where=where)
