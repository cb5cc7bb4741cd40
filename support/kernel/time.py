"""Time is kept in UTC and read in one place, so that tests can travel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator

FAR_FUTURE = datetime(9999, 1, 1, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


_as_of: ContextVar[datetime | None] = ContextVar("relais_as_of", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _as_of.get() or datetime.now(UTC)


def today() -> date:
    """The day it is in mainland France, by which laws and articles come into force."""
    return now().astimezone(PARIS).date()


@contextmanager
def as_of(instant: datetime) -> Iterator[None]:
    """Let the verbs believe that it is ``instant``: for loading history, not for pages."""
    token = _as_of.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _as_of.reset(token)


class Instant(TypeDecorator[datetime]):
    """An aware datetime in UTC on both databases (SQLite keeps no zone of its own)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
