"""The words for an article's families, audience and state."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _

from knowledge.articles.models import ArticleState, Audience

RIGHT_TO_LEFT = frozenset({"ar", "fa", "prs", "ps", "ur", "he", "ckb", "ug", "dv"})


def family_label(family: str) -> str:
    """What people call a family of procedures; an unknown one keeps its own name."""
    return {
        "sejour": _("Demander ou renouveler un titre de séjour"),
        "documents": _("Voyager : titre de voyage, document de l’enfant"),
        "changement": _("Titre perdu, nouvelle adresse, nouvelle situation"),
        "travail": _("Employer une personne étrangère"),
        "nationalite": _("Devenir français"),
        "asile": _("Demander l’asile"),
        "hors_anef": _("Démarches qui se font autrement"),
        "autre": _("Autres questions"),
        "": _("Autres questions"),
    }.get(family, family)


def audience_label(audience: Audience) -> str:
    return {
        Audience.PUBLIC: _("public"),
        Audience.STAFF: _("agents"),
        Audience.PROGRAMME: _("DP ANEF"),
        Audience.DIRECTORATE: _("directions"),
    }[audience]


def state_label(state: ArticleState) -> str:
    return {
        ArticleState.DRAFT: _("brouillon"),
        ArticleState.PUBLISHED: _("publiée"),
        ArticleState.WITHDRAWN: _("retirée, à vérifier"),
        ArticleState.ARCHIVED: _("archivée"),
    }[state]


def state_tone(state: ArticleState) -> str:
    return {
        ArticleState.DRAFT: "action",
        ArticleState.PUBLISHED: "done",
        ArticleState.WITHDRAWN: "broken",
        ArticleState.ARCHIVED: "neutral",
    }[state]


def long_date(day: date) -> str:
    """« 18 juin 2026 », in the language of the page."""
    return format_date(day, "long")


def direction(language: str) -> str:
    """« rtl » or « ltr », for the element that holds words of ``language``."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
