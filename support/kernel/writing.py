"""Many new rows of a kind, written in one statement without the unit of work's bookkeeping.

The unit of work sorts, compares and tracks each object that it writes: for one request that is
nothing, for the fourteen rows of each of fifty mails it is most of the cost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import JSON, Column, insert, null
from sqlalchemy import inspect as inspected
from sqlalchemy.orm import make_transient_to_detached

from support.kernel import db
from support.kernel.db import Base

_ABSENT = object()


def write_new(rows: Sequence[Base], *, keep: bool = True) -> None:
    """Insert new rows of one model, which name each other by number and not by relationship.

    What is unsaid gets its default, on the rows too. ``keep``: the session has them from now on,
    as after a flush; without, they are left alone and only their numbers may be used. Raises
    IntegrityError as a flush does; the rows are then as new as before.
    """
    if not rows:
        return
    model = type(rows[0])
    write_values(model, [row.__dict__ for row in rows])
    if keep:
        keep_written(rows)


def write_values(model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows given by the names of their attributes. What is unsaid gets its default, in
    ``rows`` too; only a number that all of them leave out is the database's to give.
    """
    if not rows:
        return
    session = db.session()
    session.flush()  # what they name may be waiting to be written
    session.execute(insert(model.__table__), [_values(row, model) for row in rows])


def keep_written(rows: Sequence[Base]) -> None:
    """The session has them from now on, as after a flush. Of rows that hold each other by a
    relationship: all of them at once, when the last is written.
    """
    for row in rows:
        make_transient_to_detached(row)
    db.session().add_all(rows)


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
    return [
        (one.key, one.columns[0].name, _default(one.columns[0]), _unsaid(one.columns[0]))
        for one in inspected(model).column_attrs
    ]


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
