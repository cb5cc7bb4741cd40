"""The page of what is with another level."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from support.kernel import db
from support.kernel.time import as_of
from support.tickets.models import Ticket
from support.tickets.references import shown
from tests.cast import again
from tests.factories import QUESTION, a_person, a_report, a_ticket, climb, counted
from tests.web.conftest import Site

PATH = "/agent/escalades"
START = datetime(2026, 11, 2, 9, tzinfo=UTC)
BOUND = 10


def handed_over(site: Site, number: int = 0, reason: str = "renewal.business") -> Ticket:
    with as_of(START + timedelta(minutes=number)):
        ticket = a_ticket(
            site.cast, a_person(f"Nom{number}"), reason=reason, subject=f"Objet {number:03d}"
        )
        climb(ticket, "dp", site.cast, by=again(site.cast.teleadviser))
    return ticket


def subjects(page: str) -> list[str]:
    return re.findall(r'class="row-open"[^>]*>(Objet \d+)<', page)


def test_the_level_below_reads_who_has_it(site: Site) -> None:
    with db.transaction():
        ticket = handed_over(site)
        climb(ticket, "sdst", site.cast, by=again(site.cast.dp))
    page = site.as_("other_team").get(PATH).text
    assert subjects(page) == ["Objet 000"]
    assert "SDST" in page
    assert "Chez un autre niveau" in page
    assert QUESTION in page


def test_the_next_level_reads_what_it_was_asked_and_by_whom(site: Site) -> None:
    with db.transaction():
        handed_over(site)
        own = a_report(site.cast)
    browser = site.as_("dp")
    page = browser.get(PATH).text
    for words in ("Reçu du niveau précédent", "Hugo Lambert", "CCC, équipe A", QUESTION):
        assert words in page
    assert shown(own.reference) not in page
    home = browser.get("/agent/").text
    assert QUESTION in home
    assert shown(own.reference) in home  # a referent's report is work too, without a hand-over


def test_the_address_holds_side_filters_and_place(site: Site) -> None:
    with db.transaction():
        for number in range(45):
            handed_over(site, number)
        handed_over(site, 50, reason="account.blocked")
    browser = site.as_("dp")
    first = browser.get(f"{PATH}?motif=renewal.business").text
    assert subjects(first) == [f"Objet {n:03d}" for n in range(40)]
    assert "45 tickets, la plus ancienne transmission" in first
    further = re.findall(r'href="(/agent/escalades[^"]*apres=[^"]+)"', first)[0]
    assert "motif=renewal.business" in further
    second = browser.get(further.replace("&amp;", "&")).text
    assert subjects(second) == [f"Objet {n:03d}" for n in range(40, 45)]
    nothing = browser.get(f"{PATH}?sens=parties").text
    assert "Aucun ticket chez un autre niveau" in nothing
    narrowed = browser.get(f"{PATH}?motif=nationality.decree").text
    assert "Retirez un filtre" in narrowed


@pytest.mark.parametrize("place", ["apres=x", "apres=2026-99-99_1", "apres=_", "avant=1_1"])
def test_a_place_that_means_nothing_is_the_first_page(site: Site, place: str) -> None:
    with db.transaction():
        handed_over(site)
    assert subjects(site.as_("dp").get(f"{PATH}?{place}").text) == ["Objet 000"]


@pytest.mark.parametrize("tickets", [1, 30])
def test_the_page_costs_the_same_however_long_the_list(site: Site, tickets: int) -> None:
    with db.transaction():
        for number in range(tickets):
            handed_over(site, number)
    browser = site.as_("dp")
    for path in (PATH, "/agent/"):
        with counted() as sql:
            assert browser.get(path).status_code == 200
        assert len(sql) <= BOUND, f"{path}: {len(sql)}\n" + "\n".join(sql)
