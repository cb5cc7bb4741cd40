"""The revisions that an exported article had: who wrote what, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from knowledge.articles.writing import LONGEST, Past, Words
from support.kernel import db
from support.people.models import Agent

FOLDER = "history"


def past_of(slug: str, folder: Path, by: Agent) -> Sequence[Past]:
    """The revisions below ``folder/history/slug``, the first to the last; none when one of them
    is missing or cannot be read. Whoever has no account here is named in the reason.
    """
    paths = sorted((folder / FOLDER / slug).glob("*.md"))
    if [path.stem for path in paths] != [f"{n:04d}" for n in range(1, len(paths) + 1)]:
        return ()
    read = [_read(path) for path in paths]
    known = _agents({str(head.get("author", "")) for head, _body in read})
    if not all(head for head, _body in read):
        return ()
    return [_past(head, body, known, by) for head, body in read]


def _read(path: Path) -> tuple[dict[str, Any], str]:
    try:
        opening, head, body = path.read_text("utf-8").split("---\n", 2)
        given = yaml.safe_load(head)
        written_at = datetime.fromisoformat(str(given["written_at"]))
    except (ValueError, KeyError, TypeError, yaml.YAMLError):
        return {}, ""
    return ({**given, "written_at": written_at}, body) if not opening else ({}, "")


def _past(head: dict[str, Any], body: str, known: dict[str, Agent], by: Agent) -> Past:
    email, comment = str(head.get("author", "")), str(head.get("comment") or "")
    if email not in known and email:
        comment = f"{email} : {comment}" if comment else email
    return Past(
        Words(str(head.get("title", "")), str(head.get("summary") or ""), body),
        known.get(email, by),
        head["written_at"],
        comment[: LONGEST["comment"]],
    )


def _agents(emails: set[str]) -> dict[str, Agent]:
    found = db.session().scalars(select(Agent).where(Agent.email.in_(emails)))
    return {agent.email: agent for agent in found}
