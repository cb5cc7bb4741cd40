"""``relais mail fetch``: reading the mailboxes without the worker."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType

import click

from channels.mail import inbox
from channels.mail.fetching import MailboxAddress, MailboxFailure
from web.cli.raw_messages import print_line
from web.cli.settings import ready

TRY_LATER = 75


@click.command()
@click.option("--once", is_flag=True, help="Read each mailbox once and end.")
def fetch(once: bool) -> None:
    """Read the configured mailboxes: one JSON line for each that gave something.

    With --once: exit 75 when no mailbox could be read, 1 when some could not.
    """
    settings, _ = ready()
    if not settings.mailboxes:
        click.echo("no mailbox: set RELAIS_IMAP_URLS", err=True)
        sys.exit(1)
    if once:
        rounds = [_read(url, quiet=False) for url in settings.mailboxes]
        sys.exit(0 if all(rounds) else 1 if any(rounds) else TRY_LATER)
    stopped = _until_stopped()
    while not stopped.is_set():
        for url in settings.mailboxes:
            _read(url, quiet=True)
        stopped.wait(settings.fetch_every)


def _read(url: str, *, quiet: bool) -> bool:
    """Take everything in and understand it. Whether the mailbox could be read."""
    box = MailboxAddress.from_url(url)
    try:
        report = inbox.fetch(url)
    except MailboxFailure as failure:
        click.echo(f"{box.account}/{box.folder}: {failure}", err=True)
        return False
    later = [one for one in report.waiting if inbox.understand_now(one) is not None]
    if report.taken or report.failed or not quiet:
        print_line(
            {
                "mailbox": f"{box.account}/{box.folder}",
                "taken": report.taken,
                "new": len(report.received),
                "not_understood": len(later),
                "failed": report.failed,
                "left": report.left,
            }
        )
    return True


def _until_stopped() -> threading.Event:
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return stopped
