"""The words of the desk: states, channels, endings. One place, so that pages agree."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _

from support.catalogue.models import Priority
from support.intake.models import Channel
from support.tickets.call_backs import Ended
from support.tickets.models import ClosedHow, State
from support.tickets.timeline import SpokenThrough
from web.i18n import language_name


def init(app: Flask) -> None:
    app.jinja_env.globals.update(
        state_label=state_label,
        channel_label=channel_label,
        priority_label=priority_label,
        closed_label=closed_label,
        item_label=item_label,
        letter_label=letter_label,
        wrap_up_label=wrap_up_label,
        through_label=through_label,
        ended_label=ended_label,
    )


def state_label(state: State) -> str:
    return {
        State.NEW: _("nouveau"),
        State.IN_PROGRESS: _("en cours"),
        State.WAITING_PERSON: _("attend la personne"),
        State.ESCALATED: _("transmis"),
        State.RETURNED: _("revenu"),
        State.REOPENED: _("rouvert"),
        State.CLOSED: _("clos"),
    }[state]


def channel_label(channel: Channel | None) -> str:
    return {
        Channel.EMAIL: _("courriel"),
        Channel.FORM: _("formulaire"),
        Channel.PHONE: _("téléphone"),
        Channel.STAFF: _("signalement"),
        Channel.COUNTER: _("guichet"),
        Channel.LETTER: _("courrier"),
        Channel.FOLLOW: _("page de suivi"),
        Channel.API: _("API"),
    }.get(channel, "") if channel else ""  # fmt: skip


def priority_label(priority: Priority) -> str:
    return {
        Priority.LOW: _("basse"),
        Priority.NORMAL: _("normale"),
        Priority.HIGH: _("haute"),
        Priority.URGENT: _("urgente"),
    }[priority]


def closed_label(how: ClosedHow) -> str:
    return {
        ClosedHow.FIRST_CONTACT: _("répondu au premier contact"),
        ClosedHow.ANSWERED: _("réponse donnée"),
        ClosedHow.SOLVED: _("résolu, dit la personne"),
        ClosedHow.NO_REPLY: _("sans nouvelle de la personne"),
        ClosedHow.DUPLICATE: _("double d’une autre demande"),
        ClosedHow.REDIRECTED: _("orienté vers le bon service"),
    }[how]


def wrap_up_label(code: str) -> str:
    return {
        "answered": _("répondu"),
        "ticket_opened": _("ticket ouvert"),
        "needs_research": _("recherche à faire"),
        "handed_over": _("à transmettre au niveau suivant"),
        "call_back": _("à rappeler"),
        "wrong_service": _("orienté vers un autre service"),
        "wrong_number": _("erreur de numéro"),
        "no_answer": _("pas de réponse"),
        "dropped": _("appel coupé"),
        "abusive": _("appel injurieux ou malveillant"),
    }.get(code, code)


def letter_label(letter: str) -> str:
    """What a letter that leaves by itself is called."""
    return {
        "acknowledgement": _("accusé de réception"),
        "transferred": _("« votre demande est transmise au service compétent »"),
        "passed_on": _("« votre demande est chez nos spécialistes »"),
        "reopened": _("« votre demande est rouverte »"),
        "issue_ended": _("« du nouveau sur votre problème »"),
        "answer_corrected": _("« nous corrigeons notre réponse »"),
    }.get(letter, _("lire le message"))


def through_label(through: str | None, language: str | None = None) -> str:
    """« par interprète (dari) »: who speaks with the person, or for them."""
    words = {
        SpokenThrough.INTERPRETER: _("par interprète"),
        SpokenThrough.RELAY: _("par service relais"),
        SpokenThrough.THIRD_PARTY: _("un tiers appelle"),
    }.get(SpokenThrough(through)) if through in set(SpokenThrough) else None  # fmt: skip
    return f"{words} ({language_name(language)})" if words and language else words or ""


def ended_label(ended: Ended) -> str:
    return {
        Ended.DONE: _("Rappel fait"),
        Ended.GOT_THROUGH: _("La personne a rappelé et a été jointe"),
        Ended.NOT_REACHED: _("Abandonné : personne n’a répondu"),
        Ended.CANCELLED: _("Rappel annulé"),
        Ended.PROMISED: _("Un rappel a été promis depuis"),
    }[ended]


def item_label(code: str) -> str:
    """What an item of a hand-over is called."""
    return {
        "exact_message": _("Message d’erreur exact"),
        "step_reached": _("Étape atteinte"),
        "browser": _("Navigateur et appareil"),
        "dates": _("Dates utiles"),
        "document_read": _("Ce que la personne lit"),
        "tried": _("Ce qui a déjà été essayé"),
        "expected": _("Ce qui est attendu"),
        "account_email": _("Adresse électronique du compte"),
        "visa_number": _("Numéro de visa"),
        "dossier_number": _("Numéro de demande ou de dossier"),
        "expiry_date": _("Date de fin du document de séjour"),
        "consent": _("Accord de la personne"),
        "screenshot": _("Capture d’écran"),
    }.get(code, code)
