"""Messages a second through `relais mail ingest`, one process."""

from __future__ import annotations

import time
from argparse import Namespace
from email.message import EmailMessage
from pathlib import Path
from random import Random

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table

from benchmarks.places import Place
from benchmarks.report import Figure
from channels.mail.parsing import parse
from support.kernel.db import make_engine

WORDS = (
    "bonjour", "dossier", "photo", "refusée", "attestation", "numéro", "séjour", "visa", "merci",
)  # fmt: skip
SIZES = {"1 kB": 700, "60 kB": 59_000}


def measure(place: Place, asked: Namespace) -> list[Figure]:
    """The whole way in, and the two things that it cannot do without: one parse, one commit."""
    place.relais("db", "upgrade")
    start = _seconds(place, _write(place.folder / "first", 1, 700, "first"))
    figures = [Figure("intake", place.name, "start of the process", "s", round(start, 2))]
    for label, size in SIZES.items():
        paths = _write(place.folder / f"mail-{size}", asked.messages, size, str(size))
        raws = [path.read_bytes() for path in paths]
        parse, commit = _bare_parse(raws), _bare_commit(place, raws)
        possible = 1 / (1 / parse + 1 / commit)
        whole = _seconds(place, paths)
        reached = (asked.messages - 1) / (whole - start)
        for what, unit, value in (
            ("mail ingest, whole process", "/s", asked.messages / whole),
            ("mail ingest, once started", "/s", reached),
            ("bare parse", "/s", parse),
            ("bare insert and commit", "/s", commit),
            ("share of what these two allow", "%", 100 * reached / possible),
        ):
            figures.append(Figure("intake", place.name, f"{what}, {label}", unit, round(value, 1)))
    return figures


def _seconds(place: Place, paths: list[Path]) -> float:
    """How long the command takes, from its start to its end; every message became a ticket."""
    begun = time.perf_counter()
    printed = place.relais("mail", "ingest", *map(str, paths))
    seconds = time.perf_counter() - begun
    created = printed.count('"created"')
    assert created == len(paths), f"{created} of {len(paths)} became tickets"
    return seconds


def _bare_parse(raws: list[bytes]) -> float:
    """Messages a second, in this process, the first one not counted."""
    parse(raws[0])
    begun = time.perf_counter()
    for raw in raws:
        parse(raw)
    return len(raws) / (time.perf_counter() - begun)


def _bare_commit(place: Place, raws: list[bytes]) -> float:
    """Rows a second: each raw message inserted and committed alone, in a table of two columns."""
    engine = make_engine(place.database_url)
    table = Table(
        f"bare_{len(raws[0])}", MetaData(), Column("id", Integer, primary_key=True),
        Column("raw", LargeBinary),
    )  # fmt: skip
    table.create(engine)
    # As the driver is given it: what SQLAlchemy adds to each statement is not bare.
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    statement = f"INSERT INTO {table.name} (raw) VALUES ({mark})"
    connection = engine.raw_connection()
    begun = time.perf_counter()
    for raw in raws:
        cursor = connection.cursor()
        cursor.execute("BEGIN") if mark == "?" else None
        cursor.execute(statement, (raw,))
        cursor.execute("COMMIT") if mark == "?" else connection.commit()
    seconds = time.perf_counter() - begun
    connection.close()
    table.drop(engine)
    engine.dispose()
    return len(raws) / seconds


def _write(folder: Path, number: int, size: int, mark: str) -> list[Path]:
    folder.mkdir()
    rng = Random(size)
    paths = []
    for n in range(number):
        mail = EmailMessage()
        mail["From"] = f"Personne {n} <mesure{mark}.{n}@example.org>"
        mail["To"] = "relais@demo.relais"
        mail["Subject"] = f"Question {n}"
        mail["Date"] = "Sat, 21 Nov 2026 09:30:00 +0100"
        mail["Message-ID"] = f"<{mark}.{n}@example.org>"
        text = []
        length = 0
        while length < size:
            text.append(" ".join(rng.choices(WORDS, k=12)))
            length += len(text[-1]) + 1
        mail.set_content("\n".join(text))
        path = folder / f"{n}.eml"
        path.write_bytes(bytes(mail))
        paths.append(path)
    return paths
