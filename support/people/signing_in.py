"""Signing in: the right password, and a bound on how often one may guess."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from support.kernel import db
from support.kernel.errors import Conflict
from support.kernel.time import now
from support.people.models import Agent, SignInAttempt
from support.people.passwords import matches

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 8
PER_ADDRESS = 60  # a whole office may share one network address


def sign_in(email: str, password: str, *, address: str) -> Agent | None:
    """The agent, or None when account and password do not go together.

    A failure is not raised, so that the caller's transaction commits the attempt: it counts.
    Raises Conflict ``sign_in.too_many`` after too many failures.
    """
    email, address = email.strip().lower()[:254], address[:64]
    if _failures(SignInAttempt.email == email) >= PER_ACCOUNT:
        raise Conflict.of("sign_in.too_many", minutes=int(WINDOW.total_seconds() // 60))
    if _failures(SignInAttempt.address == address) >= PER_ADDRESS:
        raise Conflict.of("sign_in.too_many", minutes=int(WINDOW.total_seconds() // 60))
    agent = db.session().scalar(select(Agent).where(Agent.email == email))
    good = matches(agent, password) and agent is not None and agent.active
    db.session().add(SignInAttempt(email=email, address=address, succeeded=good))
    db.session().flush()
    return agent if good else None


def _failures(condition: object) -> int:
    return (
        db.session().scalar(
            select(func.count())
            .select_from(SignInAttempt)
            .where(
                condition,  # type: ignore[arg-type]
                SignInAttempt.succeeded.is_(False),
                SignInAttempt.at > now() - WINDOW,
            )
        )
        or 0
    )
