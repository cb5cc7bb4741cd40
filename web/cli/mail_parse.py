"""``relais mail parse``."""

from __future__ import annotations

import click

from channels.mail.parsing import as_json, parse
from web.cli.raw_messages import FILES, each, print_line


@click.command("parse")
@FILES
def parse_files(files: tuple[str, ...]) -> None:
    """Understand raw messages: one JSON object a line. Touches no database. - is stdin."""
    for _, raw in each(files):
        print_line(as_json(parse(raw)))
