"""Publishes one article after another and indexes each, until it is killed.

``python -m tests.resilience.publishing DATABASE_URL INDEX_FOLDER ENGINE FIRST_NUMBER``
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from sqlalchemy import select

from knowledge.articles import publishing, writing
from knowledge.articles.models import Audience
from knowledge.articles.writing import About, Words
from knowledge.search import index
from support.kernel import db
from support.people.models import Agent, Role
from web import models

WHOLE_EVERY = 5  # articles: then another index is built beside the one in use


def publish(number: int) -> None:
    """An article that a word of its own finds, see :func:`word_of`."""
    with db.transaction() as session:
        editor = session.scalars(select(Agent).where(Agent.role == Role.KNOWLEDGE_EDITOR)).one()
        words = Words(f"Fiche {word_of(number)}", "", "Un texte que tous partagent.")
        about = About(audience=Audience.PUBLIC)
        article = writing.draft(f"fiche-{number}", words, about, by=editor)
        publishing.publish(article, by=editor)


def word_of(number: int) -> str:
    """« zbcdf »: no near spelling of another."""
    letters = "bcdfghjklm"
    return "z" + "".join(2 * letters[int(digit)] for digit in f"{number:03}")


if __name__ == "__main__":
    database_url, folder, engine, first = sys.argv[1:]
    assert models
    db.configure(db.make_engine(database_url))
    index.configure(Path(folder), index.ENGINES[engine]())
    for number in count(int(first)):
        publish(number)
        if number % WHOLE_EVERY == 0:
            index.reindex()
        else:
            index.follow()
