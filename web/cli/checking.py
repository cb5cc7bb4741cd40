"""``relais check``: is everything there, and if not, what to do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from pydantic import ValidationError
from sqlalchemy import text

import web
from channels.mail import fetching, reviews, sending
from escalation.glpi.port import Failure, NotLetIn
from escalation.glpi.reaching import reach
from knowledge.search import index
from knowledge.search.generations import IndexBusy
from support.kernel import db
from web import migrations, worker
from web.cli.settings import ready, wrong_settings
from web.config import Settings


@click.command()
@click.option(
    "--quick", is_flag=True, help="Neither mail nor index: often enough to watch over us."
)
def check(quick: bool) -> None:
    """One line per part: ok, or the remedy."""
    _settings_line()
    settings, _ = ready()
    parts: list[tuple[str, Callable[[Settings], None]]] = [
        ("database", _database),
        ("migrations", _migrations),
        ("broker", _broker),
    ]
    if not quick:
        parts += [("languages", _languages)]
        parts += [("mail out", _mail_out), ("mail in", _mail_in), ("index", _index)]
        parts += [("letters", _letters)]
        if settings.glpi is not None:
            parts += [("glpi", _glpi)]
    failed = [name for name, probe in parts if not _line(name, probe, settings)]
    sys.exit(1 if failed else 0)


def _settings_line() -> None:
    """Without settings nothing else can be looked at: say which one is wrong, and stop."""
    try:
        Settings()
    except ValidationError as error:
        for line in wrong_settings(error):
            click.echo(f"{'settings':<11} {line}")
        sys.exit(1)
    click.echo("settings    ok")


def _line(name: str, probe: Callable[[Settings], None], settings: Settings) -> bool:
    try:
        probe(settings)
    except Exception as error:  # whatever is wrong with it, the next line must still come
        click.echo(f"{name:<11} {error}")
        return False
    click.echo(f"{name:<11} ok")
    return True


def _database(settings: Settings) -> None:
    try:
        with db.transaction(write=False) as session:
            session.execute(text("SELECT 1"))
    except Exception as error:
        raise RuntimeError(f"cannot be reached: look at RELAIS_DATABASE_URL ({error})") from error


def _migrations(settings: Settings) -> None:
    with db.transaction(write=False) as session:
        if migrations.pending(session.connection()):
            raise RuntimeError("not up to date: run `relais db upgrade`")


def _broker(settings: Settings) -> None:
    app = worker.configure(settings)
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=3)
    except Exception as error:
        raise RuntimeError(f"cannot be reached: look at RELAIS_BROKER_URL ({error})") from error


def _mail_out(settings: Settings) -> None:
    sending.transport_for(settings.smtp_url, settings.data_dir / "outbox").check()


def _mail_in(settings: Settings) -> None:
    for url in settings.mailboxes:
        fetching.check_mailbox(url)


def _letters(settings: Settings) -> None:
    stale = [f"{t.letter}/{t.language}" for t in reviews.translations() if t.review != "reviewed"]
    if stale:
        names = ", ".join(stale)
        raise RuntimeError(f"sent in French, not reviewed: {names}; run `relais letters approve`")


def _glpi(settings: Settings) -> None:
    assert settings.glpi is not None
    try:
        reach(settings.glpi).check()
    except NotLetIn as error:
        raise RuntimeError(f"refuses us: look at the RELAIS_GLPI_ tokens ({error})") from error
    except Failure as error:
        raise RuntimeError(f"does not answer: look at RELAIS_GLPI_URL ({error})") from error


def _languages(settings: Settings) -> None:
    folder = Path(web.__file__).parent / "translations"
    codes = [code for code in settings.offered_languages if code != "fr"]
    without = [c for c in codes if not (folder / c / "LC_MESSAGES" / "messages.mo").exists()]
    if without:
        names = ", ".join(without)
        raise RuntimeError(f"no compiled catalogue for {names}: run tools/translations.py")


def _index(settings: Settings) -> None:
    # Derived from the database, it is built when first needed: that it can be is what counts.
    try:
        index.follow()
    except IndexBusy as busy:
        if not index.status().ready:
            raise RuntimeError("another process is building it: come back in a minute") from busy
    if not index.status().ready:
        raise RuntimeError("cannot be opened: run `relais knowledge reindex`")
