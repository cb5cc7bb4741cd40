"""The queue page: what it costs, what its address says."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import insert

from support.kernel import db
from support.tickets.models import Ticket, TicketAccess
from tests.factories import a_person, a_ticket, counted
from tests.web.conftest import Site

BOUND = 11  # sign-in, rail, queue, its count, the choices of the filters


def more_tickets(site: Site, number: int) -> None:
    """Copies of one ticket, in bulk: the archive behind the page."""
    with db.transaction() as session:
        like = a_ticket(site.cast, a_person())
        session.flush()
        columns = {c.name: getattr(like, c.name) for c in Ticket.__table__.columns}
        session.execute(
            insert(Ticket),
            [
                {**columns, "id": 10_000 + n, "reference": f"26110{n:07d}", "follow_salt": "x"}
                for n in range(number)
            ],
        )
        session.execute(
            insert(TicketAccess),
            [{"ticket_id": 10_000 + n, "team_id": like.team_id} for n in range(number)],
        )


@pytest.mark.parametrize("number", [10, 10_000])
def test_the_queue_costs_the_same_whatever_the_archive(site: Site, number: int) -> None:
    agent = site.as_("teleadviser")
    more_tickets(site, number)
    with counted() as queries:
        assert agent.get("/agent/tickets?vue=team").status_code == 200
    assert len(queries) <= BOUND, "\n".join(queries)


def test_filters_are_in_the_address_and_can_be_taken_away(site: Site) -> None:
    with db.transaction():
        a_ticket(site.cast, subject="Compte fermé", reason="account.blocked")
        a_ticket(site.cast, subject="Autre chose")
    page = site.as_("teleadviser").get("/agent/tickets?vue=team&motif=account.blocked").text
    assert "Compte fermé" in page
    assert "Autre chose" not in page
    assert re.search(r'href="/agent/tickets\?vue=team"', page), "no way to remove the filter"


def test_nonsense_in_the_address_is_left_out(site: Site) -> None:
    agent = site.as_("teleadviser")
    for address in ("?vue=zz&niveau=9&apres=x_y", "?apres=2026-01-01_1", "?etat=%00", "?tri='"):
        assert agent.get("/agent/tickets" + address).status_code == 200


def test_pages_follow_each_other_and_come_back(site: Site) -> None:
    more_tickets(site, 95)
    agent = site.as_("teleadviser")
    seen: list[str] = []
    address = "/agent/tickets?vue=team"
    while address:
        page = agent.get(address).text
        seen += re.findall(r'<span class="ref">([\d-]+)</span>', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 96
    back = re.search(r'href="([^"]+)" rel="prev"', page)
    assert back
    assert agent.get(back[1].replace("&amp;", "&")).status_code == 200


def test_a_reference_typed_in_the_search_opens_its_ticket(site: Site) -> None:
    with db.transaction():
        ticket = a_ticket(site.cast)
    answer = site.as_("teleadviser").get(f"/agent/tickets?q={ticket.reference}")
    assert answer.status_code == 302
    assert ticket.reference[4:8] in answer.headers["Location"]


def test_another_team_sees_nothing_of_it(site: Site) -> None:
    with db.transaction():
        a_ticket(site.cast, subject="Rien pour vous")
    for name in ("dp", "sdst", "referent", "pan"):
        assert "Rien pour vous" not in site.as_(name).get("/agent/tickets?vue=all").text


def test_a_number_that_no_row_can_have_is_no_page(site: Site) -> None:
    agent = site.as_("teleadviser")
    for page in ("/agent/personnes/", "/agent/pieces/"):
        assert agent.get(f"{page}{2**63}").status_code == 404
        assert agent.get(f"{page}{2**63 - 1}").status_code == 404


def test_what_is_closed_is_listed_newest_first(site: Site) -> None:
    page = site.as_("teleadviser").get("/agent/tickets?vue=closed").text
    assert "les plus récents d’abord" in page
