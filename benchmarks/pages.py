"""The queue and the ticket page over a large archive, through the real server."""

from __future__ import annotations

import re
from argparse import Namespace

from benchmarks.browsing import Reader
from benchmarks.places import ACCOUNT, Place
from benchmarks.report import Figure, timing


def measure(place: Place, asked: Namespace) -> list[Figure]:
    place.relais("load", "--tickets", str(asked.tickets))
    email, password = ACCOUNT
    place.relais(
        "user", "create", email, "--role", "teleadviser", "--team", "ccc", "--password", password
    )
    with place.serving() as port:
        reader = Reader(port)
        reader.sign_in(email, password)
        return [
            timing("pages", place.name, f"{what}, {asked.tickets} tickets", seconds)
            for what, seconds in _pages(reader, asked.requests)
        ]


def _pages(reader: Reader, times: int) -> list[tuple[str, list[float]]]:
    _status, queue = reader.get("/agent/tickets?vue=team")
    references = re.findall(r"/agent/tickets/(\d{4}-\d{4}-\d{4})", queue)
    following = re.search(r'href="([^"]+)" rel="next"', queue)
    assert references, "the queue is empty"
    assert following, "the queue has a single page"
    return [
        ("bare page (/healthz)", reader.timed("/healthz", times)),
        ("agent's home", reader.timed("/agent/", times)),
        ("queue", reader.timed("/agent/tickets?vue=team", times)),
        ("queue, next page", reader.timed(following[1].replace("&amp;", "&"), times)),
        ("ticket", reader.timed(f"/agent/tickets/{references[0]}", times)),
        ("person found by name", reader.timed("/agent/personnes?q=traore+aw", times)),
        ("public help, search", reader.timed("/aide?q=photo+refus%C3%A9e", times)),
    ]
