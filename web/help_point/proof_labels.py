"""What is read of the proof of steps."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _

from escalation.fallback.models import WRITTEN, CaseState, StepKind

C, K = CaseState, StepKind


def kind_label(kind: StepKind) -> str:
    return {
        K.ATTEMPT: _("Essai en ligne"),
        K.CALL: _("Appel"),
        K.TICKET: _("Demande écrite au centre de contact"),
        K.VISIT: _("Passage dans un lieu d’accueil"),
        K.LETTER: _("Courrier"),
        K.ANOMALY: _("Anomalie transmise"),
        K.REQUEST: _("Demande d’un autre mode de dépôt"),
        K.ANSWER: _("Réponse de la préfecture"),
        K.REGISTRATION: _("Demande enregistrée"),
    }[kind]


def day_label(on: date) -> str:
    """« 20 novembre 2026 »."""
    return format_date(on, "d MMMM y")


def written_kinds() -> list[tuple[str, str]]:
    return [(kind.value, kind_label(kind)) for kind in WRITTEN]


def state_label(state: CaseState) -> str:
    return {
        C.COLLECTING: _("Démarches en cours"),
        C.ASKED: _("Demandé à la préfecture"),
        C.INVITED: _("Invitée par la préfecture"),
        C.REFUSED: _("Refusé par la préfecture"),
        C.REGISTERED: _("Demande enregistrée"),
        C.SOLVED: _("Déposé en ligne finalement"),
        C.DROPPED: _("Abandonné"),
    }[state]


def move_label(state: CaseState) -> str:
    """What is said when it comes to that state."""
    return {
        C.COLLECTING: _("On reprend les démarches"),
        C.ASKED: _("Un autre mode de dépôt est demandé à la préfecture"),
        C.INVITED: _("La préfecture invite la personne"),
        C.REFUSED: _("La préfecture refuse"),
        C.REGISTERED: _("La demande est enregistrée"),
        C.SOLVED: _("Le dépôt en ligne a abouti"),
        C.DROPPED: _("La personne renonce"),
    }[state]


def state_tone(state: CaseState) -> str:
    return {
        C.COLLECTING: "action", C.ASKED: "risk", C.INVITED: "action", C.REFUSED: "broken",
        C.REGISTERED: "kept", C.SOLVED: "kept",
    }.get(state, "neutral")  # fmt: skip
