"""Transactions: one unit of work, on two databases that behave alike."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from support.kernel import db
from support.kernel.errors import broken_constraint
from support.kernel.time import FAR_FUTURE, now
from support.people.models import SignInAttempt, Site, SiteKind, Team, TeamKind
from tests.factories import counted


def site(code: str, **more) -> Site:
    return Site(code=code, kind=SiteKind.PREFECTURE, name=code, department="42", **more)


def codes() -> list[str]:
    return sorted(db.session().scalars(select(Site.code)))


def test_a_verb_outside_a_transaction_is_told(doors_db):
    with pytest.raises(RuntimeError, match="no transaction"):
        db.session()


def test_transactions_do_not_nest(doors_db):
    with db.transaction(), pytest.raises(RuntimeError, match="already open"):
        db.transaction().__enter__()
    assert not db.in_transaction()


def test_an_error_undoes_everything(real_db):
    def fail():
        with db.transaction() as session:
            session.add(site("a"))
            session.flush()
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        fail()
    with db.transaction():
        assert codes() == []


def test_objects_stay_readable_after_the_commit(real_db):
    with db.transaction() as session:
        made = site("a")
        session.add(made)
    assert made.code == "a"


def test_those_who_listen_hear_of_each_commit(real_db, monkeypatch):
    monkeypatch.setattr(db, "_after_commit", [])
    heard = []
    db.on_commit(heard.append)
    db.on_commit(heard.append)
    with db.transaction():
        assert not heard
    assert len(heard) == 1


def test_a_listener_that_fails_does_not_fail_what_is_committed(real_db, monkeypatch, caplog):
    monkeypatch.setattr(db, "_after_commit", [])
    heard = []
    db.on_commit(lambda _session: 1 / 0)
    db.on_commit(heard.append)
    with db.transaction() as session:
        session.add(site("a"))
    with db.transaction():
        assert codes() == ["a"]
    assert len(heard) == 2
    assert "ZeroDivisionError" in caplog.text


def test_writers_that_read_first_wait_for_each_other(real_db):
    with db.transaction() as session:
        session.add(site("0"))
    failures = []

    def add(mine: str):
        try:
            for turn in range(5):
                with db.transaction() as session:
                    codes()
                    session.add(site(f"{mine}{turn}"))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=add, args=(letter,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with db.transaction():
        assert len(codes()) == 21


def test_readers_do_not_wait_for_a_writer(real_db):
    seen = []

    def read():
        with db.transaction(write=False):
            seen.extend(codes())

    with db.transaction() as session:
        session.add(site("a"))
        session.flush()
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(timeout=10)
        assert not reader.is_alive()
    assert seen == []


def test_a_reader_sees_one_instant(real_db):
    """A page must not show a new message beside the state from before it."""

    def write() -> None:
        with db.transaction() as session:
            session.add(site("meanwhile"))

    with db.transaction(write=False):
        before = codes()
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(30)
        assert codes() == before
    with db.transaction(write=False):
        assert codes() == ["meanwhile"]


def test_a_broken_constraint_is_known_by_its_name(db_session):
    names = {"uq_site_code": "site.code_taken", "site.code": "site.code_taken"}
    db_session.add(site("a"))
    with pytest.raises(IntegrityError) as broken, db_session.begin_nested():
        db_session.add(site("a"))
    assert broken_constraint(broken.value, names) == "site.code_taken"
    assert broken_constraint(broken.value, {"uq_other": "x"}) is None


def test_foreign_keys_are_kept(db_session):
    lost = Team(code="x", kind=TeamKind.STEERING, label="", public_label="", site_id=404)
    with pytest.raises(IntegrityError), db_session.begin_nested():
        db_session.add(lost)


def test_instants_come_back_as_they_went(db_session):
    for at in (FAR_FUTURE, now()):
        row = SignInAttempt(email="a", address="b", at=at)
        db_session.add(row)
        db_session.flush()
        db_session.expire(row)
        assert row.at == at
        assert row.at.utcoffset().total_seconds() == 0


def test_a_naive_instant_is_refused(db_session):
    with pytest.raises(StatementError, match="naive"), db_session.begin_nested():
        db_session.add(SignInAttempt(email="a", address="b", at=datetime(2026, 1, 1)))


@pytest.mark.parametrize("bad", ["a\x00b", "\x00", "a\ud800b"])
def test_text_that_a_database_cannot_hold_loses_only_that(db_session, bad):
    made = site("bad", address=f"12 rue {bad}")
    db_session.add(made)
    db_session.flush()
    db_session.expire(made)
    assert made.address.startswith("12 rue ")
    assert "\x00" not in made.address
    found = select(Site.code).where(Site.name == bad)
    assert db_session.scalar(found) is None


def test_statements_are_counted(db_session):
    with counted() as sql, db_session.begin_nested():
        codes()
        codes()
    assert len(sql) == 2


def test_many_rows_at_once_are_mended_too(db_session):
    db_session.add_all([site(f"a{n}", address=f"{n}\x00") for n in range(5)])
    db_session.flush()
    many = [{"name": f"\x00new {n}", "code": f"a{n}"} for n in range(5)]
    connection, table = db_session.connection(), Site.__table__
    connection.execute(text("UPDATE site SET name = :name WHERE code = :code"), many)
    names = connection.execute(select(table.c.name, table.c.address).order_by(table.c.code))
    assert list(names) == [(f"new {n}", str(n)) for n in range(5)]
