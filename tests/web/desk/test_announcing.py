"""Announcing another date: a page of its own, and what the person then reads."""

from __future__ import annotations

from datetime import date, timedelta

from support.kernel import db
from support.kernel.time import now
from support.tickets import following
from support.tickets.models import Ticket
from support.tickets.references import shown
from tests.factories import a_ticket
from tests.web.conftest import Site

WHY = "Nous attendons la réponse des spécialistes du séjour."


def a_day() -> date:
    """A Tuesday in two or three weeks."""
    day = (now() + timedelta(days=14)).date()
    return day + timedelta(days=(1 - day.weekday()) % 7)


def opened(site: Site) -> tuple[Ticket, str]:
    with db.transaction():
        ticket = a_ticket(site.cast)
        return ticket, f"/agent/tickets/{shown(ticket.reference)}"


def test_from_the_ticket_to_the_follow_page(site: Site) -> None:
    ticket, path = opened(site)
    agent = site.as_("teleadviser")
    assert f'href="{path}/dates/nouvelle"' in agent.get(path).text
    assert "Annoncer une nouvelle date" in agent.get(f"{path}/dates/nouvelle").text
    sent = agent.send(f"{path}/dates", {"jour": a_day().isoformat(), "pourquoi": WHY})
    assert sent.status_code == 303
    page = agent.get(path).text
    assert "Nouvelle date annoncée" in page
    assert f"« {WHY} »" in page
    with db.transaction(write=False):
        link = f"/suivi/{following.follow_token(ticket)}"
    told = site.anyone().get(link).text
    assert "nouvelle date annoncée" in told
    assert f'<q dir="auto">{WHY}</q>' in told
    english = site.anyone().get(link, query_string={"langue": "en"}).text
    assert WHY in english


def test_what_is_wrong_is_said_and_what_was_typed_stays(site: Site) -> None:
    _ticket, path = opened(site)
    refused = site.as_("teleadviser").send(f"{path}/dates", {"jour": "demain", "pourquoi": "Trop"})
    assert refused.status_code == 422
    for words in ("Choisissez le jour", "Dites pourquoi", ">\nTrop</textarea>", 'href="#jour"'):
        assert words in refused.text


def test_another_level_announces_nothing(site: Site) -> None:
    _ticket, path = opened(site)
    assert site.as_("sdst").get(f"{path}/dates/nouvelle").status_code in (403, 404)
