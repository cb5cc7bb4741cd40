"""Persons are found as a teleadviser types, while the caller speaks."""

from __future__ import annotations

import pytest

from support.kernel.errors import Forbidden, NotVisible
from support.people.finding import find_persons, one_person, persons_with
from support.people.models import ContactKind
from tests.factories import a_person, counted


@pytest.fixture
def found(cast):
    """Names that a text finds, for a teleadviser."""
    a_person("Fatou", "N'Diaye", email="fatou@example.org", foreigner_number="0603012345")
    a_person("Ngọc Anh", "Đặng", email="anh@example.org", phone="+84912345678")
    a_person("Jean-Pierre", "de La Tour", email="jp@example.org")

    def names(typed: str, limit: int = 8) -> list[str]:
        return [p.full_name for p in find_persons(typed, by=cast.teleadviser, limit=limit)]

    return names


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        # by name: any order, any beginning, accents and case as one likes
        ("traoré", ["Awa Traoré", "Binta Traoré"]),
        ("TRAORE awa", ["Awa Traoré"]),
        ("awa tra", ["Awa Traoré"]),
        ("tr aw", ["Awa Traoré"]),
        ("aw", ["Awa Traoré"]),
        ("a", []),
        ("", []),
        ("aore", []),
        ("awa chen", []),
        ("ndiaye", ["Fatou N'Diaye"]),
        ("n'diaye", ["Fatou N'Diaye"]),
        ("n’dia fat", ["Fatou N'Diaye"]),
        ("diaye", ["Fatou N'Diaye"]),
        ("dang", ["Ngọc Anh Đặng"]),
        ("ngoc anh", ["Ngọc Anh Đặng"]),
        ("jean pierre", ["Jean-Pierre de La Tour"]),
        ("pierre-jean", ["Jean-Pierre de La Tour"]),
        ("tour, jean", ["Jean-Pierre de La Tour"]),
        ("%", []),
        ("__", []),
        ("--", []),
        # by telephone, whole or begun, as people type it
        ("0639980003", ["Wei Chen"]),
        ("06 39 98 00 03", ["Wei Chen"]),
        ("06.39.98.00.03", ["Wei Chen"]),
        ("+33 6 39 98 00 03", ["Wei Chen"]),
        ("+33(0)639980003", ["Wei Chen"]),
        ("0033639980003", ["Wei Chen"]),
        ("06399800", ["Awa Traoré", "Binta Traoré", "Wei Chen"]),
        ("06 39 98 00 0", ["Awa Traoré", "Binta Traoré", "Wei Chen"]),
        ("+33 6 39 98", ["Awa Traoré", "Binta Traoré", "Wei Chen"]),
        ("+33 (0)6 39 98", ["Awa Traoré", "Binta Traoré", "Wei Chen"]),
        ("0033 6 39 98", ["Awa Traoré", "Binta Traoré", "Wei Chen"]),
        ("+84 912", ["Ngọc Anh Đặng"]),
        ("0084912", ["Ngọc Anh Đặng"]),
        ("0639990000", []),
        # by foreigner number, whole or begun
        ("7503012345", ["Awa Traoré"]),
        ("75 03 01", ["Awa Traoré"]),
        ("7503", ["Awa Traoré"]),
        ("0603", ["Fatou N'Diaye"]),
        ("75030123456", []),
        # by address
        ("awa@", ["Awa Traoré"]),
        ("AWA@example.org", ["Awa Traoré"]),
        ("@example.org", []),
    ],
)
def test_what_is_typed_finds(found, typed, expected):
    assert sorted(found(typed)) == expected


def test_the_limit_counts_persons(cast, found):
    for _ in range(3):
        a_person("Zola", "Zolana Zolani")
    assert len(found("zol", limit=3)) == 3
    assert len(found("zol", limit=2)) == 2


def test_finding_costs_the_same_for_one_or_many(cast, found):
    with counted() as few:
        found("trao")
    for number in range(8):
        a_person(f"Autre{number}", "Traoré")
    cast.awa.contacts  # noqa: B018
    with counted() as many:
        found("trao")
    assert len(many) <= len(few) + 1
    assert len(many) <= 2


@pytest.mark.parametrize(
    ("agent", "allowed"),
    [
        ("teleadviser", True),
        ("supervisor", True),
        ("dp", True),
        ("sdst", True),
        ("pan", True),
        ("admin", True),
        ("referent", False),
        ("natali", False),
        ("editor", False),
        ("steering", False),
    ],
)
def test_who_may_look_persons_up(cast, agent, allowed):
    by = cast.agents[agent]
    if allowed:
        assert find_persons("awa", by=by) == [cast.awa]
        assert one_person(cast.awa.id, by=by) is cast.awa
        return
    for look in (lambda: find_persons("awa", by=by), lambda: one_person(cast.awa.id, by=by)):
        with pytest.raises(Forbidden):
            look()


def test_an_unknown_person_is_not_visible(cast):
    with pytest.raises(NotVisible):
        one_person(999_999, by=cast.teleadviser)


def test_everybody_at_one_number(cast):
    assert persons_with(ContactKind.PHONE, "+33639980001") == [cast.awa, cast.binta]
    assert persons_with(ContactKind.EMAIL, "+33639980001") == []
