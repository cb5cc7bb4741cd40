"""The command line: ``relais``."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

# Each module has a command or group named as its key says; loaded when asked for, so that
# `relais mail parse` does not wait for what it does not use.
COMMANDS = {
    "serve": "web.cli.running:serve",
    "worker": "web.cli.running:worker",
    "demo": "web.cli.demo:demo",
    "check": "web.cli.checking:check",
    "db": "web.cli.database:db_group",
    "mail": "web.cli.mail:mail",
    "letters": "web.cli.letters:letters",
    "knowledge": "web.cli.knowledge:knowledge",
    "glpi": "web.cli.glpi:glpi",
    "directory": "web.cli.directory:directory",
    "user": "web.cli.users:user",
    "load": "web.cli.loading:load",
}


class LazyGroup(click.Group):
    """Commands named ``module:function``, imported when they are asked for."""

    def __init__(self, *args: Any, lazy: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.lazy:
            return None
        module, _, name = self.lazy[cmd_name].partition(":")
        found: click.Command = getattr(import_module(module), name)
        return found


@click.command(
    cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
def main() -> None:
    """Relais: citizen support for the online procedures of foreigners in France."""
