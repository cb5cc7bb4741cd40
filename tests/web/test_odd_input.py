"""Addresses and forms that nobody of ours made: no number or date is ever a failure of ours."""

from __future__ import annotations

import pytest

from support.kernel import db
from support.tickets.models import Ticket
from support.tickets.references import shown
from tests.factories import a_ticket
from tests.web.conftest import Site
from web.reading_args import MOST, instant_and_number, number

HUGE = "9" * 25
ENDLESS = "9" * 5000  # more digits than Python reads


@pytest.fixture
def path(site: Site) -> str:
    with db.transaction():
        ticket: Ticket = a_ticket(site.cast)
        return f"/agent/tickets/{shown(ticket.reference)}"


@pytest.mark.parametrize("digits", [HUGE, ENDLESS, "-1", "²", "abc", ""])
@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("teleadviser", "{path}?avant={n}"),
        ("teleadviser", "/agent/courriels?apres={n}"),
        ("teleadviser", "/agent/courriels?avant={n}"),
        ("teleadviser", "/agent/tickets?apres=2026-01-01T00:00:00%2B00:00_{n}"),
        ("teleadviser", "/agent/escalades?avant=2026-01-01T00:00:00%2B00:00_{n}"),
        ("teleadviser", "/agent/appels/appelant?personne={n}"),
        ("admin", "/agent/administration/envois?apres={n}"),
        ("editor", "/agent/connaissances/redaction?apres=2026-01-01T00:00:00%2B00:00_{n}"),
        ("pan", "/agent/tickets/nouveau/personnes?q=&person={n}"),
    ],
)
def test_no_number_in_an_address_breaks_a_page(
    site: Site, path: str, who: str, address: str, digits: str
) -> None:
    answer = site.as_(who).get(address.format(path=path, n=digits))
    assert answer.status_code in (200, 404)


@pytest.mark.parametrize("digits", [HUGE, ENDLESS])
@pytest.mark.parametrize(
    ("action", "fields", "status"),
    [
        ("/attributions", {"agent": "{n}"}, 422),
        ("/reponses", {"text": "Bonjour", "articles": "{n}:1"}, 302),
        ("/reponses", {"text": "Bonjour", "articles": "1:{n}"}, 302),
        ("/reponses", {"text": "Bonjour", "seen": "{n}"}, 302),
        ("/reponses", {"text": "Bonjour", "then": "bogus{n}"}, 302),
    ],
)
def test_no_number_in_a_form_breaks_a_page(
    site: Site, path: str, action: str, fields: dict[str, str], status: int, digits: str
) -> None:
    sent = {name: words.format(n=digits) for name, words in fields.items()}
    assert site.as_("teleadviser").send(path + action, sent).status_code == status


@pytest.mark.parametrize("page", ["/agent/escalades", "/agent/tickets"])
@pytest.mark.parametrize(
    "at",
    [
        "2026-01-01T00:00:00",
        "0001-01-01T00:00:00%2B14:00",
        "9999-12-31T23:59:59-12:00",
        "2026-13-45T00:00:00%2B00:00",
        "",
    ],
)
@pytest.mark.parametrize("name", ["apres", "avant"])
def test_no_date_in_an_address_breaks_a_list(site: Site, page: str, at: str, name: str) -> None:
    assert site.as_("teleadviser").get(f"{page}?{name}={at}_3").status_code == 200


@pytest.mark.parametrize("step", ["etape-" + HUGE, "etape-" + ENDLESS, "etape-²"])
def test_no_step_breaks_the_public_form(site: Site, step: str) -> None:
    assert site.anyone().send("/contact", {"aller": step, "etape": HUGE}).status_code < 500


def test_numbers_and_places_are_read_or_left_out() -> None:
    assert [number(t) for t in ("0", " 17 ", str(MOST), str(MOST + 1), "1.5", "٣")] == [
        0, 17, MOST, None, None, None,
    ]  # fmt: skip
    read = instant_and_number("2026-01-31T09:00:00 01:00_17")
    assert read is not None
    assert (read[0].isoformat(), read[1]) == ("2026-01-31T08:00:00+00:00", 17)
