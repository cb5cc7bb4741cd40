"""Blocks that several articles show: a fee, an address, a delay, changed once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select, update

from knowledge.articles import names
from knowledge.articles.composing import block_names, problems
from knowledge.articles.links import wiki_slugs
from knowledge.articles.models import (
    Article,
    ArticleBlock,
    Revision,
    SharedBlock,
    SharedBlockRevision,
)
from knowledge.articles.names import refused_when_taken
from knowledge.articles.writing import touch
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible, Problem
from support.kernel.time import now
from support.people.models import Agent
from support.people.permissions import Permission, require

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_NAME = 60
LONGEST_BODY = 20_000


@dataclass(frozen=True)
class BlockLine:
    name: str
    body_markdown: str
    number: int
    updated_at: datetime
    used_by: tuple[tuple[int, str], ...]  # (article id, title), of what readers see


def listing(*, by: Agent) -> list[BlockLine]:
    """Every block by name, with the published articles that show it. Raises Forbidden."""
    require(by, Permission.WRITE_ARTICLES)
    blocks = db.session().scalars(select(SharedBlock).order_by(SharedBlock.name)).all()
    users = _users()
    return [
        BlockLine(
            block.name,
            block.body_markdown,
            block.number,
            block.updated_at,
            tuple(users.get(block.name, ())),
        )
        for block in blocks
    ]


def one(name: str, *, by: Agent) -> SharedBlock:
    """Raises NotVisible, Forbidden."""
    require(by, Permission.WRITE_ARTICLES)
    found = db.session().scalar(select(SharedBlock).where(SharedBlock.name == name))
    if found is None:
        raise NotVisible.of("block.not_found")
    return found


def create(name: str, body: str, *, by: Agent, comment: str = "") -> SharedBlock:
    """A new block. Raises Invalid (``block.*``, a problem a field), Forbidden."""
    require(by, Permission.WRITE_ARTICLES)
    wrong = _problems(body)
    if len(name) > LONGEST_NAME or not NAME.fullmatch(name):
        wrong.insert(0, Problem("block.bad_name", "name"))
    if wrong:
        raise Invalid(*wrong)
    block = SharedBlock(name=name, body_markdown=_clean(body))
    with refused_when_taken(names.BLOCK, "name"):
        db.session().add(block)
    _add_revision(block, comment, by)
    _touch_users(name)
    return block


def revise(block: SharedBlock, body: str, *, based_on: int, by: Agent, comment: str = "") -> int:
    """Change it everywhere at once; returns in how many published articles.

    Raises Conflict (``block.revised_meanwhile``), Invalid, Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    wrong = _problems(body)
    if wrong:
        raise Invalid(*wrong)
    current = db.session()
    moved = current.scalar(
        update(SharedBlock)
        .where(SharedBlock.id == block.id, SharedBlock.number == based_on)
        .values(number=based_on + 1, body_markdown=_clean(body), updated_at=now())
        .returning(SharedBlock.id)
        .execution_options(synchronize_session=False)
    )
    current.refresh(block)
    if moved is None:
        raise Conflict.of("block.revised_meanwhile", number=block.number)
    _add_revision(block, comment, by)
    return _touch_users(block.name)


def history(block: SharedBlock, *, by: Agent) -> Sequence[SharedBlockRevision]:
    """Every state of a block, the latest first. Raises Forbidden."""
    require(by, Permission.WRITE_ARTICLES)
    return (
        db.session()
        .scalars(
            select(SharedBlockRevision)
            .where(SharedBlockRevision.block_id == block.id)
            .order_by(SharedBlockRevision.number.desc())
        )
        .all()
    )


def last_change() -> int:
    """Which change of a block was the last one of all, 0 before the first."""
    return db.session().scalar(select(func.max(SharedBlockRevision.id))) or 0


@dataclass(frozen=True)
class BlockChange:
    """What the block ``name`` says from the change ``id`` on."""

    id: int
    name: str
    body_markdown: str
    at: datetime


def changes_of(names: Iterable[str]) -> list[BlockChange]:
    """All that the blocks of these names have said, the oldest first."""
    wanted = set(names)
    if not wanted:
        return []
    rows = db.session().execute(
        select(
            SharedBlockRevision.id,
            SharedBlock.name,
            SharedBlockRevision.body_markdown,
            SharedBlockRevision.created_at,
        )
        .join(SharedBlock, SharedBlock.id == SharedBlockRevision.block_id)
        .where(SharedBlock.name.in_(wanted))
        .order_by(SharedBlockRevision.id)
    )
    return [BlockChange(*row) for row in rows]


def missing(body: str) -> list[str]:
    """The names of the blocks that a text shows and that nobody has written."""
    wanted = block_names([body])
    if not wanted:
        return []
    known = db.session().scalars(select(SharedBlock.name).where(SharedBlock.name.in_(wanted)))
    return sorted(wanted - set(known))


def _problems(body: str) -> list[Problem]:
    if not body.strip():
        return [Problem("article.empty", "body")]
    if len(body) > LONGEST_BODY:
        return [Problem("article.too_long", "body", {"most": LONGEST_BODY})]
    # A block within a block, or a condition, could show to some what was meant for others.
    if block_names([body]) or wiki_slugs([body]) or ":::" in body or problems(body):
        return [Problem("block.nested", "body")]
    return []


def _clean(body: str) -> str:
    return body.replace("\r\n", "\n").strip()


def _add_revision(block: SharedBlock, comment: str, by: Agent) -> None:
    db.session().add(
        SharedBlockRevision(
            block_id=block.id,
            number=block.number or 1,
            body_markdown=block.body_markdown,
            author_agent_id=by.id,
            comment=comment.strip()[:400],
        )
    )
    db.session().flush()


def _touch_users(name: str) -> int:
    users = [number for number, _title in _users(name).get(name, ())]
    for article in db.session().scalars(select(Article).where(Article.id.in_(users))).all():
        touch(article)
    return len(users)


def _users(name: str | None = None) -> Mapping[str, Sequence[tuple[int, str]]]:
    """By block, or of that one: (id, title) of the published articles that show it."""
    query = (
        select(ArticleBlock.name, Article.id, Revision.title)
        .join(Article, Article.id == ArticleBlock.article_id)
        .join(
            Revision,
            and_(Revision.article_id == Article.id, Revision.number == Article.published_number),
        )
        .order_by(Revision.title)
    )
    if name is not None:
        query = query.where(ArticleBlock.name == name)
    found: dict[str, list[tuple[int, str]]] = {}
    for block, number, title in db.session().execute(query):
        found.setdefault(block, []).append((number, title))
    return found
