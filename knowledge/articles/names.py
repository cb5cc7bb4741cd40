"""Names that only one thing may have: the database refuses, and the writer is told beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from support.kernel import db
from support.kernel.errors import Invalid, broken_constraint

SLUG = {"uq_article_slug": "article.slug_taken", "article.slug": "article.slug_taken"}
FILE = {"uq_article_file_name": "article_file.taken", "article_file.name": "article_file.taken"}
BLOCK = {"uq_shared_block_name": "block.taken", "shared_block.name": "block.taken"}


@contextmanager
def refused_when_taken(constraints: dict[str, str], field: str) -> Iterator[None]:
    """Flush what is written within. Raises Invalid for ``field`` when its name is in use."""
    try:
        with db.session().begin_nested():
            yield
            db.session().flush()
    except IntegrityError as error:
        code = broken_constraint(error, constraints)
        if code is None:
            raise
        raise Invalid.of(code, field) from error
