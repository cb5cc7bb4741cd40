"""Numbers given to rows before they are written, so that rows that name each other go together."""

from __future__ import annotations

from sqlalchemy import func, select

from support.kernel import db
from support.kernel.db import Base


def reserve(model: type[Base], count: int) -> list[int]:
    """``count`` numbers for new rows of ``model``, in order. The caller flushes those rows next.

    PostgreSQL draws them from the table's own sequence. SQLite, where whoever writes is alone
    until the commit, goes on after the last row: as it would by itself.
    """
    session = db.session()
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
        drawn = select(func.nextval(sequence)).select_from(func.generate_series(1, count))
        return sorted(session.scalars(drawn))
    session.flush()
    last = session.scalar(select(func.max(model.__table__.c.id))) or 0
    return list(range(last + 1, last + 1 + count))
