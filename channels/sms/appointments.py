"""Text messages about an appointment, to those who have a mobile and no address that works."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from channels.mail.appointments import facts_of
from channels.mail.rendering import language_of, short_letter
from channels.sms import gateway
from support.help_sessions import telling
from support.help_sessions.models import Appointment
from support.help_sessions.telling import Way
from support.kernel import db
from support.outbox.draining import TryLater

LONGEST = 306  # signs: two parts of a message in the alphabet of telephones (3GPP TS 23.038)
_PLAIN = str.maketrans({"’": "'", "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "œ": "oe"})


def tell(payload: Mapping[str, Any]) -> None:
    """Send the text ``payload["letter"]`` about ``payload["appointment_id"]``, if that is the way.

    A number that the provider refuses is left to be called. Raises TryLater.
    """
    taking, letter = gateway.current(), str(payload["letter"])
    if taking is None:
        return
    with db.transaction(write=False):
        appointment = telling.to_be_told(int(payload["appointment_id"]), letter)
        if appointment is None or telling.way_to(appointment.person) is not Way.TEXT:
            return
        to, said = appointment.person.phone or "", text_of(appointment, letter)
        key = f"{letter}.{appointment.id}.{appointment.code}"
    way: Way | None = Way.TEXT
    try:
        taking.send(to, said, key)
    except gateway.NotNow as failure:
        raise TryLater(str(failure)) from failure
    except gateway.Never:
        way = None
    with db.transaction():
        found = telling.to_be_told(int(payload["appointment_id"]), letter)
        if found is not None:
            telling.note_told(found, letter, way)


def text_of(appointment: Appointment, letter: str) -> str:
    """At most LONGEST signs, without accents: every telephone shows it, and it costs one price."""
    language = language_of(letter, appointment.person.language)
    facts = facts_of(appointment, language)
    said = _plain(short_letter(letter, language, facts))
    if len(said) > LONGEST:
        said = _plain(short_letter(letter, language, facts | {"address": ""}))
    return said[:LONGEST]


def _plain(text: str) -> str:
    """Latin letters lose their accents; those of other alphabets stay as they are."""
    found = []
    for sign in text.translate(_PLAIN):
        base = unicodedata.normalize("NFKD", sign)[0]
        # Marks of direction, that mails in Arabic carry, are shown as boxes by some telephones.
        if unicodedata.category(sign) != "Cf":
            found.append(base if base.isascii() else sign)
    return "".join(found)
