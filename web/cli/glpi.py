"""``relais glpi``: trying the bridge, seeing what would leave, taking over what is there."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from escalation.glpi import adopting, health, linking, pulling
from escalation.glpi.port import Failure, Glpi, Gone, RemoteTicket
from escalation.glpi.reaching import reach
from escalation.glpi.read import read
from escalation.glpi.settings import Settings
from support.kernel import db
from support.kernel.time import now
from support.tickets.models import Ticket
from support.tickets.references import shown
from web.cli.raw_messages import print_line
from web.cli.settings import ready

TRY_LATER = 75


@click.group()
def glpi() -> None:
    """The bridge to GLPI."""


@glpi.command()
def check() -> None:
    """Sign in and say who we are there. Exit 1 when GLPI refuses us or does not answer."""
    settings = _settings()
    try:
        who = reach(settings).check()
    except Failure as failure:
        click.echo(f"{type(failure).__name__}: {failure}", err=True)
        sys.exit(1)
    print_line({"url": settings.url, "version": settings.version, "signed_in_as": who})


@glpi.command()
@click.option("--limit", default=100, show_default=True, help="Tickets at most.")
def plan(limit: int) -> None:
    """What would leave now, a JSON line for each ticket. Nothing is sent."""
    settings = _settings()
    with db.transaction():
        for one in health.waiting(settings, limit):
            made = one.plan.make
            print_line(
                {
                    "ticket": shown(one.ticket.reference),
                    "new": {"title": made.title, "text": one.plan.first.text}
                    if made is not None and one.plan.first is not None
                    else None,
                    "followups": [
                        {
                            "entry": said.entry_id,
                            "private": said.private,
                            "text": said.text,
                            "files": [file.filename for file in said.files],
                            "masked": said.masked,
                        }
                        for said in one.plan.followups
                    ],
                    "status": one.plan.status,
                    "problem": one.problem,
                }
            )


@glpi.command()
def poll() -> None:
    """Read once what has changed in GLPI."""
    _settings()
    print_line({"read": pulling.poll()})


@glpi.command("import")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Changed since that day.")
@click.option("--limit", type=int, help="Tickets at most.")
@click.option("--open-only", is_flag=True, help="Only those that are neither solved nor closed.")
@click.option("--dry-run", is_flag=True, help="Say what would be taken over; write nothing.")
def take_over(since: datetime | None, limit: int | None, open_only: bool, dry_run: bool) -> None:
    """Take over tickets of GLPI with their history: a JSON line for each. Run again, it goes on
    where it stopped. Exit 75 when GLPI stopped answering.
    """
    settings = _settings()
    start = since.replace(tzinfo=settings.zone) if since else datetime(2000, 1, 1, tzinfo=UTC)
    taken, there = 0, reach(settings)
    try:
        for changed in there.changed_since(start.astimezone(UTC) - timedelta(seconds=1)):
            remote = _ticket(there, changed.id)
            if remote is None:
                continue
            if limit is not None and taken >= limit:
                break
            if remote.deleted or (open_only and remote.status >= 5):
                continue
            line = _line(remote, settings, dry_run)
            taken += line["what"] in ("taken", "would be taken")
            print_line(line)
    except Failure as failure:
        click.echo(f"{type(failure).__name__}: {failure}", err=True)
        sys.exit(TRY_LATER)
    _start_reading(dry_run)


def _ticket(there: Glpi, number: int) -> RemoteTicket | None:
    try:
        return there.ticket(number)
    except Gone:  # deleted since the list was made
        return None


def _line(remote: RemoteTicket, settings: Settings, dry_run: bool) -> dict[str, Any]:
    told = {"glpi": remote.id, "title": remote.title}
    with db.transaction(write=False) as session:
        link = linking.by_remote(remote.id)
        if link is not None:
            ticket = session.get(Ticket, link.ticket_id)
            assert ticket is not None
            return {**told, "what": "here already", "ticket": shown(ticket.reference)}
    if remote.external_id.startswith("Relais "):
        return {**told, "what": "ours"}
    if dry_run:
        return {**told, "what": "would be taken", "ticket": None}
    found = read(remote.id, reach(settings), settings, whole=True)
    with db.transaction():
        ticket = adopting.adopt(found, settings)
        reference = shown(ticket.reference) if ticket is not None else None
    return {**told, "what": "taken", "ticket": reference, "items": len(found.items)}


def _start_reading(dry_run: bool) -> None:
    """From now on the polling follows."""
    if dry_run:
        return
    with db.transaction():
        row = linking.bridge()
        row.cursor = row.cursor or now()


def _settings() -> Settings:
    settings, _ = ready()
    if settings.glpi is None:
        click.echo("no GLPI: set RELAIS_GLPI_URL (docs/glpi.md)", err=True)
        sys.exit(1)
    return settings.glpi
