"""The pictures and documents of the texts: named once, kept as they are, shown where a text does.

``![words](fichier:name)`` shows a picture, ``[words](fichier:name)`` offers a file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from sqlalchemy import select

from knowledge.articles import names
from knowledge.articles.models import Article, KeptFile, Revision, SharedBlock
from knowledge.articles.names import refused_when_taken
from knowledge.folding import fold
from support.kernel import db, files
from support.kernel.errors import Conflict, Invalid, NotVisible
from support.kernel.file_kinds import document_type
from support.people.models import Agent
from support.people.permissions import Permission, require

NAME = r"[a-z0-9]+(?:-[a-z0-9]+)*\.[a-z0-9]{2,5}"
MARK = re.compile(rf"(?<=\]\()[ ]*fichier:({NAME})(?=[\s)])")
LONGEST_STEM = 80
PAGE = 60
_ATTEMPTS = 5
_ENDINGS = {
    "image/jpeg": "jpg",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


def add(filename: str, content_type: str, file_key: str, size: int, *, by: Agent) -> KeptFile:
    """Name what is in the file store. The same bytes keep the name they have.

    Raises Conflict (``article_file.taken``) when others take every name first, Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    current = db.session()
    known = current.scalar(select(KeptFile).where(KeptFile.file_key == file_key))
    if known is not None:
        return known
    for _attempt in range(_ATTEMPTS):
        try:
            name = _free_name(filename, content_type)
            return _named(name, content_type, file_key, size, by)
        except Invalid:
            continue  # somebody took that name at the same moment
    raise Conflict.of("article_file.taken")


def take(name: str, content: bytes, *, by: Agent) -> KeptFile:
    """A file that is to have this very name: texts call it so.

    Raises Forbidden, and Invalid (``article_file.kind``, ``article_file.bad_name``,
    ``article_file.other_content``).
    """
    require(by, Permission.WRITE_ARTICLES)
    kind = check(name, content)
    known = _known(name)
    stored = files.store().put(content)
    return known or _named(name, kind, stored.key, stored.size, by)


def check(name: str, content: bytes) -> str:
    """The type of what :func:`take` would take. Raises Invalid as it does."""
    kind = document_type(content)
    if kind is None:
        raise Invalid.of("article_file.kind", "files", name=name)
    if not re.fullmatch(NAME, name) or len(name) > 120:
        raise Invalid.of("article_file.bad_name", "files", name=name)
    known = _known(name)
    if known is not None and known.file_key != hashlib.sha256(content).hexdigest():
        raise Invalid.of("article_file.other_content", "files", name=name)
    return kind


def by_name(name: str) -> KeptFile:
    """Raises NotVisible."""
    found = _known(name)
    if found is None:
        raise NotVisible.of("article.not_found")
    return found


def latest(*, by: Agent, before: int | None = None) -> Sequence[KeptFile]:
    """A page of them, the newest first, older than the id ``before``. Raises Forbidden."""
    require(by, Permission.WRITE_ARTICLES)
    query = select(KeptFile).order_by(KeptFile.id.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(KeptFile.id < before)
    return db.session().scalars(query).all()


def remove(name: str, *, by: Agent) -> None:
    """Take away what nothing that is read or being written shows; old revisions lose it.

    Raises Conflict (``article_file.shown``, with the ``where``), NotVisible, Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    file = by_name(name)
    where = shown_in(name)
    if where:
        raise Conflict.of("article_file.shown", where=", ".join(where))
    db.session().delete(file)
    db.session().flush()


def shown_in(name: str) -> list[str]:
    """The addresses of articles, read or being written, and the names of blocks that show it."""
    current, like = db.session(), f"fichier:{name}"
    articles = current.execute(
        select(Article.slug, Revision.body_markdown)
        .join(Revision, Revision.article_id == Article.id)
        .where(
            Revision.number.in_((Article.latest_number, Article.published_number)),
            Revision.body_markdown.contains(like, autoescape=True),
        )
    )
    blocks = current.execute(
        select(SharedBlock.name, SharedBlock.body_markdown).where(
            SharedBlock.body_markdown.contains(like, autoescape=True)
        )
    )
    found = {where for where, body in (*articles, *blocks) if name in named_in([body])}
    return sorted(found)


def named_in(markdowns: Iterable[str]) -> set[str]:
    """The names of the files that these texts show or offer."""
    return {found[1] for text in markdowns for found in MARK.finditer(text)}


def missing(markdown: str) -> list[str]:
    """Names that no file has."""
    wanted = named_in([markdown])
    if not wanted:
        return []
    known = db.session().scalars(select(KeptFile.name).where(KeptFile.name.in_(wanted)))
    return sorted(wanted - set(known))


def resolve(markdown: str, at: str) -> str:
    """``fichier:name`` as an address below ``at`` (without a final slash)."""
    return MARK.sub(lambda found: f"{at}/{found[1]}", markdown)


def shown_at(markdown: str, at: str) -> set[str]:
    """The names of the files that :func:`resolve` put below ``at``."""
    return set(re.findall(rf"\]\({re.escape(at)}/({NAME})(?=[\s)])", markdown))


def mark(file: KeptFile, words: str = "") -> str:
    """What is written in a text to show ``file``."""
    said = words or PurePosixPath(file.name).stem.replace("-", " ")
    picture = "!" if file.content_type.startswith("image/") else ""
    return f"{picture}[{said}](fichier:{file.name})"


def _known(name: str) -> KeptFile | None:
    return db.session().scalar(select(KeptFile).where(KeptFile.name == name))


def _named(name: str, kind: str, key: str, size: int, by: Agent) -> KeptFile:
    file = KeptFile(name=name, content_type=kind, size=size, file_key=key, added_by_id=by.id)
    with refused_when_taken(names.FILE, "files"):
        db.session().add(file)
    return file


def _free_name(filename: str, content_type: str) -> str:
    """Folded, with the ending of what it is, and a number when another file has the name."""
    path = PurePosixPath(filename.replace("\\", "/"))
    stem = "-".join(re.findall(r"[a-z0-9]+", fold(path.stem)))[:LONGEST_STEM].strip("-")
    stem = stem or "fichier"
    ending = _ENDINGS.get(content_type) or content_type.rpartition("/")[2]
    taken = set(
        db.session().scalars(select(KeptFile.name).where(KeptFile.name.like(f"{stem}%.{ending}")))
    )
    name, number = f"{stem}.{ending}", 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}.{ending}"
    return name
