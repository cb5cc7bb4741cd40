"""What happened to an article, in words."""

from __future__ import annotations

from flask_babel import gettext as _

from knowledge.articles.models import Happening
from knowledge.articles.voting import WhyNot


def happening_label(kind: Happening) -> str:
    return {
        Happening.SUBMITTED: _("relecture demandée"),
        Happening.RETURNED: _("rendue à reprendre"),
        Happening.APPROVED: _("relue et approuvée"),
        Happening.SCHEDULED: _("publication prévue"),
        Happening.UNSCHEDULED: _("publication annulée"),
        Happening.PUBLISHED: _("publiée"),
        Happening.PUBLISHED_UNREAD: _("publiée sans relecture"),
        Happening.CHECKED: _("vérifiée, toujours vraie"),
        Happening.WITHDRAWN: _("retirée : critique et non vérifiée"),
        Happening.ARCHIVED: _("archivée"),
        Happening.RENAMED: _("adresse changée"),
        Happening.WRONG: _("erreur signalée"),
    }[kind]


def why_label(why: WhyNot) -> str:
    return {
        WhyNot.NOT_MY_CASE: _("ce n’est pas mon cas"),
        WhyNot.UNCLEAR: _("pas compris"),
        WhyNot.DID_NOT_WORK: _("essayé, cela ne marche pas"),
        WhyNot.WRONG: _("faux ou dépassé"),
        WhyNot.OTHER: _("autre chose"),
    }[why]
