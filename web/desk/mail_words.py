"""The words for what became of a mail, and why, as one would say it to a colleague."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from support.intake.models import Outcome, Received
from support.tickets.filing import Why

OUTCOMES: dict[str, Callable[[], str]] = {
    Outcome.CREATED: lambda: _("A ouvert un ticket"),
    Outcome.APPENDED: lambda: _("Sur son ticket"),
    Outcome.QUARANTINED: lambda: _("À trier"),
    Outcome.AUTO_REPLY: lambda: _("Réponse automatique"),
    Outcome.BOUNCE: lambda: _("Avis de non-remise"),
    Outcome.DUPLICATE: lambda: _("Déjà reçu"),
    Outcome.SET_ASIDE: lambda: _("Mis à part"),
    Outcome.TOO_LARGE: lambda: _("Trop lourd, renvoyé"),
    "en_attente": lambda: _("Pas encore lu"),
}


def init(app: Flask) -> None:
    app.jinja_env.globals.update(auth_words=auth_words)


def outcome_words(outcome: Outcome | None) -> str:
    return OUTCOMES[outcome or "en_attente"]()


def why_words(reason: str | None) -> str:
    """Why a person must look."""
    words = _WHY.get(reason or "")
    return words() if words else _("À lire")


_WHY: dict[str, Callable[[], str]] = {
    Why.STRANGER: lambda: _("Répond à un ticket, mais d’une adresse qui n’en fait pas partie"),
    Why.STAFF_ADDRESS: lambda: _("Dit venir d’un agent : une adresse ne prouve rien"),
    Why.NO_SENDER: lambda: _("Sans expéditeur lisible"),
    Why.MAILING_LIST: lambda: _("Lettre de diffusion"),
    Why.EMPTY: lambda: _("Vide : ni texte ni pièce jointe"),
    Why.ECHO: lambda: _("Porte notre marque, mais n’est pas un envoi connu"),
    Why.UNREADABLE: lambda: _("N’a pas pu être lu en entier"),
    Why.DELEGATE: lambda: _(
        "Répond pour un niveau, d’une adresse qui n’y est pas autorisée : rattachez-le s’il vient "
        "bien de lui"
    ),
    Why.LOOP: lambda: _(
        "Boucle : trop de courriels de cette adresse, un automate répond peut-être"
    ),
    Why.BOUNCE_UNSURE: lambda: _("Avis de non-remise qui ne dit pas de quel courriel il parle"),
    Why.TOO_LARGE: lambda: _("Au-dessus de la taille admise : l’expéditeur en a été averti"),
}


def reason_words(received: Received) -> str:
    """Why it became what it became; "" when that says itself."""
    reason = received.reason or ""
    if received.outcome is Outcome.SET_ASIDE:
        who = (received.digest or {}).get("sorted_by", "")
        return _("%(who)s : %(why)s", who=who, why=reason) if who else reason
    if reason in _WHY:
        return why_words(reason)
    return _judged(received, reason)


def _judged(received: Received, reason: str) -> str:
    """What the guard saw, in plain words; its own word is on the page of the mail."""
    if received.outcome is Outcome.AUTO_REPLY:
        on = _("notée sur le ticket, sans effet") if received.ticket_id else _("sans ticket connu")
        return _("Écrite par une machine ; %(on)s", on=on)
    if received.outcome is Outcome.BOUNCE:
        if received.ticket_id:
            return _("Montré sur le courriel qui n’est pas arrivé")
        return _("Aucun de nos courriels n’a été reconnu")
    if received.outcome is Outcome.DUPLICATE:
        return _("Le même message est déjà là, ou c’est le nôtre qui revient")
    if received.outcome is Outcome.CREATED and reason:
        return _("Peut-être une machine : aucun accusé de réception n’est parti")
    return ""


def auth_words(auth: Mapping[str, Any] | None) -> dict[str, str] | None:
    """{"text", "tone", "icon"} of what a trusted server found; None when none has spoken."""
    if not auth:
        return None
    dmarc = auth.get("dmarc") or ""
    if dmarc == "pass" and auth.get("sole", True):
        text = _("signature vérifiée (dmarc=pass, %(domain)s)", domain=auth.get("domain", ""))
        return {"text": text, "tone": "done", "icon": "check-circle-fill"}
    if dmarc in ("fail", "unclear"):
        text = _("expéditeur non confirmé (dmarc=%(result)s)", result=dmarc)
        return {"text": text, "tone": "risk", "icon": "exclamation-triangle-fill"}
    return {"text": _("expéditeur non vérifié"), "tone": "neutral", "icon": "info-circle-fill"}
