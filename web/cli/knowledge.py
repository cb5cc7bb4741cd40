"""``relais knowledge``: articles from files, a search as the pages do it, the index anew."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TextIO

import click
from sqlalchemy import select

from knowledge import exporting
from knowledge.articles.models import Audience
from knowledge.importing import markdown_folder
from knowledge.importing.applying import FileResult, Outcome, Report
from knowledge.importing.service_public import importing as service_public
from knowledge.importing.service_public.reading import Unreadable
from knowledge.search import index
from knowledge.search.finding import MOST, Hit
from knowledge.search.generations import IndexBusy
from support.kernel import db
from support.kernel.errors import Problem
from support.people.models import Agent, Role
from support.people.normalising import email_address
from support.people.permissions import Permission, may
from web import migrations
from web.cli.settings import ready
from web.library import searching
from web.library.searching import search as search_as_pages_do

FORMATS = ("markdown", "service-public")
IMPORTERS: dict[str, Callable[..., Report]] = {
    "markdown": markdown_folder.import_folder,
    "service-public": service_public.import_articles,
}
USAGE, TRY_LATER = 2, 75


@click.group()
def knowledge() -> None:
    """Articles: import, search, index."""


@knowledge.command("import")
@click.option("--format", "kind", type=click.Choice(FORMATS), required=True)
@click.option("--dry-run", is_flag=True, help="Show what would change and write nothing.")
@click.option("--as", "email", help="Account that signs the revisions [default: first editor].")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
def import_articles(kind: str, dry_run: bool, email: str | None, path: Path) -> None:
    """Create or revise, and publish, the articles below PATH. Twice changes nothing more."""
    if kind == "markdown" and not path.is_dir():
        _stop(f"{path}: not a folder", USAGE)
    _ready()
    try:
        with db.transaction(write=not dry_run):
            report = IMPORTERS[kind](path, by=_editor(email), dry_run=dry_run)
    except Unreadable as error:
        _stop(str(error), USAGE)
    for line in report.files:
        _tell(line, path)
    wrong = report.count(Outcome.WRONG)
    if report.applied:
        with _busy_means_later():
            index.follow()
    _sum_up(report, dry_run)
    sys.exit(1 if wrong else 0)


@knowledge.command("export")
@click.option("--as", "email", help="Account that may write articles [default: first editor].")
@click.argument("folder", type=click.Path(path_type=Path))
def export_articles(email: str | None, folder: Path) -> None:
    """Write every article below FOLDER, new or empty, as `import --format markdown` reads it."""
    _ready()
    try:
        with db.transaction(write=False):
            count = exporting.export(folder, by=_editor(email))
    except FileExistsError:
        _stop(f"{folder}: there is something in it already", USAGE)
    except OSError as error:
        _stop(f"{folder}: {error.strerror}")
    click.echo(f"{count} articles written to {folder}", err=True)


@knowledge.command()
@click.option("--audience", type=click.Choice([a.value for a in Audience]), default="public",
              show_default=True, help="Who asks; staff also find what is public.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1, MOST), default=10, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, the best first.")
@click.option("--batch", type=click.File(encoding="utf-8"), metavar="FILE",
              help='Instead of QUERY, JSON lines {"qid","query"} (- for stdin).')  # fmt: skip
@click.argument("query", nargs=-1)
def search(
    audience: str, limit: int, as_json: bool, batch: TextIO | None, query: tuple[str, ...]
) -> None:
    """Ranked articles for QUERY; with --batch, one JSON line {"qid","hits"} for each."""
    if bool(query) == bool(batch):
        raise click.UsageError("give a QUERY, or a file of them with --batch")
    questions = list(_questions(batch)) if batch else []
    _ready()
    with _busy_means_later():
        index.follow()
    with db.transaction(write=False):
        if batch:
            _answer_all(questions, Audience(audience), limit)
        else:
            _answer(" ".join(query), Audience(audience), limit, as_json)


@knowledge.command()
def reindex() -> None:
    """Build the search index anew from the database."""
    _ready()
    with _busy_means_later():
        count = index.reindex()
    click.echo(f"{count} articles indexed")


def _answer(query: str, audience: Audience, limit: int, as_json: bool) -> None:
    hits = _find(query, audience, limit)
    for rank, hit in enumerate(hits, 1):
        click.echo(
            json.dumps(searching.as_json(rank, hit), ensure_ascii=False) if as_json else _shown(hit)
        )
    if not hits:
        click.echo("nothing found", err=True)


def _answer_all(questions: list[tuple[Any, str]], audience: Audience, limit: int) -> None:
    hidden = not sys.stderr.isatty()
    with click.progressbar(questions, label="searching", file=sys.stderr, hidden=hidden) as each:
        for qid, query in each:
            names = [hit.source_id or hit.slug for hit in _find(query, audience, limit)]
            click.echo(json.dumps({"qid": qid, "hits": names}, ensure_ascii=False))


def _find(query: str, audience: Audience, limit: int) -> list[Hit]:
    return search_as_pages_do(query, audience, limit=limit)


def _questions(lines: TextIO) -> Iterator[tuple[Any, str]]:
    """(qid, query) of each line; all are read before the first answer, or none is given."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
            qid, query = given["qid"], given["query"]
        except (ValueError, TypeError, KeyError):
            _stop(f'line {number}: not {{"qid": …, "query": …}}', USAGE)
        if not isinstance(query, str):
            _stop(f"line {number}: the query is not text", USAGE)
        yield qid, query


