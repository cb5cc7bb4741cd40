"""Which language a page speaks: French for agents; for the public, the one they chose."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel import Locale
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, request, session
from flask_babel import Babel, get_locale, gettext
from werkzeug.exceptions import HTTPException

NAMES = {"fr": "Français", "en": "English", "es": "Español", "ar": "العربية"}

# Languages that the tables of names know under another code.
SAME = {"prs": "fa_AF"}


def language_name(code: str) -> str:
    """A language in the language of the page: « arabe »."""
    known = Locale.parse(str(get_locale())).languages
    return known.get(code) or known.get(SAME.get(code, "")) or code


def own_language_name(code: str) -> str:
    """A language for those who speak it, then for the page: « العربية (arabe) »."""
    own = Locale.parse(code).get_display_name(code) or code
    here = language_name(code)
    return own.capitalize() if own.lower() == here.lower() else f"{own.capitalize()} ({here})"


def country_name(code: str) -> str:
    """« Haïti » for « HT », in the language of the page; the code itself when it is none."""
    return Locale.parse(str(get_locale())).territories.get(code.upper()) or code


def translated(text: str | None) -> str:
    """Words out of the database in the language of the page, when its catalogue has them.

    Plain text, to be escaped like any other: ``_()`` in a template would take it for ours.
    """
    return gettext(text) if text else ""


def said_in(words: str, language: str) -> str:
    """The same, in ``language``, for what is written outside a page: letters."""
    return _catalogue(language).gettext(words) if words else ""


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(Path(__file__).parent / "translations", [language])


def init(app: Flask) -> None:
    app.jinja_env.filters["translated"] = translated
    app.jinja_env.globals.update(language_name=language_name, own_language_name=own_language_name)
    app.jinja_env.globals.update(country_name=country_name)
    Babel(app, locale_selector=_choose, default_translation_directories="translations")
    app.context_processor(_template_names)


def offered() -> list[str]:
    codes: list[str] = current_app.config["SETTINGS"].offered_languages
    return codes


def _choose() -> str:
    if request.path.startswith(("/agent", "/connexion", "/niveaux")):
        return "fr"
    asked = request.args.get("lang") or _asked_in_form()
    if asked in offered():
        session["lang"] = asked
    chosen = session.get("lang")
    return chosen or request.accept_languages.best_match(offered()) or "fr"


def _asked_in_form() -> str | None:
    """On the contact form the switch sends the form, so that changing it loses no word."""
    on_form = request.method == "POST" and request.path == "/contact"
    try:
        return request.form.get("lang") if on_form else None
    except HTTPException:  # too large to be read: the page that says so has a language all the same
        return None


def _template_names() -> dict[str, Any]:
    locale = get_locale()
    return {"current_locale": locale, "languages": _switch(str(locale))}


def _switch(current: str) -> list[dict[str, Any]]:
    kept = {k: v for k, v in request.args.items() if k != "lang"}
    return [
        {
            "code": code,
            "name": NAMES.get(code, code),
            "href": f"{request.path}?{urlencode({**kept, 'lang': code})}",
            "current": current.split("_")[0] == code,
        }
        for code in offered()
    ]
