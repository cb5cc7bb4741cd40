"""An article from an answer: what somebody was told, without what says who they are."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import select

from knowledge.articles import writing
from knowledge.articles.models import Article, Audience
from knowledge.articles.writing import About, Words
from knowledge.folding import fold
from support.kernel import db
from support.kernel.errors import Conflict
from support.people.models import Agent, Role
from support.people.permissions import Permission, require

LEFT_OUT = "…"
SHORTEST_NAME = 3
_ADDRESS = re.compile(r"\S+@\S+")
_LINK = re.compile(r"https?://\S*/(?:suivi|telechargements|avis)/\S*")
# Four digits and more are a number of somebody's: telephone, foreigner number, reference, date.
_NUMBER = re.compile(r"\+?\d(?:[ .\-/]?\d){3,}")
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_GREETING = re.compile(
    r"^\s*(?:bonjour|bonsoir|madame|monsieur|cordialement|bien à vous)\b.{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)


def stripped(text: str, names: Iterable[str]) -> str:
    """``text`` without addresses, numbers, secret links, greetings and any of ``names``.

    Rather too much than too little: whoever proposes it reads it first, and an editor after.
    """
    text = _GREETING.sub("", text)
    text = _LINK.sub(LEFT_OUT, text)
    text = _ADDRESS.sub(LEFT_OUT, text)
    text = _NUMBER.sub(lambda m: m[0] if _YEAR.match(m[0]) else LEFT_OUT, text)
    known = {
        part for name in names for part in re.split(r"[\s'’-]+", fold(name))
        if len(part) >= SHORTEST_NAME
    }  # fmt: skip
    text = _WORD.sub(lambda m: LEFT_OUT if _names(m[0], known) else m[0], text)
    text = re.sub(rf"{LEFT_OUT}(?:\s+{LEFT_OUT})+", LEFT_OUT, text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def propose(slug: str, words: Words, *, by: Agent, reasons: Iterable[str] = ()) -> Article:
    """A draft for the editors, from who answers people. It is for agents until they decide.

    Raises Invalid with a problem a field, Conflict (``article.no_editor``), Forbidden.
    """
    require(by, Permission.REPLY)
    owner = db.session().scalar(
        select(Agent)
        .where(Agent.role == Role.KNOWLEDGE_EDITOR, Agent.active.is_(True))
        .order_by(Agent.id)
        .limit(1)
    )
    if owner is None:
        raise Conflict.of("article.no_editor")
    about = About(audience=Audience.STAFF, reasons=list(reasons))
    comment = f"Proposée par {by.full_name}, d'après une réponse"
    return writing.draft(slug, words, about, by=owner, comment=comment)


def _names(word: str, known: set[str]) -> bool:
    return any(part in known for part in re.split(r"['’-]", fold(word)))
