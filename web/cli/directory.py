"""``relais directory``: the published directories, from files of any size."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select

from support.help_sessions.directory import importing
from support.help_sessions.directory.models import Source
from support.kernel import db
from support.kernel.errors import Invalid
from support.people.models import Agent
from web.cli.settings import ready


@click.group()
def directory() -> None:
    """The published directories of places."""


@directory.command("import")
@click.argument("source", type=click.Choice([s.value for s in Source]))
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Of its data.")
@click.option("--by", required=True, help="E-mail of the administrator who takes it.")
@click.option("--dry-run", is_flag=True, help="Only say what it would change.")
def import_(source: str, path: Path, day: datetime, by: str, dry_run: bool) -> None:
    """Take the file PATH of SOURCE, after saying what it changes."""
    ready()
    try:
        with db.transaction() as session:
            agent = session.scalar(select(Agent).where(Agent.email == by.lower()))
            if agent is None:
                raise click.ClickException(f"no agent has the address {by}")
            raw = path.read_bytes()
            seen = importing.preview(Source(source), raw, by=agent)
            click.echo(
                f"{len(seen.rows)} places: {len(seen.added)} new, {len(seen.changed)} changed, "
                f"{len(seen.gone)} gone, {len(seen.left_out)} rows left out"
            )
            if not dry_run:
                importing.take(Source(source), raw, path.name, day.date(), by=agent)
    except Invalid as refusal:
        raise click.ClickException(f"{path}: {refusal}") from refusal
