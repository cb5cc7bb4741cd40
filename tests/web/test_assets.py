"""Style sheets and scripts: kept for long, found anew when they change."""

from __future__ import annotations

import re

from tests.web.conftest import Site


def test_a_static_address_carries_its_version_and_is_kept(site: Site) -> None:
    browser = site.anyone()
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', browser.get("/contact").text)
    assert addresses
    for address in addresses:
        assert re.search(r"\?v=[0-9a-f]{10}$", address), address
        assert browser.get(address).cache_control.max_age == 31536000
