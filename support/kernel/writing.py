"""Many new rows of a kind, written in one statement without the unit of work's bookkeeping.

The unit of work sorts, compares and tracks each object that it writes: for one request that is
nothing, for the dozen rows of each of two hundred mails it is most of the cost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import JSON, Column, insert, null
from sqlalchemy import inspect as inspected

from support.kernel import db, unnesting
from support.kernel.db import Base

_ABSENT = object()


def write_new(rows: Sequence[Base]) -> None:
    """Insert new rows of one model, which name each other by number and not by relationship.

    What is unsaid gets its default, on the rows too. They are only to be read from now on: the
    session does not follow them, and what is changed on them is not written. Raises
    IntegrityError as a flush does; the rows are then as new as before.
    """
    if rows:
        write_values(type(rows[0]), [row.__dict__ for row in rows])


def write_values(model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows given by the names of their attributes. What is unsaid gets its default, in
    ``rows`` too; only a number that all of them leave out is the database's to give.
    """
    if not rows:
        return
    session = db.session()
    session.flush()  # what they name may be waiting to be written
    values = [_values(row, model) for row in rows]
    table: Any = model.__table__
    dialect = session.get_bind().dialect
    if dialect.name == "postgresql" and unnesting.can_take(table):
        session.execute(*unnesting.statement(table, tuple(values[0]), values, dialect))
    else:
        session.execute(insert(table), values)


def _values(said: dict[str, Any], model: type[Base]) -> dict[str, Any]:
    values = {}
    for key, name, default, unsaid in _columns(model):
        value = said.get(key, _ABSENT)
        if value is _ABSENT:
            if default is _ABSENT:
                continue  # the database numbers it
            value = said[key] = default() if callable(default) else default
            values[name] = unsaid if value is None else value
        else:
            values[name] = value
    return values


@cache
def _columns(model: type[Base]) -> list[tuple[str, str, Any, Any]]:
    """Of each column: its attribute, its name, its default, and how « nothing said » is written."""
    table: Any = model.__table__
    named = {one.columns[0].name: one.key for one in inspected(model).column_attrs}
    return [(named[one.name], one.name, _default(one), _unsaid(one)) for one in table.columns]


def _default(column: Column[Any]) -> Any:
    default = column.default
    if default is None:
        return _ABSENT if column.primary_key else None
    argument: Any = default.arg  # type: ignore[attr-defined]
    return _called(argument) if callable(argument) else argument


def _called(argument: Callable[[Any], Any]) -> Callable[[], Any]:
    return lambda: argument(None)


def _unsaid(column: Column[Any]) -> Any:
    """A JSON column takes None for the JSON word « null » unless it is told otherwise."""
    return null() if isinstance(column.type, JSON) else None
