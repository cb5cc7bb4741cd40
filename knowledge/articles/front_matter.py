"""An article as a file: YAML between two lines of dashes, then Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.articles.models import ArticleState, Audience
from knowledge.articles.writing import About, Words
from support.kernel.errors import Problem

_FENCE = "---"
_BLOCK = re.compile(r"\A---\nblock: ([a-z0-9-]+)\n---\n(.*)\Z", re.DOTALL)
_REQUIRED = ("slug", "title", "audience")
_KNOWN = {
    "slug", "title", "summary", "audience", "procedures", "reasons", "keywords", "checked_on",
    "source", "source_id", "language", "check_every_days", "critical",
    "state", "translation_of", "up_to_date", "plain", "redirects",
}  # fmt: skip


@dataclass(frozen=True)
class ArticleFile:
    """What a file says of an article."""

    slug: str
    words: Words
    about: About
    source_id: str | None
    state: ArticleState = ArticleState.PUBLISHED
    translation_of: str | None = None
    up_to_date: bool = True
    plain: bool = False
    redirects: tuple[str, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)  # by the names that the text gives them


@dataclass(frozen=True)
class BlockFile:
    """A shared block as a file: its name in the front matter, then its text."""

    name: str
    body: str
    files: Mapping[str, Path] = field(default_factory=dict)


def parse_block(text: str) -> BlockFile | None:
    """None when the file is no shared block."""
    found = _BLOCK.match(text.replace("\r\n", "\n"))
    return BlockFile(found[1], found[2].strip()) if found else None


def parse(text: str) -> ArticleFile | list[Problem]:
    """Read a file, or say everything that is wrong with it.

    Codes: ``front_matter.missing``, ``.not_yaml``, ``.unknown_key``, ``.required``,
    ``.wrong_kind``, ``.empty_body``; the field is the key concerned.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if not text.startswith(_FENCE + "\n"):
        return [Problem("front_matter.missing")]
    head, fence, body = text[len(_FENCE) + 1 :].partition(f"\n{_FENCE}\n")
    if not fence:
        return [Problem("front_matter.missing")]
    try:
        given = yaml.safe_load(head)
    except yaml.YAMLError as error:
        return [Problem("front_matter.not_yaml", params={"said": str(error)})]
    if not isinstance(given, dict):
        return [Problem("front_matter.not_yaml", params={"said": ""})]
    reader = _Reader(given)
    article = reader.article(body)
    return reader.problems or article


class _Reader:
    """Reads each key as its kind, noting what is wrong and going on."""

    def __init__(self, given: dict[Any, Any]) -> None:
        self._given = given
        self.problems = [
            Problem("front_matter.unknown_key", str(key)) for key in given if key not in _KNOWN
        ]
        self.problems += [
            Problem("front_matter.required", key) for key in _REQUIRED if not given.get(key)
        ]

    def article(self, body: str) -> ArticleFile:
        if not body.strip():
            self.problems.append(Problem("front_matter.empty_body"))
        return ArticleFile(
            slug=self._text("slug"),
            words=Words(self._text("title"), self._text("summary"), body),
            about=About(
                audience=self._as("audience", Audience, Audience.STAFF),
                procedures=self._list("procedures"),
                reasons=self._list("reasons"),
                keywords=self._list("keywords"),
                language=self._text("language") or "fr",
                checked_on=self._as("checked_on", _date, None),
                source_note=self._text("source"),
                check_every_days=self._as("check_every_days", int, None),
                critical=self._given.get("critical") is True,
            ),
            source_id=self._text("source_id") or None,
            state=self._as("state", ArticleState, ArticleState.PUBLISHED),
            translation_of=self._text("translation_of") or None,
            up_to_date=self._given.get("up_to_date") is not False,
            plain=self._given.get("plain") is True,
            redirects=self._list("redirects"),
        )

    def _text(self, key: str) -> str:
        value = self._given.get(key)
        if isinstance(value, (list, dict)):
            self._wrong(key)
            return ""
        return "" if value is None else str(value).strip()

    def _list(self, key: str) -> tuple[str, ...]:
        value = self._given.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or any(isinstance(v, (list, dict)) for v in value):
            self._wrong(key)
            return ()
        return tuple(str(item).strip() for item in value)

    def _as(self, key: str, kind: Callable[[Any], Any], default: Any) -> Any:
        value = self._given.get(key)
        if value is None:
            return default
        try:
            return kind(value)
        except ValueError:
            self._wrong(key)
            return default

    def _wrong(self, key: str) -> None:
        self.problems.append(Problem("front_matter.wrong_kind", key))


def _date(value: Any) -> date:
    return value if type(value) is date else date.fromisoformat(str(value))
