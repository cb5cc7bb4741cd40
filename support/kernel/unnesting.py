"""Rows for PostgreSQL as one array a column: a single row to the driver and to the planner.

A statement that is run again for each row costs both ends a message each time; one with a
thousand parameters costs its parsing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    Dialect,
    Insert,
    LargeBinary,
    String,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    select,
)
from sqlalchemy.sql.elements import Null
from sqlalchemy.types import TypeEngine

Rows = Sequence[dict[str, Any]]


@cache
def can_take(table: Table) -> bool:
    """Not raw bytes: written in an array, they would be twice as long."""
    return not any(isinstance(column.type, LargeBinary) for column in table.columns)


def statement(
    table: Table, names: tuple[str, ...], rows: Rows, dialect: Dialect
) -> tuple[Insert, dict[str, list[Any]]]:
    """The insert of ``rows`` (each with all of ``names``, the columns), and its parameters."""
    insert, processors = _prepared(table, names, dialect)
    arrays = {}
    for name, process in zip(names, processors, strict=True):
        values = [row[name] for row in rows]
        arrays[f"all_{name}"] = [process(one) for one in values] if process else values
    return insert, arrays


@cache
def _prepared(
    table: Table, names: tuple[str, ...], dialect: Dialect
) -> tuple[Insert, list[Callable[[Any], Any] | None]]:
    columns = [table.columns[name] for name in names]
    arrays = [cast(bindparam(f"all_{one.name}"), ARRAY(_carrier(one))) for one in columns]
    given = func.unnest(*arrays).table_valued(*names, name="given").render_derived()
    taken = [
        cast(given.c[one.name], JSON) if isinstance(one.type, JSON) else given.c[one.name]
        for one in columns
    ]
    return (
        insert(table).from_select(names, select(*taken), include_defaults=False),
        [_processor(one, dialect) for one in columns],
    )


def _carrier(column: Column[Any]) -> TypeEngine[Any]:
    """The type in which its values travel: the column refuses text that is too long, as ever."""
    if isinstance(column.type, String | JSON):
        return Text()
    return column.type


def _processor(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    if isinstance(column.type, JSON):
        none = None if column.type.none_as_null else "null"
        return lambda value: (
            none if value is None else None if isinstance(value, Null) else json.dumps(value)
        )
    return column.type.dialect_impl(dialect).bind_processor(dialect)
