"""``relais serve`` and ``relais worker``."""

from __future__ import annotations

from typing import Any

import click
from gunicorn.app.base import BaseApplication

from web import worker as background
from web.app import create_app
from web.cli.settings import read_settings
from web.config import Settings


class _Server(BaseApplication):
    """Gunicorn, told what to do by us rather than by a file."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self.settings, self.options = settings, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        background.configure(self.settings)
        background.ring_after_commit()
        return create_app(self.settings)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=int)
@click.option("--workers", default=2, show_default=True, type=int, help="Server processes.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages."""
    options = {
        "bind": f"{host}:{port}",
        "workers": workers,
        "threads": 4,
        "worker_class": "gthread",
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    _Server(read_settings(), options).run()


@click.command()
def worker() -> None:
    """Do the work that waits: mail in and out, deadlines, indexes."""
    background.run(read_settings())
