"""Signing in: the right password, and a bound on how often one may guess.

Three steps, because a password takes its time to verify and nobody may wait for it:
:func:`begin` in a short transaction, ``passwords.verify`` in none, :func:`finish` in another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, update

from support.kernel import db
from support.kernel.errors import Conflict
from support.kernel.taking_turns import take_turn
from support.kernel.time import now
from support.people.models import Agent, SignInAttempt

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 8
PER_ADDRESS = 60  # a whole office may share one network address
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Attempt:
    """One try, counted as a failure until :func:`finish`. ``stored``: the account's hash.

    ``agent_id`` and ``stored`` are None when there is no such account, or a closed one.
    """

    id: int
    agent_id: int | None
    epoch: int
    stored: str | None


def begin(email: str, *, address: str) -> Attempt:
    """Count a try before its password is looked at; the caller commits at once.

    Counted first, and one after the other, so that forty guesses at the same instant are not
    all the first. Raises Conflict ``sign_in.too_many`` after too many failures.
    """
    email, address = email.strip().lower()[:254], address[:64]
    take_turn(f"sign-in:{email}")
    _refuse_above(PER_ACCOUNT, SignInAttempt.email == email)
    take_turn(f"sign-in-address:{address}")
    _refuse_above(PER_ADDRESS, SignInAttempt.address == address)
    attempt = SignInAttempt(email=email, address=address, succeeded=False)
    db.session().add(attempt)
    db.session().flush()
    agent = db.session().scalar(select(Agent).where(Agent.email == email))
    if agent is None or not agent.active:
        return Attempt(attempt.id, None, 0, None)
    return Attempt(attempt.id, agent.id, agent.session_epoch, agent.password_hash)


def finish(attempt: Attempt) -> Agent | None:
    """The agent, once the password was right: the try no longer counts as a failure.

    None when the account was closed, or its password changed, since :func:`begin`.
    """
    agent = db.session().get(Agent, attempt.agent_id) if attempt.agent_id else None
    if agent is None or not agent.active or agent.session_epoch != attempt.epoch:
        return None
    db.session().execute(
        update(SignInAttempt).where(SignInAttempt.id == attempt.id).values(succeeded=True)
    )
    return agent


def forget_old_attempts(limit: int = 1000) -> int:
    """Delete up to ``limit`` tries that no bound counts any more; returns how many."""
    old = (
        select(SignInAttempt.id)
        .where(SignInAttempt.at < now() - KEPT)
        .order_by(SignInAttempt.id)
        .limit(limit)
    )
    result = db.session().execute(
        delete(SignInAttempt)
        .where(SignInAttempt.id.in_(old))
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def _refuse_above(most: int, condition: object) -> None:
    failures = db.session().scalar(
        select(func.count())
        .select_from(SignInAttempt)
        .where(
            condition,  # type: ignore[arg-type]
            SignInAttempt.succeeded.is_(False),
            SignInAttempt.at > now() - WINDOW,
        )
    )
    if (failures or 0) >= most:
        raise Conflict.of("sign_in.too_many", minutes=int(WINDOW.total_seconds() // 60))
