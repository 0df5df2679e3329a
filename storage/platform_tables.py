"""Tables of platforms that answer on an open line. Callers are HMACs, words are sealed to the day."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table

from storage.schema import Moment, metadata

replies = Table(  # the answer given on the line, the same for each repetition of a message
    "replies",
    metadata,
    Column("channel", String(12), primary_key=True),
    Column("external_id", String(80), primary_key=True),
    Column("day", String(10), nullable=False),
    Column("sealed", LargeBinary),
    Column("hung_up", Boolean, nullable=False, default=False),
    Column("at", Moment, nullable=False),
    Index("replies_by_time", "at"),
)

windows = Table(  # until when, and how often, a caller may be written to
    "windows",
    metadata,
    Column("caller", LargeBinary, primary_key=True),
    Column("day", String(10), nullable=False),
    Column("until", Moment, nullable=False),
    Column("left", Integer, nullable=False),
)

turns = Table(  # one person is answered by one process at a time
    "turns",
    metadata,
    Column("caller", LargeBinary, primary_key=True),
    Column("day", String(10), nullable=False),
    Column("holder", String(80), nullable=False),
    Column("until", Moment, nullable=False),
)

unsaid = Table(  # what could not be sent, told when the caller comes again
    "unsaid",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("caller", LargeBinary, nullable=False, index=True),
    Column("day", String(10), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

letters = Table(  # which message a platform's signature came with, neither of them in clear
    "letters",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("message", String(64), nullable=False),
    Column("day", String(10), nullable=False, index=True),
)

platform_tokens = Table(
    "platform_tokens",
    metadata,
    Column("account", String(80), primary_key=True),
    Column("sealed", LargeBinary),
    Column("until", Moment),
    Column("lease_until", Moment),
    Column("worker", String(40), nullable=False, default=""),
)

TABLES = (replies, windows, turns, unsaid, letters, platform_tokens)
