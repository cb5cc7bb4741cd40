"""The wiki as its editors find it on a Tuesday: something to read again, something late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from knowledge.articles import publishing, reviewing, sharing, translating, writing
from knowledge.articles.models import Article, Audience, Revision
from knowledge.articles.writing import Words
from support.kernel import db
from support.kernel.time import as_of
from support.people.models import Agent

TRANSLATIONS = Path(__file__).parent / "data" / "translations"
EDITOR = "redaction@demo.relais"
BLOCK = "penalite-de-retard"
STAMP = "timbre-fiscal"
SHOWS = "En cas de renouvellement tardif : {{penalite-de-retard}}"
FOR_AGENTS = (
    "\n\n::: agents\nNe donnez pas de montant au téléphone : il change selon l'année. "
    "Renvoyez à celui que le site affiche.\n:::\n"
)
ADDRESS = "changer-d-adresse"
PERIOD = 180  # days between two checks


def curate(agents: Mapping[str, Agent], today: datetime) -> None:
    """A block in use, a text that waits for a reader, and articles whose date has come."""
    editor = agents[EDITOR]
    with as_of(today - timedelta(days=2, hours=3)):
        sharing.create(
            BLOCK, "**180 €** de plus peuvent être demandés.", by=editor,
            comment="Montant donné par le site officiel du timbre",
        )  # fmt: skip
        article, revision = _latest(STAMP)
        _revise(article, revision, f"{revision.body_markdown}\n{SHOWS}{FOR_AGENTS}", editor)
        reviewing.publish_unread(
            article, by=editor, said="Une page d'information l'annonçait par erreur."
        )
    with as_of(today - timedelta(hours=20)):
        article, revision = _latest(ADDRESS)
        _revise(
            article, revision,
            revision.body_markdown.replace("## Étapes", "## Étapes, dans l'ordre", 1)
            + "\nLe changement est gratuit.\n",
            editor,
        )  # fmt: skip
        reviewing.submit(article, by=editor, said="Préciser que c'est gratuit")
    with as_of(today - timedelta(days=9)):
        for path in sorted(TRANSLATIONS.glob("*.md")):
            _translate(path, editor)
    for article in db.session().scalars(
        select(Article).where(Article.checked_on.is_not(None), Article.audience == Audience.PUBLIC)
    ):
        article.check_every_days = PERIOD
        article.check_due_on = writing.due_on(article.checked_on, PERIOD)
    db.session().flush()


def _translate(path: Path, by: Agent) -> None:
    """``<slug>.<language>.md``: a line for the title, one for the summary, then the text."""
    slug, language = path.stem.split(".")
    article, _revision = _latest(slug)
    title, summary, body = path.read_text("utf-8").split("\n", 2)
    made = translating.begin(article, language, by=by)
    writing.revise(made, Words(title, summary, body), based_on=1, by=by)
    publishing.publish(made, by=by)


def _latest(slug: str) -> tuple[Article, Revision]:
    row = (
        db.session()
        .execute(
            select(Article, Revision)
            .join(Revision, Revision.article_id == Article.id)
            .where(Article.slug == slug, Revision.number == Article.latest_number)
        )
        .one()
    )
    return row.Article, row.Revision


def _revise(article: Article, revision: Revision, body: str, by: Agent) -> None:
    words = Words(revision.title, revision.summary, body)
    writing.revise(article, words, based_on=article.latest_number, by=by)
