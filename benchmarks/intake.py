"""Messages a second through `relais mail ingest`, one process."""

from __future__ import annotations

import time
from argparse import Namespace
from email.message import EmailMessage
from pathlib import Path
from random import Random

from benchmarks.places import Place
from benchmarks.report import Figure

WORDS = (
    "bonjour", "dossier", "photo", "refusée", "attestation", "numéro", "séjour", "visa", "merci",
)  # fmt: skip
SIZES = {"1 kB": 700, "60 kB": 59_000}


def measure(place: Place, asked: Namespace) -> list[Figure]:
    place.relais("db", "upgrade")
    figures = []
    for label, size in SIZES.items():
        folder = place.folder / f"mail-{size}"
        paths = _write(folder, asked.messages, size)
        begun = time.perf_counter()
        printed = place.relais("mail", "ingest", *map(str, paths))
        seconds = time.perf_counter() - begun
        created = printed.count('"created"')
        assert created == asked.messages, f"{created} of {asked.messages} became tickets"
        rate = round(asked.messages / seconds, 1)
        figures.append(Figure("intake", place.name, f"mail ingest, {label}", "/s", rate))
    return figures


def _write(folder: Path, number: int, size: int) -> list[Path]:
    folder.mkdir()
    rng = Random(size)
    paths = []
    for n in range(number):
        mail = EmailMessage()
        mail["From"] = f"Personne {n} <mesure{size}.{n}@example.org>"
        mail["To"] = "relais@demo.relais"
        mail["Subject"] = f"Question {n}"
        mail["Date"] = "Sat, 21 Nov 2026 09:30:00 +0100"
        mail["Message-ID"] = f"<{size}.{n}@example.org>"
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
