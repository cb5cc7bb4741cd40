"""``relais mail reconcile``: what the mailboxes say they delivered, against what we have."""

from __future__ import annotations

import sys

import click

from channels.mail import reconciling
from web.cli.raw_messages import print_line
from web.cli.settings import ready


@click.command()
def reconcile() -> None:
    """Compare each configured mailbox: one JSON line for each, the same as each night.

    Exit 0 when nothing differs, 1 when something does or a mailbox could not be read.
    """
    settings, _ = ready()
    if not settings.mailboxes:
        click.echo("no mailbox: set RELAIS_IMAP_URLS", err=True)
        sys.exit(1)
    results = [reconciling.reconcile(url) for url in settings.mailboxes]
    for one in results:
        print_line(
            {
                "mailbox": one.mailbox,
                "announced": one.announced,
                "taken": one.taken,
                "retaken": one.retaken,
                "gaps": one.gaps,
                "failure": one.failure,
            }
        )
    sys.exit(1 if any(one.gaps or one.failure for one in results) else 0)
