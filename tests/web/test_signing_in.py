"""The sign-in page under pressure: whoever guesses keeps nobody else waiting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from support.kernel import db
from support.people.models import Agent
from support.people.signing_in import PER_ACCOUNT
from tests.cast import PASSWORD
from tests.web.conftest import Site
from web.auth import views


def test_others_write_while_a_password_is_verified(
    real_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    verify = views.verify

    def rename(email: str) -> None:
        with db.transaction() as session:
            session.query(Agent).filter_by(email=email).update({"title": "Renommée"})
        written.append(email)

    def slow(stored: str | None, password: str) -> bool:
        assert not db.in_transaction()
        with ThreadPoolExecutor(1) as other:
            other.submit(rename, real_site.cast.dp.email).result(timeout=10)
        return verify(stored, password)

    monkeypatch.setattr(views, "verify", slow)
    assert real_site.anyone().sign_in(real_site.cast.colleague.email, "wrong").status_code == 422
    assert real_site.anyone().sign_in(real_site.cast.colleague.email).status_code == 302
    assert len(written) == 2


def test_forty_guesses_at_once_are_as_many_as_eight(real_site: Site) -> None:
    email = real_site.cast.dp.email

    def guess(number: int) -> int:
        return real_site.anyone().sign_in(email, f"wrong {number}").status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(40)))
    assert answers.count(422) == PER_ACCOUNT
    assert answers.count(429) == 40 - PER_ACCOUNT
    assert real_site.anyone().sign_in(email, PASSWORD).status_code == 429
