"""``relais demo``: everything on one machine, with a centre at work in it."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from pathlib import Path

import click
from sqlalchemy import Engine

from channels.sms import gateway
from knowledge.search import index
from support.kernel import db
from web import migrations
from web.cli.children import Child
from web.cli.settings import ready
from web.config import Settings
from web.demo import accounts, loading
from web.demo.marking import is_somebodys
from web.seeds import seeding

HOST = "127.0.0.1"  # the password is known to all: never another address


@click.command()
@click.option("--port", default=8000, show_default=True, type=int)
@click.option(
    "--reset",
    is_flag=True,
    help="Start again from fresh demonstration data; never deletes anything else.",
)
def demo(port: int, reset: bool) -> None:
    """Start the product with its demonstration data, on this machine only."""
    # Loading writes addresses of our own pages into replies.
    os.environ["RELAIS_PUBLIC_URL"] = f"http://{HOST}:{port}"
    # Text messages are shown as files: nobody is charged, and what would leave is seen.
    os.environ.setdefault("RELAIS_SMS_URL", gateway.TWIN)
    settings, engine = ready()
    if not settings.embedded:
        click.echo("the demonstration keeps to its embedded database: "
                   "unset RELAIS_DATABASE_URL", err=True)  # fmt: skip
        sys.exit(2)
    if not _free(port):
        click.echo(f"port {port} is taken: choose another with PORT=…", err=True)
        sys.exit(1)
    if is_somebodys(engine):
        click.echo(
            f"{settings.database_url} is not a demonstration and holds somebody's work: "
            "nothing was touched; set RELAIS_DATA_DIR to an empty folder",
            err=True,
        )
        sys.exit(1)
    if reset:
        engine = _reset(settings, engine)
    migrations.upgrade(engine)
    with db.transaction():
        seeding.seed()
    loading.load_demo(_progress)
    _open_the_wiki()
    engine.dispose()
    _run(settings, port)


def _open_the_wiki() -> None:
    """The first search of the first visitor must not wait for the index, or miss it."""
    if index.status().ready:
        index.follow()
    else:
        index.reindex()


def _reset(settings: Settings, engine: Engine) -> Engine:
    engine.dispose()
    database = Path(settings.database_url.removeprefix("sqlite:///"))
    for path in (database, *database.parent.glob(database.name + "-*")):
        path.unlink(missing_ok=True)
    return ready()[1]


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _progress(done: int, total: int, what: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{what}: {done}/{total}   ", nl=done >= total, err=True)
    elif done >= total:
        click.echo(f"{what}: {total}", err=True)


def _run(settings: Settings, port: int) -> None:
    address = f"http://{HOST}:{port}"
    environment = {**os.environ, "RELAIS_PUBLIC_URL": address}
    relais = [sys.executable, "-m", "web.cli"]
    children = [
        Child([*relais, "serve", "--host", HOST, "--port", str(port)], environment),
        Child([*relais, "worker"], environment),
    ]
    # Each child finishes what it holds, and we wait for them. Said here because a shell starts
    # its background jobs deaf to Ctrl-C.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    try:
        if _wait_until_up(port, children):
            accounts.show(address)
        _keep_alive(children)
    except KeyboardInterrupt:
        pass
    finally:
        _stop(children)


def _wait_until_up(port: int, children: list[Child]) -> bool:
    web = children[0]
    while web.is_alive():
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return True
        time.sleep(0.1)
    return False


def _keep_alive(children: list[Child]) -> None:
    """Until one ends that may not be started again."""
    while all(child.is_alive() or child.start_again() for child in children):
        time.sleep(0.5)
    click.echo("a process stops again and again: stopping everything", err=True)


def _stop(children: list[Child]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        child.wait()
    click.echo("stopped", err=True)
