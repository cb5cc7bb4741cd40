"""What is read of the log of help."""

from __future__ import annotations

from flask_babel import gettext as _

from support.help_sessions.assistance_log import Autonomy, Door, Profile, Result, Way

Choices = list[tuple[str, str]]


def ways() -> Choices:
    return [
        (Way.COUNTER, _("Sur place")), (Way.PHONE, _("Au téléphone")),
        (Way.EMAIL, _("Par courriel")), (Way.REMOTE, _("À distance, écran partagé")),
    ]  # fmt: skip


def results() -> Choices:
    return [
        (Result.SUBMITTED, _("Demande déposée")),
        (Result.ACCOUNT_CREATED, _("Compte créé ou retrouvé")),
        (Result.SUPPLEMENT_SENT, _("Complément envoyé")),
        (Result.APPOINTMENT_MADE, _("Rendez-vous pris")),
        (Result.INFORMATION, _("Renseignement donné")),
        (Result.BLOCKED, _("Bloqué : un ticket est à faire")),
        (Result.REDIRECTED, _("Envoyé ailleurs")),
    ]


def autonomies() -> Choices:
    return [
        (Autonomy.DONE_FOR, _("Fait pour la personne")),
        (Autonomy.DONE_WITH, _("Fait avec elle")),
        (Autonomy.ALONE, _("Elle a fait seule")),
    ]


def profiles() -> Choices:
    return [
        (Profile.NOT_DIGITAL, _("Peu à l’aise avec le numérique, ou non équipée")),
        (Profile.NEEDS_PROCEDURAL_HELP, _("À l’aise, mais pas avec la démarche")),
        (Profile.AUTONOMOUS_BLOCKED, _("Autonome, bloquée ou en quête d’un avis")),
    ]


def doors() -> Choices:
    return [
        (Door.FRANCE_SERVICES, _("France Services : ce n’est pas une démarche ANEF")),
        (Door.CONTACT_CENTRE, _("Le centre de contact citoyens")),
        (Door.EXAMINATION, _("Le service qui instruit la demande")),
        (Door.FALLBACK, _("La préfecture, pour un dépôt autrement qu’en ligne")),
        (Door.ASSOCIATION, _("Une association, un avocat")),
        (Door.OTHER, _("Un autre lieu")),
    ]
