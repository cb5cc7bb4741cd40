"""What refusals about appointments say to those who give them: see web/messages.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from support.kernel.time import PARIS


def _dated(p: Mapping[str, Any]) -> dict[str, Any]:
    """With moments in words, where the page has not put them on the clock of the place."""
    said = dict(p)
    if "starts_at" in p:
        said.setdefault("when", f"{p['starts_at'].astimezone(PARIS):%d/%m/%Y %H:%M}")
    if "monday" in p:
        said.setdefault("week", f"{p['monday']:%d/%m/%Y}")
    return said


APPOINTMENTS: dict[str, Callable[..., str]] = {
    "appointment.somebody_else": lambda **p: _(
        "Ce rendez-vous est celui d’une autre personne : déplacez-le pour elle, ou donnez-en un "
        "nouveau."
    ),
    "desk.long": lambda **p: _("Un nom de guichet a au plus %(most)s signes.", **p),
    "appointment.beyond": lambda **p: _(
        "Seuls les agents du lieu donnent un rendez-vous au-delà du nombre de la semaine."
    ),
    "help_point.unknown": lambda **p: _("Ce lieu d’accueil n’existe pas, ou n’est pas le vôtre."),
    "help_point.none": lambda **p: _("Aucun lieu d’accueil n’est ouvert à votre équipe."),
    "appointment.quota_full": lambda **p: _(
        "Toutes les places de la semaine du %(week)s sont données. Choisissez une autre semaine, "
        "ou dites pourquoi dépasser.",
        **_dated(p),
    ),
    "appointment.already": lambda **p: _(
        "Cette personne a déjà un rendez-vous : %(when)s, %(place)s. Déplacez-le ou annulez-le.",
        **_dated(p),
    ),
    "appointment.note_long": lambda **p: _("La note est trop longue : %(most)s signes.", **p),
    "appointment.moved": lambda **p: _(
        "Ce rendez-vous a changé entre-temps : regardez où il en est."
    ),
    "appointment.too_early": lambda **p: _("L’heure du rendez-vous n’est pas encore venue."),
    "appointment.why": lambda **p: _("Dites pourquoi."),
    "directory.format": lambda **p: _(
        "Ce fichier n’a pas la forme publiée : la liste de France services en CSV, ou l’annuaire "
        "de l’administration en JSON."
    ),
    "directory.none": lambda **p: _("Ce fichier n’a aucun lieu qui nous serve."),
    "directory.day": lambda **p: _("Donnez la date des données, et pas un jour à venir."),
    "directory.missing": lambda **p: _("Choisissez un fichier."),
    "workshop.unknown": lambda **p: _("Cet atelier n’existe pas, ou n’est pas à votre lieu."),
    "workshop.full": lambda **p: _("L’atelier est complet."),
    "workshop.over": lambda **p: _("L’atelier est commencé ou annulé : on ne s’y inscrit plus."),
    "workshop.people": lambda **p: _("Donnez un nombre de personnes, de 1 à %(most)s.", **p),
    "fallback.unknown": lambda **p: _("Ce relevé n’existe pas, ou n’est pas à votre équipe."),
    "fallback.elsewhere": lambda **p: _(
        "Un relevé est déjà tenu pour cette personne et cette démarche : %(place)s.", **p
    ),
    "fallback.moved": lambda **p: _("Ce relevé a changé entre-temps : regardez où il en est."),
    "fallback.day": lambda **p: _("Donnez le jour, et pas un jour à venir."),
    "fallback.why": lambda **p: _("Dites pourquoi."),
    "assistance.minutes": lambda **p: _("Donnez la durée en minutes, de 1 à %(most)s.", **p),
    "assistance.door": lambda **p: _("Dites où la personne est envoyée."),
    "desk.none": lambda **p: _("Donnez au moins un guichet, un par ligne."),
    "desk.many": lambda **p: _("C’est trop : %(most)s guichets au plus.", **p),
    "desk.twice": lambda **p: _("Deux guichets portent le même nom."),
    "hours.five": lambda **p: _("Les heures vont de cinq minutes en cinq minutes : 09:00, 09:05…"),
    "reason.minutes": lambda **p: _(
        "Donnez une durée de cinq en cinq minutes, de 5 à %(most)s.", **p
    ),
    "words.long": lambda **p: _("C’est trop long : %(most)s signes au plus.", **p),
    "quota.page": lambda **p: _(
        "Le total de la semaine et la part du téléphone se disent dans la page elle-même."
    ),
    "quota.number": lambda **p: _(
        "Donnez un nombre ; les places réservées ne dépassent pas le total."
    ),
    "horizon.number": lambda **p: _("Donnez un nombre de jours, de 1 à %(most)s.", **p),
}
