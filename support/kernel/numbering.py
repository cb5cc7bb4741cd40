"""Numbers given to rows before they are written, so that rows that name each other go together.

Rows that have their numbers are also written in one statement on both databases: nothing has to
come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from support.kernel import db
from support.kernel.db import Base


def number(rows: Sequence[Any]) -> None:
    """Number new rows of one model, which are added by now or next, in this order."""
    if not rows:
        return
    model = type(rows[0])
    # Those that wait to be written without a number would be given one of ours.
    waiting = [row for row in db.session().new if type(row) is model and row.id is None]
    bare = list(dict.fromkeys([*waiting, *rows]))
    for row, drawn in zip(bare, reserve(model, len(bare)), strict=True):
        row.id = drawn


def reserve(model: type[Base], count: int) -> list[int]:
    """``count`` numbers for new rows of ``model``, in order.

    PostgreSQL draws them from the table's own sequence. SQLite, where whoever writes is alone
    until the commit, goes on after the last row: as it would by itself.
    """
    session = db.session()
    if session.get_bind().dialect.name == "postgresql":
        # Looked up once, not once a number.
        sequence = select(func.pg_get_serial_sequence(model.__tablename__, "id")).scalar_subquery()
        drawn = select(func.nextval(sequence)).select_from(func.generate_series(1, count))
        return sorted(session.scalars(drawn))
    given: dict[str, int] = session.info.setdefault("numbers_given", {})
    with session.no_autoflush:
        written = session.scalar(select(func.max(model.__table__.c.id))) or 0
    last = max(written, given.get(model.__tablename__, 0))
    given[model.__tablename__] = last + count
    return list(range(last + 1, last + 1 + count))
