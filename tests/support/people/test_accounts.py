"""Opening and closing staff accounts."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, Invalid, NotVisible
from support.people import accounts
from support.people.accounts import KINDS, AccountDraft
from support.people.models import Role
from support.people.passwords import matches
from support.people.permissions import PERMISSIONS
from tests.cast import AGENTS, TEAMS, again


def a_draft(cast, **changes):
    given = {
        "email": " Nouvelle.Collegue@Demo.Relais ",
        "given_name": "Nour",
        "family_name": "Haddad",
        "role": Role.TELEADVISER,
        "team": cast.teams["ccc_a"],
        "title": "Téléconseillère",
    }
    return AccountDraft(**{**given, **changes})


def test_an_account_is_opened_with_a_password_that_works(cast, db_session):
    issued = accounts.create(a_draft(cast), by=cast.admin)
    assert issued.agent.email == "nouvelle.collegue@demo.relais"
    assert re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", issued.password)
    assert matches(issued.agent, issued.password)
    assert issued.agent.session_epoch == 1
    assert accounts.new_password() != issued.password


def test_every_wrong_field_is_named_at_once(cast, db_session):
    draft = a_draft(cast, email="nour", given_name=" ", family_name="x" * 81, role=None, team=None)
    with pytest.raises(Invalid) as refusal:
        accounts.create(draft, by=cast.admin)
    fields = {p.field for p in refusal.value.problems}
    assert fields == {"email", "given_name", "family_name", "role", "team"}


def test_an_address_has_one_account(cast, db_session):
    with pytest.raises(Invalid) as refusal:
        accounts.create(a_draft(cast, email=cast.dp.email.upper()), by=cast.admin)
    assert [(p.code, p.field) for p in refusal.value.problems] == [("account.exists", "email")]
    accounts.create(a_draft(cast), by=cast.admin)  # the transaction goes on


def test_a_role_works_in_its_kind_of_team(cast, db_session):
    with pytest.raises(Invalid) as refusal:
        accounts.create(a_draft(cast, team=cast.teams["dp"]), by=cast.admin)
    assert refusal.value.code == "account.wrong_team"


def test_every_role_has_its_kind_of_team():
    assert set(KINDS) == set(Role) == set(PERMISSIONS)
    for _given, _family, role, team in AGENTS.values():
        assert TEAMS[team][0] is KINDS[role]


def test_closing_ends_the_sessions(cast, db_session):
    before = cast.colleague.session_epoch
    accounts.disable(cast.colleague, by=cast.admin)
    accounts.disable(cast.colleague, by=cast.admin)  # twice changes nothing
    assert not cast.colleague.active
    assert cast.colleague.session_epoch == before + 1


def test_nobody_closes_their_own_account(cast, db_session):
    with pytest.raises(Conflict) as refusal:
        accounts.disable(cast.admin, by=cast.admin)
    assert refusal.value.code == "account.own"


def test_two_administrators_cannot_close_each_other(real_cast, database):
    """There would be nobody left to open an account."""
    with db.transaction():
        draft = a_draft(
            real_cast, role=Role.ADMINISTRATOR, team=again(real_cast.teams["administration"])
        )
        second = accounts.create(draft, by=again(real_cast.admin)).agent
    closed, loaded, go_on, refused = Event(), Event(), Event(), []

    def close_the_second() -> None:
        with db.transaction():
            accounts.disable(again(second), by=again(real_cast.admin))
            closed.set()
            assert go_on.wait(30)

    def close_the_first() -> None:
        try:
            with db.transaction():
                first, by = again(real_cast.admin), again(second)
                loaded.set()
                accounts.disable(first, by=by)
        except Forbidden as refusal:
            refused.append(refusal.code)

    with ThreadPoolExecutor() as pool:
        one = pool.submit(close_the_second)
        assert closed.wait(30)
        other = pool.submit(close_the_first)
        if database == "postgresql":  # SQLite lets the second begin when the first has ended
            assert loaded.wait(30)
        go_on.set()
        one.result(timeout=60)
        other.result(timeout=60)
    assert refused == ["permission.missing"]


def test_a_new_password_replaces_the_old_one_and_opens_the_account(cast, db_session):
    agent = cast.colleague
    accounts.disable(agent, by=cast.admin)
    epoch = agent.session_epoch
    issued = accounts.give_new_password(agent, by=cast.admin)
    assert agent.active
    assert agent.session_epoch == epoch + 1
    assert matches(agent, issued.password)


@pytest.mark.parametrize("name", ["supervisor", "dp", "steering", "editor"])
def test_only_administrators_touch_accounts(cast, db_session, name):
    by = getattr(cast, name)
    for act in (
        lambda: accounts.create(a_draft(cast), by=by),
        lambda: accounts.disable(cast.colleague, by=by),
        lambda: accounts.give_new_password(cast.colleague, by=by),
        lambda: accounts.one_account(cast.colleague.id, by=by),
    ):
        with pytest.raises(Forbidden):
            act()


def test_an_unknown_account_is_not_visible(cast, db_session):
    with pytest.raises(NotVisible):
        accounts.one_account(987654, by=cast.admin)
