"""Needs that a help point does not meet, in the public's words, and the door that does."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from support.help_sessions.assistance_log import Door
from support.help_sessions.orienting import DOORS, Need

_MARK = "autre-"  # before a need, among the reasons of an appointment


def choices() -> list[tuple[str, str]]:
    return [
        (f"{_MARK}{Need.STATUS}", _("Savoir où en est ma demande")),
        (f"{_MARK}{Need.DECISION}", _("Une convocation, un titre à retirer, une décision")),
        (f"{_MARK}{Need.OTHER}", _("Une autre démarche : CAF, impôts, permis de conduire…")),
        (f"{_MARK}{Need.IMPOSSIBLE}", _("Le site ne me laisse pas faire, même avec de l’aide")),
    ]


def door_of(chosen: str) -> Door | None:
    need = chosen.removeprefix(_MARK)
    if not chosen.startswith(_MARK) or need not in set(DOORS):
        return None
    return DOORS[Need(need)]


def words_of(chosen: str) -> Mapping[str, str] | None:
    """What is said to whoever needs that: ``title``, ``text``."""
    door = door_of(chosen)
    if door is None:
        return None
    titles = {
        Door.CONTACT_CENTRE: _("Le centre de contact vous répond"),
        Door.EXAMINATION: _("Adressez-vous à votre préfecture"),
        Door.FRANCE_SERVICES: _("Allez dans un lieu France services"),
        Door.FALLBACK: _("Écrivez-nous ce qui bloque"),
    }
    texts = {
        Door.CONTACT_CENTRE: _(
            "Écrivez-nous, ou suivez votre demande dans votre compte. Ce lieu aide à faire la "
            "démarche en ligne ; il ne dit pas où elle en est."
        ),
        Door.EXAMINATION: _(
            "Le service qui instruit votre demande convoque, décide et remet les titres. Un "
            "rendez-vous ici n’y changerait rien."
        ),
        Door.FRANCE_SERVICES: _(
            "Un conseiller y aide gratuitement pour les autres administrations. Ici, on aide "
            "seulement pour les démarches des étrangers."
        ),
        Door.FALLBACK: _(
            "Joignez une capture d’écran. Gardez la preuve de chaque essai : la préfecture peut "
            "inviter à déposer autrement quand le site bloque malgré l’aide."
        ),
    }
    return {"title": titles[door], "text": texts[door]}
