"""The database: one engine a process, one transaction a request or a job.

Verbs of the domain call :func:`session` and never commit; whoever opens
:func:`transaction` (a door: web request, worker, command line) commits at its end.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    Enum,
    Integer,
    MetaData,
    String,
    create_engine,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

from support.kernel.text import keep_holdable

log = logging.getLogger(__name__)

# Every constraint has a predictable name, so that its violation can become a message beside
# the right field (see kernel/errors.py) and migrations can name it on both databases.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


# SQLite only numbers rows by itself when the key is spelled INTEGER.
BigKey = BigInteger().with_variant(Integer, "sqlite")
PrimaryKey = Annotated[int, mapped_column(BigKey, primary_key=True)]


def word(kind: type[StrEnum]) -> Enum:
    """A column type for a closed list of words, stored as the word itself."""
    return Enum(kind, native_enum=False, length=32, values_callable=lambda k: [m.value for m in k])


def plain(length: int) -> String:
    """Text ordered byte by byte on both databases, so that « starts with » is an index range."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


_bind: Engine | Connection | None = None
_current: ContextVar[Session | None] = ContextVar("relais_session", default=None)
_after_commit: list[Callable[[Session], None]] = []
_lock = threading.Lock()


def make_engine(url: str, **options: Any) -> Engine:
    """An engine for ``url``, with the settings that both databases need to behave alike."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": 30}, **options)
        event.listen(engine, "connect", _sqlite_on_connect)
        event.listen(engine, "begin", _sqlite_on_begin)
    else:
        # Compiling a plan takes longer than any page's query: it is for reports, not for pages.
        options.setdefault("connect_args", {"options": "-c jit=off"})
        engine = create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10, **options)
        event.listen(engine, "connect", _postgresql_on_connect)
    keep_holdable(engine)
    return engine


def _sqlite_on_connect(connection: Any, _record: Any) -> None:
    # We say BEGIN ourselves: the driver's own rules would begin too late for savepoints.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # an acknowledged mail must outlive a power cut
        "foreign_keys=ON",
        "busy_timeout=30000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _postgresql_on_connect(connection: Any, _record: Any) -> None:
    # Long texts are packed three times as fast, where the server was built with it.
    connection.execute(
        "SELECT set_config(name, 'lz4', false) FROM pg_settings"
        " WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)"
    )
    connection.commit()


def _sqlite_on_begin(connection: Connection) -> None:
    # A writer takes the write lock at once: two that upgrade later would fail, not wait.
    connection.exec_driver_sql(connection.get_execution_options().get("relais_begin", "BEGIN"))


def configure(bind: Engine | Connection) -> None:
    """Use ``bind`` from now on. Tests pass a connection, to roll everything back."""
    global _bind
    with _lock:
        _bind = bind


def bind() -> Engine | Connection:
    if _bind is None:
        raise RuntimeError("database not configured: call support.kernel.db.configure first")
    return _bind


def on_commit(callback: Callable[[Session], None]) -> None:
    """Call ``callback`` after each commit made by :func:`transaction` (once per callback)."""
    if callback not in _after_commit:
        _after_commit.append(callback)


def session() -> Session:
    """The current transaction's session."""
    current = _current.get()
    if current is None:
        raise RuntimeError("no transaction: open one with support.kernel.db.transaction()")
    return current


def in_transaction() -> bool:
    return _current.get() is not None


def _options(engine: Engine, write: bool) -> dict[str, Any]:
    """A writer takes SQLite's write lock at once; a reader sees one instant on both databases."""
    if engine.dialect.name == "sqlite":
        return {"relais_begin": "BEGIN IMMEDIATE"} if write else {}
    return {} if write else {"isolation_level": "REPEATABLE READ"}


@contextmanager
def transaction(*, write: bool = True) -> Iterator[Session]:
    """One unit of work: commits at the end, rolls back on any error.

    Raises RuntimeError when nested: the caller that opened the outer one decides when to commit.
    """
    if in_transaction():
        raise RuntimeError("a transaction is already open: verbs flush, doors commit")
    where = bind()
    options = {"join_transaction_mode": "create_savepoint"} if isinstance(where, Connection) else {}
    current = Session(where, expire_on_commit=False, **options)  # type: ignore[arg-type]
    if isinstance(where, Engine) and (wanted := _options(where, write)):
        current.connection(execution_options=wanted)
    token = _current.set(current)
    try:
        yield current
        current.commit()
    except BaseException:
        current.rollback()
        raise
    finally:
        _current.reset(token)
        current.close()
    _tell(current)


def _tell(committed: Session) -> None:
    # What is committed is done: a doorbell that does not ring must not make it look failed.
    for callback in _after_commit:
        try:
            callback(committed)
        except Exception:
            log.exception("a listener failed after the commit")
