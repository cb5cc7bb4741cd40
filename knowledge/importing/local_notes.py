"""What editors add to an imported article: it stays when the article is imported again.

A line alone parts the text: above it stands what was imported, below it what is ours. What is
said about the article (its audience, procedures, reasons, check period, more words to find it by)
is ours as well.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import select

from knowledge.articles.front_matter import ArticleFile
from knowledge.articles.models import Article, ArticleState, Revision
from knowledge.importing.applying import COMMENT, Known
from support.kernel import db

MARK = "<!-- notes locales -->"
_MARK = re.compile(rf"^{re.escape(MARK)}[ \t]*$", re.MULTILINE)


def parted(body: str) -> tuple[str, str]:
    """(what was imported, what is ours) of a text."""
    found = _MARK.search(body)
    if found is None:
        return body.strip(), ""
    return body[: found.start()].strip(), body[found.end() :].strip()


def with_mark(body: str) -> str:
    """``body`` with the line below which one writes, if it is not there yet."""
    return body if _MARK.search(body) else f"{body.rstrip()}\n\n{MARK}\n\n"


def kept(file: ArticleFile, known: Known) -> ArticleFile:
    """``file`` with what editors have added here to the article."""
    article = known.article
    ours = parted(known.revision.body_markdown)[1]
    body = f"{with_mark(file.words.body)}{ours}\n" if ours else file.words.body
    keywords = [*file.about.keywords]
    keywords += [word for word in article.keywords if word not in keywords]
    about = replace(
        file.about,
        audience=article.audience,
        procedures=[one.code for one in article.procedures],
        reasons=[one.code for one in article.reasons],
        keywords=keywords,
        check_every_days=article.check_every_days,
        critical=article.critical,
    )
    return replace(file, words=replace(file.words, body=body), about=about)


def left_alone(known: Known) -> bool:
    """Whether somebody here has changed what was imported, archived it, or has words in it that
    their readers do not see yet: an import must neither undo that nor publish it.
    """
    article, latest = known.article, known.revision
    if article.state is ArticleState.ARCHIVED:
        return True
    if latest.comment == COMMENT:
        return False
    return article.published_number != latest.number or _differs(article, latest)


def _differs(article: Article, latest: Revision) -> bool:
    imported = db.session().scalar(
        select(Revision)
        .where(Revision.article_id == article.id, Revision.comment == COMMENT)
        .order_by(Revision.number.desc())
        .limit(1)
    )
    return imported is None or _upstream(imported) != _upstream(latest)


def _upstream(revision: Revision) -> tuple[str, str, str]:
    return revision.title, revision.summary, parted(revision.body_markdown)[0]
