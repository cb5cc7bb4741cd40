"""Passwords, kept as Argon2id hashes."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from support.kernel.errors import Invalid
from support.people.models import Agent

SHORTEST = 10

_hasher = PasswordHasher()
# Verified against when the account is unknown, so that both cases take the same time.
_DECOY = _hasher.hash("no such account")


def set_password(agent: Agent, password: str) -> None:
    """Raises Invalid ``password.short``. Ends the sessions opened with the old one."""
    if len(password) < SHORTEST:
        raise Invalid.of("password.short", "password", least=SHORTEST)
    agent.password_hash = _hasher.hash(password)
    agent.session_epoch = (agent.session_epoch or 0) + 1


def matches(agent: Agent | None, password: str) -> bool:
    """Whether it is the agent's password; takes as long when there is no agent."""
    try:
        return _hasher.verify(agent.password_hash if agent else _DECOY, password) and bool(agent)
    except (VerificationError, InvalidHashError):
        return False
