"""One node with one engine over a wiki of a given size: what it takes to build and to search."""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from urllib.parse import quote_plus

import yaml
from sqlalchemy import func, select

from knowledge.articles import counting, publishing, writing
from knowledge.articles.front_matter import ArticleFile, parse
from knowledge.articles.models import Article, ArticleState, Audience, Revision
from knowledge.articles.writing import About, Words
from knowledge.search import finding, index
from support.kernel import db
from support.kernel.time import now
from support.kernel.writing import write_values
from support.people.models import Agent
from web.config import Settings

ARTICLES = Path("web/demo/data/articles")
QUERIES = Path("tests/knowledge/relevance/queries.yaml")
BATCH = 500
SAVES = 15
INVENTED = 25_000  # words of the made-up language, drawn as words are: few often, most rarely
SYLLABLES = [c + v for c in "bcdfglmnprstv" for v in ("a", "e", "i", "o", "u", "on", "ai", "er")]


def queries() -> list[str]:
    """What people type: the judged queries, ready for an address."""
    return [quote_plus(one["query"]) for one in yaml.safe_load(QUERIES.read_text("utf-8"))]


def main() -> None:
    asked = _asked()
    settings = Settings()
    db.configure(db.make_engine(settings.database_url))
    if asked.fill:
        _fill(asked.articles)
        return
    # A building and a search each in their own process: one's memory is not the other's.
    built, rate = _apart(lambda: _build(settings, asked.engine))
    said = _search(settings, asked.engine)
    json.dump({"built_mb": built, "rate": rate, **said}, sys.stdout)


def _build(settings: Settings, engine: str) -> float:
    index.configure(settings.data_dir / "index", index.ENGINES[engine]())
    begun = time.perf_counter()
    count = index.reindex()
    return count / (time.perf_counter() - begun)


def _search(settings: Settings, engine: str) -> dict[str, object]:
    index.configure(settings.data_dir / "index", index.ENGINES[engine]())
    typed = [one["query"] for one in yaml.safe_load(QUERIES.read_text("utf-8"))]
    _timed([*typed[:1], "carttee qzqzq"])  # opens the index, reads and files the words
    first = _timed(typed)
    searches = _timed(typed)
    typing = _timed([query[: 3 + n % 9] for n, query in enumerate(typed)])
    memory = _megabytes(resource.RUSAGE_SELF)
    return {
        "first": first,
        "searches": searches,
        "typing": typing,
        "searching_mb": memory,
        "found": _saved(),
    }


def _timed(typed: list[str]) -> list[float]:
    seconds = []
    for query in typed:
        begun = time.perf_counter()
        finding.find(query, audience=Audience.STAFF, limit=10)
        seconds.append(time.perf_counter() - begun)
    return seconds


def _saved() -> list[float]:
    """From the commit of a publication until a search on this node finds it."""
    seconds = []
    for number in range(SAVES):
        word = f"zyx{os.getpid()}x{number}"
        with db.transaction() as session:
            writer = session.scalars(select(Agent)).one()
            article = writing.draft(
                word, Words(f"Essai {word}", "", "Un texte."), About(Audience.PUBLIC), by=writer
            )
            publishing.publish(article, by=writer)
        begun = time.perf_counter()
        while not _is_found(word):
            time.sleep(0.005)  # a person who looks again; each look is a search
        seconds.append(time.perf_counter() - begun)
    return seconds


def _is_found(slug: str) -> bool:
    """That very article: a near spelling finds the one before it."""
    hits = finding.find(slug, audience=Audience.PUBLIC, unfinished=False)
    return any(hit.slug == slug for hit in hits)


def _apart(work: Callable[[], float]) -> tuple[float, float]:
    """(megabytes, answer) of ``work`` in a process of its own."""
    reading, writing_end = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        with os.fdopen(writing_end, "w") as out:
            json.dump(work(), out)
        os._exit(0)
    os.close(writing_end)
    with os.fdopen(reading) as said:
        answer = float(json.load(said))
    _pid, _status, used = os.wait4(child, 0)
    return round(used.ru_maxrss / 1024), round(answer, 1)


def _megabytes(who: int) -> float:
    return round(resource.getrusage(who).ru_maxrss / 1024)


# Articles by the thousand: real paragraphs of the demonstration with words of a made-up language
# in between, so that lengths and rarities are those of a wiki.


def _fill(size: int) -> None:
    with db.transaction() as session:
        there = session.scalar(select(func.count()).select_from(Article)) or 0
        number = session.scalars(select(Agent.id)).one()
    for first in range(there + 1, size + 1, BATCH):
        numbers = range(first, min(first + BATCH, size + 1))
        with db.transaction():
            values = list(_articles(numbers))
            change = counting.raise_counter()
            write_values(Article, [_article(n, number, change) for n in numbers])
            write_values(
                Revision,
                [
                    {
                        "article_id": n, "number": 1, "title": title, "summary": summary,
                        "body_markdown": body, "author_agent_id": number, "comment": "",
                        "created_at": now(),
                    }
                    for n, (title, summary, body) in zip(numbers, values, strict=True)
                ],
            )  # fmt: skip


def _article(number: int, writer: int, change: int) -> dict[str, object]:
    return {
        "id": number, "slug": f"fiche-{number}", "language": "fr", "audience": Audience.PUBLIC,
        "state": ArticleState.PUBLISHED, "owner_agent_id": writer, "latest_number": 1,
        "published_number": 1, "keywords": [], "source_note": "", "change_number": change,
        "created_at": now(), "updated_at": now(),
    }  # fmt: skip


def _articles(numbers: range) -> Iterator[tuple[str, str, str]]:
    files = [parse(path.read_text("utf-8")) for path in sorted(ARTICLES.glob("*.md"))]
    real = [file for file in files if isinstance(file, ArticleFile)]
    paragraphs = [p for file in real for p in file.words.body.split("\n\n") if len(p) > 40]
    words = _language()
    weights = list(accumulate(1 / (rank + 2) for rank in range(len(words))))
    for number in numbers:
        draw = random.Random(number)
        base = draw.choice(real).words
        own = draw.choices(words, cum_weights=weights, k=60)
        body = [f"## {' '.join(own[:4])}"]
        body += draw.choices(paragraphs, k=draw.randint(1, 4))
        for _ in range(draw.randint(4, 22)):
            strange = draw.choices(words, cum_weights=weights, k=draw.randint(8, 60))
            body.append(f"{' '.join(strange)}.")
        yield f"{base.title} {' '.join(own[4:6])}"[:200], base.summary[:600], "\n\n".join(body)


def _language() -> list[str]:
    draw = random.Random(1)
    made = {"".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))) for _ in range(2 * INVENTED)}
    return sorted(made)[:INVENTED]


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.wiki_node", description=__doc__)
    parser.add_argument("--articles", type=int, required=True)
    parser.add_argument("--fill", action="store_true", help="only write the articles")
    parser.add_argument("--engine", default="whoosh")
    return parser.parse_args()


if __name__ == "__main__":
    main()
