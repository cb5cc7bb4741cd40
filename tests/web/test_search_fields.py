"""What is searched for travels in the address: every search field is bounded."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Site

PUBLIC = ("/", "/aide")
STAFF = (
    "/agent/tickets", "/agent/connaissances", "/agent/appels/nouveau", "/agent/appels",
    "/agent/courriels/registre",
)  # fmt: skip
LONGEST_ADDRESS = 4094  # of a request line, what gunicorn takes: 200 signs are 2,400 at most


@pytest.mark.parametrize("path", [*PUBLIC, *STAFF])
def test_every_search_field_has_a_longest_text(site: Site, path: str) -> None:
    browser = site.anyone() if path in PUBLIC else site.as_("supervisor")
    page = browser.get(path, follow_redirects=True).get_data(as_text=True)
    fields = re.findall(r'<input[^>]*type="search"[^>]*>', page)
    assert fields
    for one in fields:
        longest = re.search(r'maxlength="(\d+)"', one)
        assert longest is not None, one
        assert len("%F0%9F%98%80" * int(longest[1])) < LONGEST_ADDRESS
