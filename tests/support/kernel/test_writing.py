"""Rows written by value are those that a flush would have written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import JSON, select, type_coerce
from sqlalchemy.exc import DataError, IntegrityError

from support.intake.models import Channel, Outcome, Received
from support.kernel.db import Base
from support.kernel.writing import write_new, write_values
from support.outbox.models import OutboxRow
from support.people.models import Person, PersonNameWord
from tests.factories import counted

AWKWARD = [
    "", "NULL", "null", "{}", '{"a", b}', "\\", '"', "'", "l'été\nà Nîmes\t!", "مرحبا", "😀",
    "%s :name %(x)s", "a\x00b", "\ud800",
]  # fmt: skip
INSTANT = datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC)


def stored(session: Any, model: type[Base], *besides: str) -> list[dict[str, Any]]:
    """All the rows as the database holds them, JSON as its text, without numbers."""
    columns = [one for one in model.__table__.columns if one.name not in ("id", *besides)]
    raw = [
        type_coerce(one, JSON(none_as_null=False)) if isinstance(one.type, JSON) else one
        for one in columns
    ]
    query = select(*raw, *[one.is_(None) for one in columns]).order_by(model.__table__.c.id)
    return [tuple(row) for row in session.execute(query)]


def outbox(number: int, text: str) -> dict[str, Any]:
    said: dict[str, Any] = {"topic": f"t{number}", "payload": {"text": text.replace("\x00", "")}}
    if number % 2 == 0:
        said |= {"key": f"key {number}", "available_at": INSTANT + timedelta(number)}
    return said


def received(number: int, text: str) -> dict[str, Any]:
    said: dict[str, Any] = {"channel": Channel.EMAIL, "dedupe_key": str(number), "subject": text}
    if number % 2 == 0:
        said |= {"raw": bytes(range(256)), "outcome": Outcome.CREATED, "digest": {"a": [1, None]}}
    if number % 3 == 0:
        said |= {"auth": None, "size": number}
    return said


@pytest.mark.parametrize(("model", "made"), [(OutboxRow, outbox), (Received, received)])
def test_they_are_what_a_flush_would_have_written(db_session, model, made):
    rows = [made(number, text) for number, text in enumerate(AWKWARD * 2)]
    with time_machine.travel(INSTANT, tick=False):
        with db_session.begin_nested() as first:
            for row in rows:  # one by one: what is unsaid differs from row to row
                db_session.add(model(**row))
                db_session.flush()
            flushed = stored(db_session, model)
            first.rollback()
        db_session.expunge_all()
        write_new([model(**row) for row in rows])
        assert stored(db_session, model) == flushed
        assert len(flushed) == len(rows)


def test_any_number_of_rows_is_one_statement(db_session):
    people = [Person(id=900_000 + n, family_name=f"Nom {n}") for n in range(300)]
    with counted() as sql:
        write_new(people)
        words = [{"person_id": one.id, "word": "nom"} for one in people]
        write_values(PersonNameWord, words)
    assert len(sql) == 2
    found = select(PersonNameWord.person_id).where(PersonNameWord.word == "nom")
    assert set(db_session.scalars(found)) == {one.id for one in people}


def test_no_row_is_no_statement(db_session):
    with counted() as sql:
        write_new([])
        write_values(Person, [])
    assert sql == []


def test_what_the_database_refuses_is_refused_whole(db_session):
    rows = [{"topic": "t", "payload": {}, "key": key} for key in ("one", "two", "one")]
    with (
        pytest.raises(IntegrityError, match=r"outbox.key|uq_outbox_key"),
        db_session.begin_nested(),
    ):
        write_values(OutboxRow, rows)
    assert db_session.scalars(select(OutboxRow.id)).all() == []


def test_text_that_is_too_long_is_refused_and_not_cut(db_session):
    if db_session.get_bind().dialect.name != "postgresql":
        return  # SQLite has no longest text
    with pytest.raises(DataError), db_session.begin_nested():
        write_values(OutboxRow, [{"topic": "t" * 65, "payload": {}}, {"topic": "t", "payload": {}}])


def test_what_they_name_is_written_before_them(db_session):
    db_session.add(Person(id=910_000, family_name="Attendue"))
    write_values(PersonNameWord, [{"person_id": 910_000, "word": w} for w in ("a", "b")])
