"""The bar of every page says which promises press, and the list is one press away."""

from __future__ import annotations

from support.kernel import db
from support.tickets.models import Ticket
from tests.cast import again
from tests.factories import a_ticket, counted
from tests.web.conftest import Site


def pressed(site: Site, stage: int) -> Ticket:
    with db.transaction():
        ticket = a_ticket(site.cast)
        ticket.home_team = ticket.team = again(site.cast.teleadviser).team
        ticket.home_owner, ticket.pressing = again(site.cast.teleadviser), stage
        return ticket


def test_who_has_it_is_told_first_then_the_team_then_the_supervisor(site: Site) -> None:
    pressed(site, 1)
    said = {n: site.as_(n).get("/agent/tickets").text for n in ("teleadviser", "colleague")}
    assert "1 promesse presse" in said["teleadviser"]
    assert 'href="/agent/tickets?vue=at_risk"' in said["teleadviser"]
    assert "promesse presse" not in said["colleague"]
    pressed(site, 2)
    assert "1 promesse presse" in site.as_("colleague").get("/agent/tickets").text
    assert "2 promesses pressent" in site.as_("teleadviser").get("/agent/tickets").text
    assert "promesse presse" not in site.as_("supervisor").get("/agent/tickets").text
    pressed(site, 3)
    assert "1 promesse presse" in site.as_("supervisor").get("/agent/tickets").text


def test_it_costs_no_query_of_its_own(site: Site) -> None:
    agent = site.as_("teleadviser")
    with counted() as without:
        agent.get("/agent/tickets")
    pressed(site, 2)
    with counted() as with_it:
        agent.get("/agent/tickets")
    assert len(with_it) == len(without)
