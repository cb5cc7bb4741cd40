"""Every benchmark, a table on screen and the figures in a file."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import appointments, clocks, intake, pages, wiki, year
from benchmarks.places import Place, postgresql, sqlite
from benchmarks.report import Figure, table

SUITES: dict[str, Callable[[Place, argparse.Namespace], list[Figure]]] = {
    "pages": pages.measure,
    "intake": intake.measure,
    "clocks": clocks.measure,
    "year": year.measure,
    "wiki": wiki.measure,
    "appointments": appointments.measure,
}
PLACES = {"sqlite": sqlite, "postgresql": postgresql}


def main() -> None:
    asked = _asked()
    figures: list[Figure] = []
    for database in asked.databases.split(","):
        with (
            TemporaryDirectory(prefix="relais-bench-") as folder,
            PLACES[database](Path(folder)) as place,
        ):
            for name in asked.suites.split(","):
                print(f"{database}: {name}…", file=sys.stderr, flush=True)
                figures += SUITES[name](place, asked)
    print(table(figures))
    asked.output.parent.mkdir(parents=True, exist_ok=True)
    facts = {
        "at": datetime.now(UTC).isoformat(),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "tickets": asked.tickets,
        "figures": [figure.as_json() for figure in figures],
    }
    asked.output.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("build/bench.json"))
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=200, help="per page")
    parser.add_argument("--messages", type=int, default=1000, help="per size")
    parser.add_argument("--year", type=int, default=1500, help="tickets of the simulated year")
    parser.add_argument("--articles", default="2000,5000,50000", help="sizes of the wiki")
    parser.add_argument("--engines", default="whoosh,tantivy", help="of its search")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--suites", default=",".join(SUITES))
    return parser.parse_args()


if __name__ == "__main__":
    main()
