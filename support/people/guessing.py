"""A bound on how often one network address may guess (follow pages) or send (public forms)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from support.kernel import db
from support.kernel.errors import Conflict
from support.kernel.time import now
from support.people.models import SignInAttempt

WINDOW = timedelta(minutes=15)
MOST = 20
SENT_WINDOW = timedelta(hours=1)
MOST_SENT = 60
MOST_FROM_ONE = 10


def refuse_guessers(what: str, address: str) -> None:
    """Raises Conflict ``sign_in.too_many`` when ``address`` has guessed ``what`` too often."""
    failures = db.session().scalar(
        select(func.count())
        .select_from(SignInAttempt)
        .where(
            SignInAttempt.address == address[:64],
            SignInAttempt.email == what,
            SignInAttempt.at > now() - WINDOW,
        )
    )
    if (failures or 0) >= MOST:
        raise Conflict.of("sign_in.too_many", minutes=int(WINDOW.total_seconds() // 60))


def note_guess(what: str, address: str) -> None:
    """A wrong guess; the caller commits although it answers with an error."""
    db.session().add(SignInAttempt(email=what, address=address[:64], succeeded=False))
    db.session().flush()


def refuse_flood(what: str, address: str) -> None:
    """Raises Conflict ``contact.too_many`` (``minutes`` to wait) when ``address`` has sent
    ``MOST_SENT`` within ``SENT_WINDOW``: much more than an office that shares one address.
    """
    _refuse(what, address[:64], MOST_SENT, "contact.too_many")


def refuse_many_from(what: str, email: str) -> None:
    """Raises Conflict ``contact.too_many_email`` when this e-mail address was given more often
    than anybody has questions: ``MOST_FROM_ONE`` within ``SENT_WINDOW``.
    """
    _refuse(f"{what}.email", _digest(email), MOST_FROM_ONE, "contact.too_many_email")


def note_sending_from(what: str, email: str) -> None:
    note_sending(f"{what}.email", _digest(email))


def _refuse(what: str, address: str, most: int, code: str) -> None:
    sent = _sent(what, address, most)
    if len(sent) == most:
        left = sent[-1] + SENT_WINDOW - now()
        raise Conflict.of(code, minutes=int(left.total_seconds() // 60) + 1)


def _digest(email: str) -> str:
    """What stands for an address here: this table is about network addresses, not persons."""
    return hashlib.sha256(email.strip().casefold().encode()).hexdigest()


def note_sending(what: str, address: str) -> None:
    """Something sent: no failure, so that it does not count against signing in."""
    db.session().add(SignInAttempt(email=what, address=address[:64], succeeded=True))
    db.session().flush()


def _sent(what: str, address: str, most: int) -> Sequence[datetime]:
    """When the latest were sent, newest first."""
    return (
        db.session()
        .scalars(
            select(SignInAttempt.at)
            .where(
                SignInAttempt.address == address,
                SignInAttempt.email == what,
                SignInAttempt.at > now() - SENT_WINDOW,
            )
            .order_by(SignInAttempt.at.desc())
            .limit(most)
        )
        .all()
    )
