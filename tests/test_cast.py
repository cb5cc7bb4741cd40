"""The ground that the other tests stand on."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, inspect, select
from sqlalchemy.exc import IntegrityError

from support.kernel import db
from support.people.models import Agent, Person, Team
from support.people.passwords import matches
from tests.cast import PASSWORD, again
from tests.factories import a_person, a_ticket
from tests.schema import tables


def how_many(model):
    return db.session().scalar(select(func.count()).select_from(model))


def test_the_database_is_the_one_that_was_asked_for(database, db_session):
    assert db_session.get_bind().dialect.name == database
    there = set(inspect(db_session.connection()).get_table_names())
    assert {table.name for table in tables()} <= there


def test_the_cast_is_complete(cast):
    assert matches(cast.teleadviser, PASSWORD)
    assert {agent.role for agent in cast.agents.values()} == set(type(cast.dp.role))
    assert cast.awa.phone == cast.binta.phone
    assert cast.awa.id != cast.binta.id
    assert a_ticket(cast).team.code == "ccc_a"


@pytest.mark.parametrize("turn", [1, 2])
def test_nothing_stays_after_a_test(db_session, turn):
    assert how_many(Person) == 0
    a_person()


def test_a_broken_savepoint_leaves_the_transaction_usable(db_session, cast):
    before = how_many(Team)
    with pytest.raises(IntegrityError), db_session.begin_nested():
        db_session.add(Agent(email=cast.dp.email, given_name="", family_name=""))
    assert how_many(Team) == before


def fail_half_way():
    with db.transaction():
        a_person()
        raise ZeroDivisionError


@pytest.mark.parametrize("turn", [1, 2])
def test_doors_open_and_commit_and_nothing_stays(doors_db, turn):
    with db.transaction():
        a_person()
    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with db.transaction():
        assert how_many(Person) == 1


@pytest.mark.parametrize("turn", [1, 2])
def test_a_real_commit_is_seen_by_another_thread_and_nothing_stays(real_cast, turn):
    seen = []

    def look():
        with db.transaction(write=False):
            seen.append((how_many(Agent), again(real_cast.teleadviser).team.code))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [(len(real_cast.agents), "ccc_a")]
