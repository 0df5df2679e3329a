"""Many rows put down at once.

Python's SQLite driver lets the interpreter go at every row of an `executemany`, and waits for it again:
beside a busy event loop that took ten times as long as the insertion itself. So on SQLite all rows go in
one statement, written once for each table and number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.schema import ScalarElementColumnDefault

#: SQLite takes 32,766 values a statement (SQLITE_MAX_VARIABLE_NUMBER since 3.32).
MOST_VALUES = 30_000


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """INSERT of rows that all name the same columns; of none, nothing. Raises `ValueError` for others."""
    if not rows:
        return
    if other := next((row for row in rows if row.keys() != rows[0].keys()), None):
        raise ValueError(f"not all rows name the same columns: {other.keys() ^ rows[0].keys()}")
    if connection.dialect.name != "sqlite":
        connection.execute(insert(table), rows)
        return
    form = _form(table, tuple(rows[0]), connection.dialect)
    most = MOST_VALUES // len(form.columns)
    for start in range(0, len(rows), most):
        some = rows[start : start + most]
        values = tuple(value for row in some for value in form.values(row))
        connection.exec_driver_sql(form.statement(len(some)), values)


@dataclass(frozen=True)
class Form:
    """An INSERT for some columns of a table: what they are called, and what the driver is given."""

    head: str
    group: str
    columns: Sequence[tuple[str, Callable[[Any], Any] | None]]
    defaults: Mapping[str, Any]  # of columns that the rows do not name

    def statement(self, count: int) -> str:
        return self.head + ", ".join([self.group] * count)

    def values(self, row: Mapping[str, Any]) -> list[Any]:
        whole = {**self.defaults, **row}
        return [bind(whole[name]) if bind else whole[name] for name, bind in self.columns]


@lru_cache(maxsize=64)
def _form(table: Table, named: tuple[str, ...], dialect: Dialect) -> Form:
    compiled = insert(table).compile(dialect=dialect, column_keys=list(named))
    head, values, group = str(compiled).partition(" VALUES ")
    columns = [table.c[name] for name in compiled.positiontup or ()]
    return Form(
        head + values,
        group,
        [(c.name, c.type.dialect_impl(dialect).bind_processor(dialect)) for c in columns],
        {
            c.name: c.default.arg
            for c in columns
            if isinstance(c.default, ScalarElementColumnDefault)
        },
    )
