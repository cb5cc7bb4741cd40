"""The languages that a person may choose to be answered in."""

from __future__ import annotations

from support.kernel.errors import Invalid

LANGUAGES = ("fr", "en", "es", "ar", "pt", "zh", "ru", "uk", "tr", "bn", "fa", "de", "it", "ro")


def offered_language(typed: str) -> str:
    """The code chosen, French when none was. Raises Invalid for one that is not offered."""
    code = typed.strip() or "fr"
    if code not in LANGUAGES:
        raise Invalid.of("field.choice", "language")
    return code
