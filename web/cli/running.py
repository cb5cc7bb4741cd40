"""``relais serve`` and ``relais worker``."""

from __future__ import annotations

import logging
import sys
from ipaddress import ip_address
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from sqlalchemy.exc import SQLAlchemyError

from knowledge.search import index
from web import wiring
from web import worker as background
from web.app import create_app
from web.cli.settings import read_settings
from web.config import Settings
from web.demo.marking import is_demonstration

log = logging.getLogger(__name__)


class _Server(BaseApplication):
    """Gunicorn, told what to do by us rather than by a file."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self.settings, self.options = settings, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        background.configure(self.settings, patient=False)
        background.ring_after_commit()
        app = create_app(self.settings)
        index.warm_ahead()
        return app


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=int)
@click.option("--workers", default=2, show_default=True, type=int, help="Server processes.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages."""
    settings = read_settings()
    if not _is_loopback(host):
        _refuse_the_demonstration(settings)
    options = {
        "bind": f"{host}:{port}",
        "workers": workers,
        "threads": 8,
        "worker_class": "gthread",
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    _Server(settings, options).run()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _refuse_the_demonstration(settings: Settings) -> None:
    engine = wiring.configure(settings)
    try:
        if is_demonstration(engine):
            click.echo("this is the demonstration, whose password is known to all: it is served "
                       "on 127.0.0.1 only", err=True)  # fmt: skip
            sys.exit(1)
    except SQLAlchemyError:
        log.warning("the database does not answer")  # as /readyz will say
    finally:
        engine.dispose()  # the server processes open their own


@click.command()
def worker() -> None:
    """Do the work that waits: mail in and out, deadlines, indexes."""
    background.run(read_settings())
