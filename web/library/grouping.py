"""Articles under headings that people recognise: their procedure, or what happens to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from knowledge.articles.queries import PublishedArticle
from web.desk import catalogue
from web.library.labels import family_label

# An article on as many families concerns everybody: it stands under what happens, once.
EVERYBODY = 3


@dataclass
class Group:
    """``key`` names it in an address."""

    key: str
    label: str
    articles: list[PublishedArticle] = field(default_factory=list)


def by_subject(articles: Sequence[PublishedArticle]) -> list[Group]:
    """First what any procedure may meet, by kind of difficulty, then procedure by procedure.

    Groups come in the catalogue's order, those without articles left out. An article of two
    families stands in both.
    """
    reasons = catalogue.reasons()
    headings = {reason.code: reason.group for reason in reasons}
    families = dict.fromkeys(p.family for p in catalogue.procedures())
    general = {
        name: Group(f"g{n}", name) for n, name in enumerate(dict.fromkeys(headings.values()))
    }
    special = {name: Group(name, family_label(name)) for name in families}
    rest = special.setdefault("autre", Group("autre", _("Autres questions")))
    for article in articles:
        for group in _places(article, headings, general, special, rest):
            group.articles.append(article)
    return [g for g in (*general.values(), *special.values()) if g.articles]


def _places(
    article: PublishedArticle,
    headings: dict[str, str],
    general: dict[str, Group],
    special: dict[str, Group],
    rest: Group,
) -> Iterable[Group]:
    families = [f for f in article.families if f in special]
    if families and len(families) < EVERYBODY:
        return [special[f] for f in families]
    heading = next((headings[r] for r in article.reasons if r in headings), None)
    return [general[heading] if heading else rest]
