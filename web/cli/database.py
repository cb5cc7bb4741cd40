"""``relais db``."""

from __future__ import annotations

import click

from support.kernel import db
from web import migrations
from web.cli.settings import ready
from web.seeds import seeding


@click.group("db")
def db_group() -> None:
    """The database."""


@db_group.command()
def upgrade() -> None:
    """Bring the database up to date, with the catalogue and the chain in it."""
    _, engine = ready()
    migrations.upgrade(engine)
    with db.transaction():
        seeding.seed()
    click.echo("database up to date")
