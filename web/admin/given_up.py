"""What the outbox gave up: what it was, why, and another try. Never anybody's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from support.kernel import db
from support.kernel.errors import Conflict, NotVisible
from support.outbox import draining
from support.outbox.models import OutboxRow, OutboxState
from support.people.permissions import Permission
from web.access import staff
from web.reading_args import row_number

bp = Blueprint("given_up", __name__, url_prefix="/agent/administration/envois")

PAGE_SIZE = 50


@dataclass(frozen=True)
class GivenUp:
    """``sign`` is technical: an error's name or a server's code, nothing that it said."""

    id: int
    what: str
    why: str
    sign: str | None
    attempts: int
    since: datetime


@bp.get("")
@staff(Permission.ADMINISTER)
def listing() -> ResponseReturnValue:
    found = _rows(row_number(request.args, "apres"))
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    return render_template(
        "admin/given_up.html",
        rows=[_shown(row) for row in found],
        next=url_for("given_up.listing", apres=found[-1].id) if more else None,
        first=url_for("given_up.listing") if request.args.get("apres") else None,
    )


@bp.post("/<int:row_id>/reprises")
@staff(Permission.ADMINISTER)
def retry(row_id: int) -> ResponseReturnValue:
    if db.session().get(OutboxRow, row_id) is None:
        raise NotVisible.of("outbox.unknown")
    if not draining.retry(row_id):
        raise Conflict.of("outbox.not_given_up")
    flash(_("Remis en file : le prochain essai part tout de suite."), "success")
    return redirect(url_for("given_up.listing"), 303)


def topic_label(topic: str) -> str:
    return {
        "intake.received": _("Comprendre un message reçu"),
        "intake.left_over": _("Reprendre les messages laissés par un arrêt"),
        "message.send": _("Envoyer une réponse par courriel"),
        "notice.send": _("Envoyer un message automatique"),
        "issue.ended": _("Dire à une personne que son problème est terminé"),
        "staff.mail": _("Envoyer une annonce ou une nouvelle à un agent"),
        "level.added": _("Transmettre un message de la personne à un niveau"),
        "level.unreached": _("Reprendre un ticket dont le courriel n’est pas arrivé"),
        "help_point.figures": _("Envoyer les chiffres d’un lieu d’accueil"),
        "appointment.tell": _("Écrire à une personne au sujet de son rendez-vous"),
        "mail.too_large": _("Dire que le courriel était trop volumineux"),
        "clock.breached": _("Noter une promesse dépassée"),
        "calendar.edited": _("Suivre un changement d’horaires"),
        "agreement.moved": _("Suivre un changement d’horaires, pour un délai entre niveaux"),
        "clock.warned": _("Prévenir qu’une promesse presse"),
        "glpi.push": _("Envoyer à GLPI ce qu’un ticket a de nouveau"),
        "glpi.pull": _("Lire dans GLPI ce qui a changé"),
        "article.recall": _("Prévenir qu’une réponse est corrigée"),
        "knowledge.changed": _("Mettre à jour l’index des fiches"),
    }.get(topic, topic)


def why(error: str | None) -> str:
    """The cause in plain words; what a server or a library said may name somebody."""
    said = (error or "").lower()
    for pattern, words in _CAUSES:
        if re.search(pattern, said):
            return words()
    return _("Erreur imprévue : le journal du serveur en dit plus.")


def sign(error: str | None) -> str | None:
    """« ConnectionRefusedError », « 550 »: enough to look for it in the server's log."""
    said = error or ""
    name = re.match(r"([A-Z]\w*(?:Error|Exception|Failure|Refused|Busy))\b", said)
    code = re.search(r"\b([45]\d\d)\b", said)
    found = [match.group(1) for match in (name, code) if match]
    return ", ".join(found) or None


_CAUSES: tuple[tuple[str, Callable[[], str]], ...] = (
    (r"lets us not in|notletin",
     lambda: _("GLPI refuse notre identifiant : regardez les réglages RELAIS_GLPI_.")),
    (r"glpi: refused|^refused", lambda: _("GLPI refuse cette demande pour de bon.")),
    (r"glpi: gone|^gone", lambda: _("Ce ticket n’est plus dans GLPI.")),
    (r"no answer in time|cannot be reached", lambda: _("Le serveur n’a pas répondu.")),
    (r"no handler for topic", lambda: _("Cette version ne sait pas traiter cet envoi.")),
    (r"authentic|\b53[045]\b", lambda: _("Le serveur de courriel refuse notre identifiant.")),
    (r"\b5[0-9][0-9]\b|refused.*recipient|recipient.*refused",
     lambda: _("Le serveur de courriel refuse ce message pour de bon.")),
    (r"\b4[2-5][0-9]\b", lambda: _("Le serveur de courriel demandait d’attendre, trop longtemps.")),
    (r"connection|timeout|timed out|unreachable|gaierror|name or service|oserror",
     lambda: _("Le serveur n’a pas répondu.")),
    (r"ssl|certificate|tls", lambda: _("Le certificat du serveur n’est pas accepté.")),
    (r"database|operationalerror|locked", lambda: _("La base de données ne répondait pas.")),
    (r"filenotfound|no such file|permission denied|disk",
     lambda: _("Un fichier manque, ou le disque ne répond pas.")),
    (r"indexbusy|index", lambda: _("L’index des fiches était occupé.")),
)  # fmt: skip


def _rows(after: int | None) -> Sequence[OutboxRow]:
    query = select(OutboxRow).where(OutboxRow.state == OutboxState.GIVEN_UP)
    if after is not None:
        query = query.where(OutboxRow.id < after)
    return db.session().scalars(query.order_by(OutboxRow.id.desc()).limit(PAGE_SIZE + 1)).all()


def _shown(row: OutboxRow) -> GivenUp:
    return GivenUp(
        id=row.id,
        what=topic_label(row.topic),
        why=why(row.last_error),
        sign=sign(row.last_error),
        attempts=row.attempts,
        since=row.done_at or row.created_at,
    )
