"""Sentences that count agree with what they count."""

from __future__ import annotations

import pytest

from support.kernel.errors import Problem
from tests.web.conftest import Site
from web.messages import sentence


@pytest.mark.parametrize(("minutes", "said"), [(1, "dans 1 minute."), (2, "dans 2 minutes.")])
def test_a_minute_is_one(site: Site, minutes: int, said: str) -> None:
    with site.app.test_request_context():
        words = sentence(Problem("contact.too_many", "", {"minutes": minutes}))
    assert words.endswith(said)
