"""One spelling per thing, whatever was typed."""

from __future__ import annotations

import pytest

from support.kernel.errors import Invalid
from support.people.normalising import (
    email_address,
    fold,
    fold_name,
    foreigner_number,
    phone_number,
    shown_phone,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Éloïse  DUPRÉ", "eloise dupre"),
        ("Jean-Pierre", "jean pierre"),
        ("  ", ""),
        ("Łukasz Wałęsa", "lukasz walesa"),
        ("Yıldız İNCE", "yildiz ince"),
        ("Đặng Thị Hồng", "dang thi hong"),
        ("Søren Ægir", "soren aegir"),
        ("Cœur", "coeur"),
        ("Groß", "gross"),
        ("Олена Коваленко", "олена коваленко"),
        ("محمد", "محمد"),
        ("a_b", "a b"),
    ],
)
def test_names_are_folded_for_look_ups(text, folded):
    assert fold(text) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize("spelling", ["N'Diaye", "N’Diaye", "Ndiaye", "N`DIAYE", "NʼDiaye"])
def test_an_apostrophe_makes_no_other_name(spelling):
    assert fold_name(spelling) == "ndiaye"


@pytest.mark.parametrize(
    "typed",
    [
        "06 39 98 00 01",
        "0639980001",
        "06.39.98.00.01",
        "06-39-98-00-01",
        "+33639980001",
        "+33 6 39 98 00 01",
        "+33 (0)6 39 98 00 01",
        "0033 6 39 98 00 01",
        "33639980001",
        " 06\u00a039\u00a098\u00a000\u00a001 ",
    ],
)
def test_a_french_number_has_one_spelling(typed):
    assert phone_number(typed) == "+33639980001"


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("+32 470 12 34 56", "+32470123456", "+32 470 12 34 56"),
        ("0262 12 34 56", "+33262123456", "02 62 12 34 56"),
        ("06 39 98 00 01", "+33639980001", "06 39 98 00 01"),
        ("0806001620", "+33806001620", "0 806 001 620"),
    ],
)
def test_numbers_are_shown_as_people_read_them(typed, stored, shown):
    assert phone_number(typed) == stored
    assert shown_phone(stored) == shown


def test_what_is_no_number_is_shown_as_it_is():
    assert shown_phone("bonjour") == "bonjour"


@pytest.mark.parametrize(
    "typed", ["", "bonjour", "06", "06 39 98", "06 39 98 00 0", "+", "1" * 30, "awa@x.org"]
)
def test_what_cannot_be_called_is_refused(typed):
    with pytest.raises(Invalid) as refused:
        phone_number(typed)
    assert (refused.value.code, refused.value.problems[0].field) == ("phone.invalid", "phone")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Awa@Example.ORG", "awa@example.org"),
        ("  awa.traore+anef@example.org ", "awa.traore+anef@example.org"),
        ("conseiller@demo.relais", "conseiller@demo.relais"),
        ("élodie@example.org", "élodie@example.org"),
    ],
)
def test_addresses_have_one_spelling(typed, address):
    assert email_address(typed) == address


@pytest.mark.parametrize(
    "typed", ["", "awa", "awa@", "@example.org", "a b@example.org", "awa@example..org", "a@b@c.org"]
)
def test_what_cannot_be_written_to_is_refused(typed):
    with pytest.raises(Invalid, match=r"email\.invalid"):
        email_address(typed)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("7503012345", "7503012345"),
        ("75 03 01 23 45", "7503012345"),
        ("75.03.01-23 45", "7503012345"),
        ("٧٥٠٣٠١٢٣٤٥", "7503012345"),
        ("", None),
        ("  ", None),
    ],
)
def test_foreigner_numbers(typed, number):
    assert foreigner_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("503012345", "foreigner_number.nine"),
        ("75030123456", "foreigner_number.invalid"),
        ("75030A2345", "foreigner_number.invalid"),
    ],
)
def test_foreigner_numbers_that_cannot_be(typed, code):
    with pytest.raises(Invalid) as refused:
        foreigner_number(typed)
    assert refused.value.code == code
