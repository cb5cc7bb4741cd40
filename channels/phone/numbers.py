"""What a telephone exchange writes for a number, read: withheld, internal, foreign, SIP."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

import phonenumbers

from support.people.normalising import fold, western_digits

SHORTEST_WHOLE = 7  # digits; what is shorter is a place on the exchange
_NOBODY = frozenset(
    {
        "anonymous", "anonyme", "withheld", "private", "prive", "restricted", "unknown", "inconnu",
        "unavailable", "blocked", "masque", "numero masque", "hidden", "none", "null", "asserted",
        "anonymous invalid", "",
    }
)  # fmt: skip
_E164 = phonenumbers.PhoneNumberFormat.E164


@dataclass(frozen=True)
class Dialled:
    """``sent``: as it came, cut to what can be kept. ``e164``: the number, when it is whole.

    ``withheld``: the caller hides it. ``short``: a place on the exchange ("2204"), or "".
    """

    sent: str = ""
    e164: str | None = None
    withheld: bool = False
    short: str = ""


def read_number(sent: str) -> Dialled:
    """Never raises: a number that is none is kept as it was sent."""
    text = _user_part(western_digits(sent).strip())
    kept = sent.strip()[:120]
    if fold(text) in _NOBODY or set(text) <= set("0+ *"):
        return Dialled(kept, withheld=True)
    digits = re.sub(r"\D", "", text)
    if len(digits) < SHORTEST_WHOLE or re.search(r"[^\W\d_]", text):
        return Dialled(kept, short=text[:40])
    return Dialled(kept, _e164(text, digits), short="")


def _user_part(text: str) -> str:
    """« "Awa" <sip:+33639980001@pbx.example;user=phone> » → « +33639980001 »."""
    inside = re.search(r"<([^>]*)>", text)
    text = inside[1] if inside else text
    text = re.sub(r"^(?:sips?|tel|callto):", "", text.strip(), flags=re.IGNORECASE)
    text = text.partition(";")[0].partition("?")[0]
    return unquote(text.partition("@")[0]).strip()


def _e164(text: str, digits: str) -> str | None:
    # Exchanges leave the « + » out: « 33639980001 », « 4915112345678 » are whole as well.
    for typed in (text, f"+{digits}"):
        try:
            number = phonenumbers.parse(typed, "FR")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, _E164)
    try:
        number = phonenumbers.parse(text, "FR")
    except phonenumbers.NumberParseException:
        return None
    cut_short = number.country_code == 33 and number.italian_leading_zero
    possible = phonenumbers.is_possible_number(number) and not cut_short
    return phonenumbers.format_number(number, _E164) if possible else None
