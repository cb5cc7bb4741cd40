"""Searching the wiki: both engines, from two thousand to fifty thousand articles.

Each engine and size is a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from argparse import Namespace

from benchmarks.browsing import Reader
from benchmarks.places import ACCOUNT, ROOT, Place
from benchmarks.report import Figure, timing
from benchmarks.wiki_node import queries


def measure(place: Place, asked: Namespace) -> list[Figure]:
    """Only one database: the index is the same whichever it follows."""
    if place.name != "sqlite":
        return []
    figures: list[Figure] = []
    place.relais("db", "upgrade")
    email, password = ACCOUNT
    place.relais(
        "user",
        "create",
        email,
        "--role",
        "knowledge_editor",
        "--team",
        "redaction",
        "--password",
        password,
    )
    for size in sorted(int(number) for number in asked.articles.split(",")):
        _node(place, "--fill", "--articles", str(size))
        for engine in asked.engines.split(","):
            figures += _engine(place, engine, size, asked.requests)
    return figures


def _engine(place: Place, engine: str, size: int, times: int) -> list[Figure]:
    place.environment["RELAIS_SEARCH_ENGINE"] = engine
    said = json.loads(_node(place, "--engine", engine, "--articles", str(size)))
    what = f"{engine}, {size} articles"
    with place.serving() as port:
        reader = Reader(port)
        reader.timed("/aide?q=carte", 5)
        pages = [_page(reader, query) for query in queries()[:times]]
    return [
        timing("wiki", place.name, f"search never made before, {what}", said["first"]),
        timing("wiki", place.name, f"search, {what}", said["searches"]),
        timing("wiki", place.name, f"search as one types, {what}", said["typing"]),
        timing("wiki", place.name, f"public page of results, {what}", pages),
        timing("wiki", place.name, f"saved to found, {what}", said["found"]),
        Figure("wiki", place.name, f"indexing, {what}", "/s", said["rate"]),
        Figure("wiki", place.name, f"memory while building, {what}", "MB", said["built_mb"]),
        Figure("wiki", place.name, f"memory while searching, {what}", "MB", said["searching_mb"]),
    ]


def _page(reader: Reader, query: str) -> float:
    begun = time.perf_counter()
    status, _page = reader.get(f"/aide?q={query}")
    assert status == 200, status
    return time.perf_counter() - begun


def _node(place: Place, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.wiki_node", *words],
        env=place.environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return done.stdout
