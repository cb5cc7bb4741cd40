"""Filling the database of the settings: ``python -m tests.browser.planting centre|demonstration``.

A process of its own, so that nothing is configured in the process of the tests.
"""

from __future__ import annotations

import sys

from knowledge.importing.markdown_folder import import_folder
from support.kernel import db
from web import migrations, wiring
from web.config import Settings
from web.demo import loading, reading
from web.demo.organising import organise
from web.seeds import seeding


def centre() -> None:
    """The teams, the accounts, the chain and the articles, and not one ticket."""
    with db.transaction():
        seeding.seed()
        agents = organise(reading.read_demo_organisation())
        import_folder(reading.ARTICLES, by=agents[loading.EDITOR])


def demonstration() -> None:
    loading.load_demo()


if __name__ == "__main__":
    migrations.upgrade(wiring.configure(Settings()))
    {"centre": centre, "demonstration": demonstration}[sys.argv[1]]()
