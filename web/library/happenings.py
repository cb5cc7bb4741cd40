"""What happened to an article, in words."""

from __future__ import annotations

from flask_babel import gettext as _

from knowledge.articles.models import Happening


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
