"""What is read of the questions before an appointment, and of the doors."""

from __future__ import annotations

from flask_babel import gettext as _

from support.help_sessions.assistance_log import Door
from support.help_sessions.orienting import Need, Online, Papers


def needs() -> list[tuple[str, str]]:
    return [
        (Need.FILE, _("Déposer, compléter, corriger une demande ; ouvrir ou retrouver un compte")),
        (Need.STATUS, _("Savoir où en est une demande")),
        (Need.DECISION, _("Une convocation, un titre à retirer, une décision")),
        (Need.OTHER, _("Une autre démarche que celles des étrangers (CAF, impôts, permis…)")),
        (Need.IMPOSSIBLE, _("Le site ne laisse pas faire, même avec de l’aide")),
    ]  # fmt: skip


def online() -> list[tuple[str, str]]:
    return [(Online.YES, _("Oui")), (Online.NO, _("Non")), (Online.UNKNOWN, _("On ne sait pas"))]


def papers() -> list[tuple[str, str]]:
    return [(Papers.YES, _("Oui")), (Papers.NO, _("Pas encore"))]


def door_label(door: Door) -> str:
    return {
        Door.FRANCE_SERVICES: _("France services"),
        Door.CONTACT_CENTRE: _("Le centre de contact citoyens"),
        Door.EXAMINATION: _("Le service de la préfecture qui instruit"),
        Door.FALLBACK: _("La préfecture, pour un dépôt autrement qu’en ligne"),
        Door.ASSOCIATION: _("Une association, un avocat"),
        Door.OTHER: _("Un autre lieu"),
    }[door]


def door_words(door: Door) -> str:
    """Why there, in a sentence to read out."""
    return {
        Door.FRANCE_SERVICES: _(
            "Cette démarche n’est pas faite ici. Un conseiller France services aide gratuitement "
            "pour les autres administrations."
        ),
        Door.CONTACT_CENTRE: _(
            "Le centre de contact dit où en est une demande faite en ligne. L’état se lit aussi "
            "dans le compte, sur le site."
        ),
        Door.EXAMINATION: _(
            "C’est le service qui instruit qui décide, convoque et remet les titres. Ici, on aide "
            "seulement à faire la démarche en ligne."
        ),
        Door.FALLBACK: _(
            "Quand le site bloque malgré l’aide, la préfecture peut inviter à déposer autrement. "
            "Gardez la preuve de chaque essai."
        ),
    }.get(door, "")
