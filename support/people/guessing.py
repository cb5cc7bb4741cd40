"""A bound on how often one network address may guess, besides passwords: follow pages."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from support.kernel import db
from support.kernel.errors import Conflict
from support.kernel.time import now
from support.people.models import SignInAttempt

WINDOW = timedelta(minutes=15)
MOST = 20


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
