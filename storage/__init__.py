"""Where it is kept: SQLAlchemy Core, sealing, attachments, outbox. SQLite first, PostgreSQL too."""
