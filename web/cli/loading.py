"""``relais load``: a large archive to measure against."""

from __future__ import annotations

import sys

import click

from support.kernel import db
from web import migrations
from web.cli.settings import ready
from web.load.filling import fill
from web.seeds import seeding


@click.command()
@click.option(
    "--tickets", type=click.IntRange(1, 9_000_000), required=True, help="How many to add."
)
@click.option("--seed", default=1, show_default=True, type=int)
def load(tickets: int, seed: int) -> None:
    """Add TICKETS tickets with their persons and messages, spread over four years.

    It adds: run again, there are as many more.
    """
    _, engine = ready()
    migrations.upgrade(engine)
    with db.transaction():
        seeding.seed()
    fill(tickets, seed, _progress)
    click.echo(f"loaded {tickets} tickets")


def _progress(done: int, total: int, what: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{what}: {done}/{total}   ", nl=done >= total, err=True)
    elif done >= total:
        click.echo(f"{what}: {total}", err=True)
