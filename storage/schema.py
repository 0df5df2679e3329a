"""The tables. In clear stand only places to the county, coarse categories, clocks, states, readers."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    and_,
    false,
    literal_column,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.elements import ColumnElement


class Moment(TypeDecorator[datetime]):
    """An aware moment as UTC text that sorts like time, alike on both databases."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else written(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


def written(moment: datetime) -> str:
    """A moment as the store writes it. A naive one is a programming error.

    >>> written(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    '2026-01-02T03:04:05.000000Z'
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


metadata = MetaData()

#: Sorts after every moment there will be.
NEVER = "9999-12-31T00:00:00.000000Z"

tickets = Table(
    "tickets",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("county", String(6), nullable=False),
    Column("category", String(40), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("owner", String(40), nullable=False),
    Column("status", String(16), nullable=False),
    Column("open", Boolean, nullable=False),
    Column("to_discipline", Boolean, nullable=False),
    Column("handler", String(40), nullable=False, default=""),
    Column("returns", Integer, nullable=False, default=0),
    Column("filed_at", Moment, nullable=False),
    Column("month", String(7), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("climbs_at", Moment, nullable=True),  # when the ladder looks at it next; never: NULL
    Column("clocks", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("batch", String(60), nullable=False, default=""),
    Column("version", Integer, nullable=False),
    Column("tracks", Text, nullable=False, server_default="{}"),
    Column("alarm", String(10), nullable=False, server_default=""),  # why somebody must be told
    Column("last_step", Text, nullable=True),  # how it stood before the last step, until she looks
    # Where it stands in the queue (casework.queue); copied beside its boxes (storage.standing).
    Column("tab", String(12), nullable=False, server_default="new"),
    Column("turn", Moment, nullable=False, server_default=NEVER),
    Column("urged", Boolean, nullable=False, server_default=false()),
    Column("voice", Boolean, nullable=False, server_default=false()),
    Column("since", Moment, nullable=False, server_default=NEVER),  # when its owner got it
    Index("tickets_in_hand", "handler", "tab"),
    Index("tickets_alarming", "alarm"),
    Index("tickets_by_due", "open", "due_at", "number"),
    Index("tickets_to_climb", "climbs_at"),
    Index("tickets_by_month", "month", "category", "county"),
    Index("tickets_to_hand_over", "to_discipline", "batch", "month"),
)

envelopes = Table(  # the sealed texts of a report
    "envelopes",
    metadata,
    Column("ticket", String(16), primary_key=True),
    Column("field", String(40), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

boxes = Table(  # exactly those who may read a ticket hold one; every query joins this
    "boxes",
    metadata,
    Column("holder", String(40), primary_key=True),
    Column("ticket", String(16), primary_key=True),
    Column("box", LargeBinary, nullable=False),
    Column("sees", String(8), nullable=False, server_default="all"),  # Sees
    # Where the ticket stands in the unit's queue; '' for the reporter's own box, which is in none.
    Column("own", Boolean, nullable=False, server_default=false()),
    Column("county", String(6), nullable=False, server_default=""),
    Column("tab", String(12), nullable=False, server_default=""),
    Column("turn", Moment, nullable=False, server_default=NEVER),
    Column("urged", Boolean, nullable=False, server_default=false()),
    Column("voice", Boolean, nullable=False, server_default=false()),
    Index("boxes_of_ticket", "ticket"),
)


#: Written out, not as values of a statement: a database takes a partial index where it reads these words.
IN_QUEUE = boxes.c.tab != literal_column("''")
UNDER_WAY = boxes.c.tab.not_in([literal_column("''"), literal_column("'done'")])
NOT_OVER = boxes.c.tab != literal_column("'done'")
A_TASK = boxes.c.sees == literal_column("'task'")


def _of_queue(name: str, *columns: str, where: ColumnElement[bool]) -> None:
    """A list in its order, read from the index alone."""
    listed = (boxes.c[each] for each in columns)
    Index(name, *listed, sqlite_where=where, postgresql_where=where)


_of_queue("boxes_by_tab", "holder", "tab", "turn", "ticket", "own", "county", where=IN_QUEUE)
_of_queue("boxes_by_county", "holder", "county", "tab", "turn", "ticket", "own", where=IN_QUEUE)
_of_queue(
    "boxes_by_turn", "holder", "turn", "ticket", "own", "county",
    where=UNDER_WAY,
)  # fmt: skip
_of_queue("boxes_urged", "holder", "turn", "ticket", where=and_(boxes.c.urged, NOT_OVER))
_of_queue("boxes_voice", "holder", "turn", "ticket", where=and_(boxes.c.voice, NOT_OVER))
# Few boxes hold a task; those that hold everything cost no line of this index.
Index("boxes_of_tasks", boxes.c.holder, sqlite_where=A_TASK, postgresql_where=A_TASK)

parts = Table(  # a text added later has a key of its own; exactly those who may read it hold a box
    "parts",
    metadata,
    Column("ticket", String(16), primary_key=True),
    Column("part", String(40), primary_key=True),  # the field its history line is sealed under
    Column("holder", String(40), primary_key=True),
    Column("box", LargeBinary, nullable=False),
)

tallies = Table(  # how many boxes of a unit stand where
    "tallies",
    metadata,
    Column("holder", String(40), primary_key=True),
    Column("county", String(6), primary_key=True),
    Column("own", Boolean, primary_key=True),
    Column("tab", String(12), primary_key=True),
    Column("n", Integer, nullable=False),
)

recusals = Table(  # lifted ones stay; at most one of a person about the same is in force
    "recusals",
    metadata,
    Column("person", String(40), primary_key=True),
    Column("about", String(40), primary_key=True),  # a ticket or a whole unit
    Column("since", Moment, primary_key=True),
    Column("area", String(12)),  # how the codes of the unit's places begin
    Column("reason", String(12), nullable=False),
    Column("declared_by", String(40), nullable=False),
    Column("lifted_at", Moment),
    Column("lifted_by", String(40), nullable=False, server_default=""),
)
Index(
    "recusals_in_force", recusals.c.person, recusals.c.about, unique=True,
    sqlite_where=recusals.c.lifted_at.is_(None), postgresql_where=recusals.c.lifted_at.is_(None),
)  # fmt: skip

drafts = Table(  # what somebody began to write, sealed to those who read the ticket
    "drafts",
    metadata,
    Column("ticket", String(16), primary_key=True),
    Column("person", String(40), primary_key=True),
    Column("action", String(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)

phrases = Table(  # what a unit says again and again; no word of a report
    "phrases",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("unit", String(40), nullable=False, index=True),
    Column("action", String(16), nullable=False),
    Column("title", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("person", String(40), nullable=False),
    Column("at", Moment, nullable=False),
)

history = Table(
    "history",
    metadata,
    Column("ticket", String(16), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("action", String(16), nullable=False),
    Column("by", String(40), nullable=False),
    Column("person", String(40), nullable=False),
    Column("audience", String(10), nullable=False),
    Column("sealed", LargeBinary),
    Column("to", String(40), nullable=False, server_default=""),
    Column("code", String(40), nullable=False, server_default=""),
    Index("history_by_time", "at"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ticket", String(16), nullable=False, index=True),
    Column("kind", String(12), nullable=False),
    Column("media_type", String(80), nullable=False),
    Column("size", Integer, nullable=False),
    Column("copy", String(8), nullable=False, server_default=""),  # HandlersCopy
    # Of a file that was added later: the part it is sealed under; '' came with the report.
    Column("part", String(40), nullable=False, server_default=""),
)

receipts = Table(
    "receipts",
    metadata,
    Column("lookup", LargeBinary, primary_key=True),
    Column("ticket", String(16), nullable=False),
    Column("public", LargeBinary, nullable=False),
)

leaves = Table(
    "leaves",
    metadata,
    Column("index", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Column("ticket", String(24), nullable=False, default=""),
    Column("event", String(20), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("leaves_of_ticket", "ticket", "event"),
)

log_head = Table(
    "log_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("edge", LargeBinary, nullable=False),
)

answered_once = Table(  # the answer to a request that may come again; the row alone opens nothing
    "answered_once",
    metadata,
    Column("id", LargeBinary, primary_key=True),  # hash of the sender's scope and key
    Column("proof", LargeBinary, nullable=False),  # HMAC of what was asked, under the key
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    Index("answered_by_time", "at"),
)

shown_receipts = Table(  # a receipt's page for half an hour, sealed under the cookie of the phone
    "shown_receipts",
    metadata,
    Column("id", LargeBinary, primary_key=True),  # derived from the cookie
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)

remembered = Table(  # the code of who agreed to it, sealed under her account and the service's key
    "remembered",
    metadata,
    Column("id", LargeBinary, primary_key=True),  # derived from the same
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)

inbound = Table(
    "inbound",
    metadata,
    Column("channel", String(12), primary_key=True),
    Column("external_id", String(80), primary_key=True),
    Column("day", String(10), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("done", Boolean, nullable=False, default=False),
    Column("at", Moment, nullable=False),
    # Counted before each try, so that a message that ends the process is counted too.
    Column("tries", Integer, nullable=False, server_default="1"),
    Column("parked", Boolean, nullable=False, server_default=false()),
    Index("inbound_pending", "channel", "done"),
)

talks = Table(
    "talks",
    metadata,
    Column("caller", LargeBinary, primary_key=True),
    Column("day", String(10), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", String(12), nullable=False),
    Column("dedupe", String(120), nullable=False, unique=True),
    Column("priority", String(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("key", String(14), nullable=False),  # 'day 2026-11-23' or 'service'
    Column("made_at", Moment),  # none in rows older than the column
    Column("due", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("state", String(10), nullable=False, default="waiting"),
    Column("lease_until", Moment),
    Column("worker", String(40), nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("trouble", String(200), nullable=False, default=""),
    Column("provider_id", String(80), nullable=False, default=""),
    Column("announcement", String(40), nullable=False, default=""),
    Column("craftsman", String(40), nullable=False, default=""),
    Index("outbox_next", "channel", "state", "priority", "due"),
    Index("outbox_of_announcement", "announcement", "state"),
)

unit_keys = Table(
    "unit_keys",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("public", LargeBinary, nullable=False),
    Column("made_at", Moment, nullable=False),
)

keys_due = Table(  # units whose key somebody knows who may not any more
    "keys_due",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("since", Moment, nullable=False),
)

earlier_keys = Table(  # what a unit's boxes may still be sealed to, until each is sealed anew
    "earlier_keys",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("public", LargeBinary, primary_key=True),
    Column("box", LargeBinary, nullable=False),  # its private half, sealed to the key of today
)

key_changes = Table(  # how far the boxes of a unit are sealed anew
    "key_changes",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("done_to", String(16), nullable=False),  # up to this ticket
)

people = Table(
    "people",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("unit", String(40), nullable=False, index=True),
    Column("public", LargeBinary),
    Column("wrapped", LargeBinary),  # the private key under Argon2id(password)
    Column("salt", LargeBinary),
    Column("gone_at", Moment, nullable=True),  # when he left; the history keeps his name
)
# Of those who are here: whoever comes later may be called like one who left.
Index(
    "one_name_a_unit", people.c.name, people.c.unit, unique=True,
    sqlite_where=people.c.gone_at.is_(None), postgresql_where=people.c.gone_at.is_(None),
)  # fmt: skip

posts = Table(  # who does what, from when until when
    "posts",
    metadata,
    Column("person", String(40), primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("since", Moment, primary_key=True),
    Column("until", Moment, nullable=True),  # the first moment in which he does it no more
)

absences = Table(  # who is away, and who stands in for him meanwhile
    "absences",
    metadata,
    Column("person", String(40), primary_key=True),
    Column("since", Moment, primary_key=True),
    Column("deputy", String(40), nullable=False, index=True),
    Column("until", Moment, nullable=False),  # the first moment in which he is back
)

memberships = Table(  # a unit's private key, sealed to one member
    "memberships",
    metadata,
    Column("unit", String(40), primary_key=True),
    Column("person", String(40), primary_key=True),
    Column("box", LargeBinary, nullable=False),
)

let_ins = Table(  # colleagues who have said yes to a newcomer, until he is in
    "let_ins",
    metadata,
    Column("person", String(40), primary_key=True),
    Column("by", String(40), primary_key=True),
    Column("at", Moment, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("person", String(40), nullable=False),
    Column("purpose", String(10), nullable=False),
    Column("until", Moment, nullable=False),
    Column("used", Boolean, nullable=False, default=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("person", String(40), nullable=False),
    Column("sealed", LargeBinary),  # the member's private key under the cookie's other half
    Column("made_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
)

batches = Table(
    "batches",
    metadata,
    Column("number", String(60), primary_key=True),
    Column("office", String(40), nullable=False),
    Column("month", String(7), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("count", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("file_digest", String(64), nullable=False, server_default=""),
    Column("size", Integer, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("sent_at", Moment),
    Column("receipt", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("trouble", String(300), nullable=False, default=""),
    UniqueConstraint("office", "month", name="one_batch_a_month"),
)

craftsmen = Table(
    "craftsmen",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("county", String(6), nullable=False),
    Column("trade", String(40), nullable=False),
    Column("township", String(40), nullable=False),
    Column("certificate", String(80), nullable=False),
    Column("name", String(80), nullable=False),
    Column("phone_index", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),  # phone and chat address under the service key
    Column("channel", String(12), nullable=False, default=""),
    Column("address_index", LargeBinary),
    Column("unsubscribed", Boolean, nullable=False, default=False),
    Index("craftsmen_segment", "county", "id"),
    Index("craftsmen_address", "address_index"),
)

announcements = Table(
    "announcements",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("text", Text, nullable=False),
    Column("county", String(6), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("by", String(40), nullable=False),
    Column("unreachable", Integer, nullable=False, default=0),
)

job_runs = Table(
    "job_runs",
    metadata,
    Column("job", String(60), primary_key=True),
    Column("at", Moment, nullable=False),
)

facts_of_house = Table(  # system salt and the like: what the house knows about itself
    "facts_of_house",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

rosters = Table(  # 值班表, line by line
    "rosters",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("unit", String(40), nullable=False, index=True),
    Column("person", String(40), nullable=False),
    Column("deputy", String(40), nullable=False),
    Column("weekdays", String(13), nullable=False),  # 0,4: Monday and Friday
    Column("first", String(10)),
    Column("last", String(10)),
    Column("sealed", LargeBinary, nullable=False),  # the phone, under the service key
)

ways = Table(  # how somebody at the office, or a unit's group, is reached
    "ways",
    metadata,
    Column("whose", String(40), primary_key=True),
    Column("kind", String(12), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),  # to the notifier's key
    Column("since", Moment, nullable=False),
    Column("tried_at", Moment),
    Column("trouble", String(200), nullable=False, server_default=""),
)

bindings = Table(  # codes shown at the desk, to be typed to the bot
    "bindings",
    metadata,
    Column("person", String(40), primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("until", Moment, nullable=False),
    Column("used", String(64), nullable=False, server_default=""),  # by whom, as a hash
)

rations = Table(  # what somebody is told besides danger, and what he switched off
    "rations",
    metadata,
    Column("person", String(40), primary_key=True),
    Column("off", String(60), nullable=False, server_default=""),
    Column("day", String(10)),
    Column("sent", Integer, nullable=False, server_default="0"),
    Column("digest", String(10)),
)

alerts = Table(  # tickets that somebody must be told of at once
    "alerts",
    metadata,
    Column("ticket", String(16), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("due", Moment, index=True),  # when the next one is told; NULL: nobody needs to be
    Column("handled", Boolean, nullable=False, server_default=false()),  # when looked at last
    Column("goes", String(40), nullable=False, server_default=""),  # who said that he goes
    Column("goes_at", Moment),
)

summonses = Table(  # one message to one person; the token in its link is known by its hash alone
    "summonses",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person", String(40), nullable=False),
    Column("unit", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Column("answered_at", Moment),
    Index("summonses_of_person", "person", "at"),
)

alerts_told = Table(  # who was told of a ticket
    "alerts_told",
    metadata,
    Column("ticket", String(16), primary_key=True),
    Column("person", String(40), primary_key=True),
    Column("unit", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Column("summons", String(64), nullable=False, index=True),
)
