"""Articles under headings that people recognise: their procedure, or what happens to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from knowledge.articles.queries import PublishedArticle
from knowledge.folding import fold
from web.desk import catalogue
from web.i18n import translated
from web.library.labels import family_label

# An article on as many families, or as many kinds of difficulty, concerns everybody.
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
        name: Group(f"g{n}", translated(name))
        for n, name in enumerate(dict.fromkeys(headings.values()))
    }
    special = {name: Group(name, family_label(name)) for name in families}
    everywhere = Group("tous", _("Dans toutes les situations"))
    rest = special.setdefault("autre", Group("autre", _("Autres questions")))
    for article in sorted(articles, key=lambda one: fold(one.title)):
        places = _procedures(article, special) or _difficulty(article, headings, general)
        if len(places) >= EVERYBODY:
            places = [everywhere]
        for group in places or [rest]:
            group.articles.append(article)
    return [g for g in (everywhere, *general.values(), *special.values()) if g.articles]


def _procedures(article: PublishedArticle, special: dict[str, Group]) -> list[Group]:
    """The families it is about; none when it concerns so many that it concerns everybody."""
    families = [special[f] for f in article.families if f in special]
    return families if len(families) < EVERYBODY else []


def _difficulty(
    article: PublishedArticle, headings: dict[str, str], general: dict[str, Group]
) -> list[Group]:
    """The kind of difficulty; several only when there are too many to choose one."""
    kinds = dict.fromkeys(headings[r] for r in article.reasons if r in headings)
    found = [general[name] for name in kinds]
    return found if len(found) >= EVERYBODY else found[:1]
