"""Signing in: the right password, and a bound on guessing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from support.kernel.errors import Conflict, Invalid
from support.people import passwords, signing_in
from support.people.signing_in import PER_ACCOUNT, PER_ADDRESS, WINDOW, sign_in
from tests.cast import PASSWORD

HERE = "192.0.2.1"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    """The cost of a hash is argon2's own matter."""
    hasher = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    monkeypatch.setattr(passwords, "_DECOY", hasher.hash("no such account"))


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 11, 16, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.mark.parametrize(
    "email", ["teleadviser@demo.relais", "  TeleAdviser@DEMO.relais ", "teleadviser@demo.relais\n"]
)
def test_the_right_password_opens(cast, email):
    assert sign_in(email, PASSWORD, address=HERE) is cast.teleadviser


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("teleadviser@demo.relais", "wrong"),
        ("teleadviser@demo.relais", ""),
        ("teleadviser@demo.relais", PASSWORD.upper()),
        ("nobody@demo.relais", PASSWORD),
        ("nobody@demo.relais", "no such account"),
        ("", "no such account"),
        ("x" * 5000, PASSWORD),
        ("teleadviser@demo.relais\x00", "\x00"),
    ],
)
def test_anything_else_does_not(cast, email, password):
    assert sign_in(email, password, address=HERE) is None


def test_a_disabled_account_stays_out(cast):
    cast.teleadviser.active = False
    assert sign_in(cast.teleadviser.email, PASSWORD, address=HERE) is None


def test_an_unknown_account_takes_a_hash_as_well(cast, monkeypatch):
    verified = []

    class Slow:
        def verify(self, hashed, password):
            verified.append(hashed)
            return False

    monkeypatch.setattr(passwords, "_hasher", Slow())
    sign_in("nobody@demo.relais", "x", address=HERE)
    sign_in("teleadviser@demo.relais", "x", address=HERE)
    assert len(verified) == 2


def fail(times: int, *, email: str = "teleadviser@demo.relais", address: str = HERE) -> None:
    for _ in range(times):
        assert sign_in(email, "wrong", address=address) is None


def test_an_account_is_closed_for_a_while_after_too_many_failures(cast, clock):
    fail(PER_ACCOUNT)
    for address in (HERE, "198.51.100.7"):
        with pytest.raises(Conflict) as refused:
            sign_in("TELEADVISER@demo.relais", PASSWORD, address=address)
        assert refused.value.code == "sign_in.too_many"
    assert sign_in("dp@demo.relais", PASSWORD, address=HERE) is cast.dp
    clock.shift(WINDOW + timedelta(seconds=1))
    assert sign_in("teleadviser@demo.relais", PASSWORD, address=HERE) is cast.teleadviser


def test_an_unknown_account_is_closed_just_the_same(cast, clock):
    fail(PER_ACCOUNT, email="nobody@demo.relais")
    with pytest.raises(Conflict):
        sign_in("nobody@demo.relais", "wrong", address=HERE)


def test_refusals_do_not_prolong_the_wait(cast, clock):
    fail(PER_ACCOUNT)
    clock.shift(WINDOW - timedelta(seconds=1))
    with pytest.raises(Conflict):
        sign_in("teleadviser@demo.relais", PASSWORD, address=HERE)
    clock.shift(timedelta(seconds=2))
    assert sign_in("teleadviser@demo.relais", PASSWORD, address=HERE)


def test_an_address_that_tries_many_accounts_is_stopped(cast, clock):
    for number in range(PER_ADDRESS):
        fail(1, email=f"guess{number}@demo.relais")
    with pytest.raises(Conflict):
        sign_in("dp@demo.relais", PASSWORD, address=HERE)
    assert sign_in("dp@demo.relais", PASSWORD, address="198.51.100.7") is cast.dp


def test_successes_do_not_count(cast, clock):
    for _ in range(PER_ACCOUNT + 1):
        assert sign_in("dp@demo.relais", PASSWORD, address=HERE)


def test_a_long_address_is_counted_too(cast, clock, monkeypatch):
    monkeypatch.setattr(signing_in, "PER_ADDRESS", 2)
    fail(1, email="a@demo.relais", address="f" * 200)
    fail(1, email="b@demo.relais", address="f" * 200)
    with pytest.raises(Conflict):
        fail(1, email="c@demo.relais", address="f" * 200)


def test_a_new_password_ends_the_sessions_of_the_old(cast):
    agent, epoch = cast.dp, cast.dp.session_epoch
    passwords.set_password(agent, "another long one")
    assert passwords.matches(agent, "another long one")
    assert not passwords.matches(agent, PASSWORD)
    assert agent.session_epoch == epoch + 1
    assert agent.password_hash.startswith("$argon2id$")


def test_a_short_password_is_refused(cast):
    with pytest.raises(Invalid, match=r"password\.short"):
        passwords.set_password(cast.dp, "x" * (passwords.SHORTEST - 1))


@pytest.mark.parametrize("stored", ["", "plain text", "$argon2id$broken"])
def test_a_hash_that_is_none_opens_nothing(cast, stored):
    cast.dp.password_hash = stored
    assert sign_in(cast.dp.email, stored, address=HERE) is None