def _shown(hit: Hit) -> str:
    return f"{hit.score:7.2f}  {hit.slug}  {hit.title}"


def _tell(line: FileResult, folder: Path) -> None:
    if line.outcome is Outcome.WRONG:
        inside = line.path.is_relative_to(folder)
        name = line.path.relative_to(folder) if inside else line.path
        for problem in line.problems:
            click.echo(f"{name}: {_said(problem)}", err=True)
    elif line.outcome is not Outcome.UNCHANGED:
        changed = f"  ({', '.join(line.changed)})" if line.changed else ""
        click.echo(f"{line.outcome.value:<9} {line.slug}{changed}")


def _said(problem: Problem) -> str:
    where = f"{problem.field}: " if problem.field else ""
    more = ", ".join(f"{name} {value}" for name, value in problem.params.items() if value)
    return f"{where}{problem.code}{f' ({more})' if more else ''}"


def _sum_up(report: Report, dry_run: bool) -> None:
    counts = ", ".join(f"{report.count(o)} {o.value}" for o in Outcome if report.count(o))
    done = "nothing written" if not report.applied else "done"
    why = " (dry run)" if dry_run else ""
    click.echo(f"{counts or 'no article found'}: {done}{why}", err=True)


def _editor(email: str | None) -> Agent:
    """Who signs: the account named, otherwise the first that may write articles."""
    query = select(Agent).where(Agent.active).order_by(Agent.id)
    query = (
        query.where(Agent.email == email_address(email))
        if email
        else query.where(Agent.role == Role.KNOWLEDGE_EDITOR)
    )
    agent = db.session().scalar(query.limit(1))
    if agent is None or not may(agent, Permission.WRITE_ARTICLES):
        who = f"{email} may not" if email else "no account may"
        _stop(f"{who} write articles: `relais user create … --role {Role.KNOWLEDGE_EDITOR.value}`")
    return agent


def _ready() -> None:
    """Rooms configured, on a database that is up to date."""
    ready()
    with db.transaction(write=False) as session:
        if migrations.pending(session.connection()):
            _stop("the database is not up to date: run `relais db upgrade`")


@contextmanager
def _busy_means_later() -> Iterator[None]:
    try:
        yield
    except IndexBusy:
        _stop("another process is writing the index: try again in a moment", TRY_LATER)


def _stop(words: str, code: int = 1) -> NoReturn:
    click.echo(words, err=True)
    sys.exit(code)
