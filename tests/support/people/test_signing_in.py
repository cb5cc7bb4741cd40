"""Signing in: the right password, and a bound on guessing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Lock

import pytest
import time_machine
from sqlalchemy import func, select

from support.kernel import db
from support.kernel.errors import Conflict, Invalid
from support.people import passwords, signing_in
from support.people.models import Agent, SignInAttempt
from support.people.signing_in import KEPT, PER_ACCOUNT, PER_ADDRESS, WINDOW, begin, finish
from tests.cast import PASSWORD, again

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


def sign_in(email: str, password: str, *, address: str) -> Agent | None:
    """The three steps, in the transaction of the test."""
    attempt = begin(email, address=address)
    return finish(attempt) if passwords.verify(attempt.stored, password) else None


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


def test_guesses_at_the_same_instant_are_counted_one_by_one(real_cast):
    def guess(_number):
        try:
            with db.transaction():
                begin("dp@demo.relais", address=HERE)
        except Conflict:
            return 0
        return 1

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(guess, range(40))) == PER_ACCOUNT


def test_one_address_guessing_many_accounts_at_once_is_counted_too(real_cast, monkeypatch):
    monkeypatch.setattr(signing_in, "PER_ADDRESS", 5)

    def guess(number):
        try:
            with db.transaction():
                begin(f"guess{number}@demo.relais", address=HERE)
        except Conflict:
            return 0
        return 1

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(guess, range(30))) == 5


@pytest.mark.parametrize("meanwhile", ["closed", "new password"])
def test_what_changes_while_the_password_is_verified_counts(real_cast, meanwhile):
    with db.transaction():
        attempt = begin(real_cast.dp.email, address=HERE)
    assert passwords.verify(attempt.stored, PASSWORD)
    with db.transaction():
        agent = again(real_cast.dp)
        if meanwhile == "closed":
            agent.active = False
        else:
            passwords.set_password(agent, "another long one")
    with db.transaction():
        assert finish(attempt) is None


def test_few_passwords_are_verified_at_once(monkeypatch):
    lock, busy = Lock(), [0, 0]
    real = passwords._hasher

    class Watched:
        def verify(self, stored, password):
            with lock:
                busy[0] += 1
                busy[1] = max(busy)
            try:
                return real.verify(stored, password)
            finally:
                with lock:
                    busy[0] -= 1

    monkeypatch.setattr(passwords, "_hasher", Watched())
    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(lambda _: passwords.verify(None, "no such account"), range(40)))
    assert 1 <= busy[1] <= 2


def test_old_attempts_are_forgotten_a_few_at_a_time(cast, db_session, clock):
    fail(3)
    clock.shift(KEPT + timedelta(seconds=1))
    fail(1)
    assert [signing_in.forget_old_attempts(limit=2) for _ in range(3)] == [2, 1, 0]
    assert db_session.scalar(select(func.count()).select_from(SignInAttempt)) == 1
