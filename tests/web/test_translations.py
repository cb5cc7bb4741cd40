"""Every word that the public may read is there in every language that the product offers."""

from __future__ import annotations

import gettext
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.web.conftest import Site
from tests.web.public_strings import ROOT, placeholders, public_strings
from web.config import Settings
from web.i18n import said_in

CATALOGUES = ROOT / "web" / "translations"
PAGES = (
    "/", "/contact", "/contact/recu", "/contact/regle", "/suivi", "/aide", "/aide?q=xylophone",
    "/donnees-personnelles", "/mentions-legales", "/accessibilite", "/engagements", "/nulle-part",
)  # fmt: skip
OFFERED = [code for code in Settings.model_fields["languages"].default.split(",") if code != "fr"]


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    subprocess.run([sys.executable, "tools/translations.py"], cwd=ROOT, check=True)


@cache
def catalogue(language: str) -> Catalog:
    with path(language).open("rb") as lines:
        return read_po(lines, locale=language)


def path(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def test_four_languages_are_offered() -> None:
    assert OFFERED == ["en", "es", "ar"]
    assert len(public_strings()) > 400


@pytest.mark.parametrize("language", OFFERED)
def test_nothing_is_missing_or_doubtful(language: str) -> None:
    wrong = {}
    for message, where in public_strings().items():
        found = catalogue(language).get(message if isinstance(message, str) else message[0])
        if found is None or not found.string or found.fuzzy or not all(_forms(found)):
            wrong[message] = where
    assert wrong == {}


@pytest.mark.parametrize("language", OFFERED)
def test_each_translation_carries_what_is_put_into_it(language: str) -> None:
    wrong = []
    for message in catalogue(language):
        if not message.id:
            continue
        forms = _forms(message)
        most = set().union(*map(placeholders, _ids(message)))
        # A form for one or two may say the number in words; the last one is for any number.
        fit = all(placeholders(form) <= most for form in forms)
        if not (fit and placeholders(forms[-1]) == most):
            wrong.append(message.id)
    assert wrong == []


@pytest.mark.parametrize("language", OFFERED)
def test_nothing_is_translated_that_nobody_reads(language: str) -> None:
    used = {m if isinstance(m, str) else m[0] for m in public_strings()}
    kept = {_ids(m)[0] for m in catalogue(language) if m.id}
    assert kept - used == set()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, "خلال يوم عمل واحد"),
        (2, "خلال يومي عمل"),
        (3, "خلال 3 أيام عمل"),
        (10, "خلال 10 أيام عمل"),
        (11, "خلال 11 يوم عمل"),
        (100, "خلال 100 يوم عمل"),
        (103, "خلال 103 أيام عمل"),
    ],
)
def test_arabic_counts_in_six_ways(days: int, words: str) -> None:
    read = gettext.translation("messages", CATALOGUES, ["ar"])
    said = read.ngettext("dans %(num)s jour ouvré", "dans %(num)s jours ouvrés", days)
    assert said % {"num": days} == words
    many = read.ngettext("Voir la fiche", "Voir les %(num)s fiches", 11) % {"num": 11}
    assert many == "عرض 11 مقالًا"


def test_letters_call_things_as_pages_do() -> None:
    assert said_in("Ma question est différente", "es") == "Mi pregunta es otra"
    assert said_in("Ma question est différente", "fr") == "Ma question est différente"
    assert said_in("Ma question est différente", "pt") == "Ma question est différente"
    assert said_in("", "es") == ""


def test_a_size_is_not_torn_from_its_unit_in_arabic() -> None:
    """A number behind latin letters would be drawn with them, away from its unit."""
    read = gettext.translation("messages", CATALOGUES, ["ar"])
    for french in ("%(n)s octets", "%(n)s Ko", "%(n)s Mo"):
        assert read.gettext(french).startswith("\u200f")


@pytest.mark.parametrize("language", OFFERED)
@pytest.mark.parametrize("address", PAGES)
def test_a_page_speaks_one_language(site: Site, language: str, address: str) -> None:
    more = "&" if "?" in address else "?"
    page = site.anyone().get(f"{address}{more}lang={language}").text
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
    assert catalogue(language).get("Aller au contenu").string in page  # type: ignore[union-attr]
    for french in ("Nous contacter", "Aller au", "Votre ", "Vous "):
        assert french not in page, french


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)
