"""``relais mail``: understanding raw messages, taking them in, reading the mailboxes.

Nothing but ``parse`` needs settings or a database: each command is imported when asked for.
"""

from __future__ import annotations

import click

from web.cli import LazyGroup

COMMANDS = {
    "parse": "web.cli.mail_parse:parse_files",
    "ingest": "web.cli.mail_ingest:ingest",
    "fetch": "web.cli.mail_fetch:fetch",
    "reconcile": "web.cli.mail_reconcile:reconcile",
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def mail() -> None:
    """Electronic mail."""
