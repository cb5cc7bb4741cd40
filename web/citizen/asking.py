"""The questions of the public form in words: one field of the page for each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from channels.contact_form.questions import PREFIX, QUESTIONS, Kind
from support.tickets.facts import AccountStatus

# In this order: most browsers claim to be the ones below them as well.
_BROWSERS = (
    ("Edge", r"Edg\w*/(\d+)"),
    ("Opera", r"OPR/(\d+)"),
    ("Samsung Internet", r"SamsungBrowser/(\d+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"(?:Chrome|CriOS)/(\d+)"),
    ("Safari", r"Version/(\d+)[\d.]* .*Safari/"),
)
_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac", "Macintosh"),
    ("Linux", "Linux"),
)

_TYPES = {Kind.LONG: "textarea", Kind.DATE: "date", Kind.PAST: "date", Kind.EMAIL: "email",
          Kind.STATUS: "select"}  # fmt: skip
_WORDS = (Kind.SHORT, Kind.LONG)
_LTR = (Kind.CODE, Kind.EMAIL, Kind.DEPARTMENT)


def fields(codes: Sequence[str], typed: Mapping[str, str], user_agent: str) -> list[dict[str, Any]]:
    """What the page shows of each question, filled in with what was typed or is known."""
    return [_field(code, typed, user_agent) for code in codes]


def device(user_agent: str) -> str:
    """« Chrome 131, Android »: what a browser says of itself, for people; empty when unknown."""
    browser = next(
        (
            f"{name} {found[1]}"
            for name, sign in _BROWSERS
            if (found := re.search(sign, user_agent))
        ),
        "",
    )
    machine = next((name for name, sign in _DEVICES if sign in user_agent), "")
    return ", ".join(filter(None, (browser, machine)))


def label(code: str) -> str:
    return _words(code)[0]


def status_label(status: AccountStatus) -> str:
    return {
        AccountStatus.DRAFT: _("Brouillon : je n’ai pas encore envoyé ma demande"),
        AccountStatus.SUBMITTED: _("Demande déposée"),
        AccountStatus.UNDER_REVIEW: _("En cours d’instruction"),
        AccountStatus.SUPPLEMENT_REQUESTED: _("On me demande un complément"),
        AccountStatus.COMPLETED_BY_USER: _("J’ai envoyé le complément"),
        AccountStatus.ADMISSIBLE: _("Dossier complet ou recevable"),
        AccountStatus.INTERVIEW_SCHEDULED: _("Convocation à un entretien"),
        AccountStatus.FAVOURABLE_DECISION: _("Décision favorable"),
        AccountStatus.UNFAVOURABLE_DECISION: _("Décision défavorable"),
        AccountStatus.CARD_IN_PRODUCTION: _("Titre en fabrication"),
        AccountStatus.CARD_READY: _("Titre prêt à être retiré"),
        AccountStatus.CARD_DELIVERED: _("Titre remis"),
        AccountStatus.CLOSED_WITHOUT_ACTION: _("Demande classée sans suite"),
        AccountStatus.UNKNOWN: _("Autre chose, ou je ne sais pas"),
    }[status]


def _field(code: str, typed: Mapping[str, str], user_agent: str) -> dict[str, Any]:
    kind = QUESTIONS[code]
    words, hint = _words(code)
    name = PREFIX + code
    value = typed.get(code, "")
    if code == "browser" and not value:
        value = device(user_agent)
    choices = None
    if kind is Kind.STATUS:
        choices = [("", _("Choisir…"))] + [(s.value, status_label(s)) for s in AccountStatus]
    return {
        "name": name,
        "label": words,
        "hint": hint,
        "value": value,
        "type": _TYPES.get(kind, "text"),
        "choices": choices,
        "rows": 3,
        "size": None if kind in (Kind.LONG, Kind.SHORT, Kind.STATUS, Kind.EMAIL) else "short",
        "attrs": {"dir": "ltr"} if kind in _LTR else {"dir": "auto"} if kind in _WORDS else {},
    }


def _words(code: str) -> tuple[str, str]:
    """The question, and the line under it."""
    return {
        "step_reached": (
            _("À quelle étape êtes-vous bloqué ?"),
            _("Le nom de la page ou du bouton. Exemple : « Ajouter ma photo »."),
        ),
        "exact_message": (
            _("Quel message voyez-vous à l’écran ?"),
            _("Recopiez les mots exacts, dans la langue où ils sont écrits."),
        ),
        "browser": (
            _("Appareil et navigateur"),
            _("Rempli d’après cet appareil. Changez-le si le problème est sur un autre."),
        ),
        "tried": (
            _("Qu’avez-vous déjà essayé ?"),
            _("Exemple : un autre navigateur, un autre jour, une autre photo."),
        ),
        "account_status": (
            _("Que dit votre compte en ligne ?"),
            _("Choisissez la phrase la plus proche de ce que vous lisez."),
        ),
        "account_email": (
            _("Adresse électronique de votre compte en ligne"),
            _("Celle avec laquelle vous vous connectez au site des démarches."),
        ),
        "deposit_date": (
            _("Quel jour avez-vous envoyé votre demande en ligne ?"),
            _("La date est sur votre confirmation de dépôt."),
        ),
        "expiry_date": (
            _("Quel jour finit votre titre, votre visa ou votre attestation ?"),
            _("La date est sur le document. Elle nous aide à traiter d’abord ce qui presse."),
        ),
        "entry_date": (
            _("Quel jour êtes-vous entré en France avec ce visa ?"),
            _("La date du tampon, dans votre passeport."),
        ),
        "appointment_date": (_("Quel jour est votre rendez-vous ?"), ""),
        "visa_number": (
            _("Numéro de votre visa"),
            _("Sur la vignette collée dans le passeport. Le plus souvent 9 caractères."),
        ),
        "ephoto_code": (
            _("Code de votre e-photo"),
            _("Sur la feuille du photographe ou de la cabine. Le plus souvent 22 caractères."),
        ),
        "department": (
            _("Votre département"),
            _("Son numéro, ou votre code postal. Exemple : 69 ou 69003."),
        ),
    }[code]
