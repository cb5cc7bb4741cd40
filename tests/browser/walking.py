"""Every page that a role can reach by its links, one of each kind."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Response

# Files are no pages, and the machines' addresses are not for people.
NOT_PAGES = re.compile(r"^/(static|healthz|readyz|metrics|api)\b|/pieces/|\.csv\b")
REFERENCE = re.compile(r"\d{4}-\d{4}-\d{4}")
# One page each, whichever article, ticket, list or link it is.
KINDS = (
    (REFERENCE, "{ref}"),
    (re.compile(r"(?<=/)\d+(?=/|$)"), "{id}"),
    (re.compile(r"^/aide/.+"), "/aide/{article}"),
    (re.compile(r"^/agent/connaissances/[^/]+(?=/|$)"), "/agent/connaissances/{article}"),
    (re.compile(r"^/(suivi|contact/merci)/[^/]+"), r"/\1/{link}"),
)
# What a page is told of the way to it, or of the place in a list.
PASSING = frozenset({"suite", "appel", "avant", "apres"})
LINKS = "links => links.map(link => link.href)"


def kind_of(address: str) -> str:
    """« /agent/tickets/{ref} »: what pages of one template have in common."""
    parts = urlsplit(address)
    path = parts.path
    for pattern, name in KINDS:
        path = pattern.sub(name, path)
    asked = sorted(name for name in parse_qs(parts.query) if name not in PASSING)
    return path + ("?" + "&".join(asked) if asked else "")


def walk(page: Page, start: str, also: tuple[str, ...] = ()) -> Iterator[tuple[str, Response]]:
    """Follow the links from ``start``, breadth first; gives each kind of page once, open.

    From a page of the staff, only to pages of the staff.
    """
    inside = "/agent" if start.startswith("/agent") else "/"
    base = "{0.scheme}://{0.netloc}".format(urlsplit(page.url if "://" in page.url else start))
    ahead = deque([start, *also])
    seen: set[str] = set()
    while ahead:
        address = ahead.popleft()
        kind = kind_of(address)
        if kind in seen:
            continue
        seen.add(kind)
        response = page.goto(address)
        assert response is not None
        yield kind, response
        for link in page.locator("a[href]:not([download])").evaluate_all(LINKS):
            path = link.removeprefix(base).partition("#")[0]
            if path.startswith(inside) and not NOT_PAGES.search(path):
                ahead.append(path)
