"""Who is to be called before they come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from support.help_sessions import telling
from support.help_sessions.telling import Rules
from tests.support.help_sessions.conftest import FRIDAY_BEFORE
from tests.web.conftest import Site
from tests.web.help_point.test_booking import HOME, give


@pytest.fixture(autouse=True)
def no_texts() -> Iterator[None]:
    """As an installation without a provider of text messages."""
    telling.configure(Rules())
    yield
    telling.configure(Rules())


def test_called_and_told(site: Site, point) -> None:
    number = give(site.as_("pan")).split("?")[0].rsplit("/", 1)[1]
    with time_machine.travel(FRIDAY_BEFORE + timedelta(days=1, hours=1), tick=False):
        pan = site.as_("pan")
        assert "À rappeler (1)" in pan.get(HOME).text
        assert "06 39 98 01 77" in pan.get(f"{HOME}/rappels").text
        calls = f"{HOME}/{number}/appels"
        assert "à rappeler encore" in pan.send(calls, {"joint": "non"}, follow_redirects=True).text
        assert (
            "Personne à rappeler" in pan.send(calls, {"joint": "oui"}, follow_redirects=True).text
        )
        assert "À rappeler (1)" not in pan.get(HOME).text
        assert "Prévenu par téléphone" in pan.get(f"{HOME}/{number}").text
