"""Passwords, kept as Argon2id hashes."""

from __future__ import annotations

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from support.kernel.errors import Invalid
from support.people.models import Agent

SHORTEST = 10

_hasher = PasswordHasher()
# Verified against when the account is unknown, so that both cases take the same time.
_DECOY = _hasher.hash("no such account")
# A hash takes 64 MiB and every core it is given: a flood of sign-ins queues here, and leaves the
# rest of the machine to the pages.
_places = BoundedSemaphore(2)


def set_password(agent: Agent, password: str) -> None:
    """Raises Invalid ``password.short``. Ends the sessions opened with the old one."""
    if len(password) < SHORTEST:
        raise Invalid.of("password.short", "password", least=SHORTEST)
    agent.password_hash = _hasher.hash(password)
    agent.session_epoch = (agent.session_epoch or 0) + 1


def matches(agent: Agent | None, password: str) -> bool:
    """Whether it is the agent's password; takes as long when there is no agent."""
    return verify(agent.password_hash if agent else None, password)


def verify(stored: str | None, password: str) -> bool:
    """Whether ``password`` gives the hash ``stored``; takes as long when there is none.

    Slow on purpose: call it while no transaction is open.
    """
    try:
        with _places:
            return _hasher.verify(stored or _DECOY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
