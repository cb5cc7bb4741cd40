"""Raw messages named on a command line, and results as JSON lines."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click

from channels.mail.parsing import get_ready_for

FILES = click.argument(
    "files",
    metavar="FILE…",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
)


def each(files: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each; ``-`` is stdin. Shows the progress when somebody watches."""
    watched = sys.stderr.isatty() and len(files) > 1
    for number, name in enumerate(files, start=1):
        if watched:
            click.echo(f"\r{number}/{len(files)} ", nl=number == len(files), err=True)
        with click.open_file(name, "rb") as file:
            get_ready_for(0 if name == "-" else os.fstat(file.fileno()).st_size)
            yield name, file.read()


def print_line(result: dict[str, Any]) -> None:
    """One JSON object on one line of stdout, in UTF-8 whatever the terminal says."""
    line = json.dumps(result, ensure_ascii=False).encode("utf-8", "replace")
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
