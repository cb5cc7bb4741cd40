"""What became of an answer, in plain words, and the list of those that did not arrive."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from channels.mail.refusing import refuse
from support.kernel import db
from support.kernel.time import now
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.replying import agent_replies
from support.tickets.timeline import Delivery, DeliveryState
from tests.cast import again
from tests.factories import a_reply, a_ticket
from tests.web.conftest import Site


def address(ticket: Ticket, action: str = "") -> str:
    return f"/agent/tickets/{shown(ticket.reference)}{action}"


@pytest.fixture
def ticket(site: Site) -> Ticket:
    with db.transaction():
        made = a_ticket(site.cast)
        agent_replies(made, a_reply(), by=again(site.cast.teleadviser))
        return made


def the_delivery() -> Delivery:
    return db.session().scalars(select(Delivery).order_by(Delivery.id.desc())).first()  # type: ignore[return-value]


def refused(ticket: Ticket, words: str) -> None:
    with db.transaction():
        refuse(again(ticket), the_delivery(), words, event="delivery_refused", address_fails=True)


def test_a_refused_answer_says_why_and_what_to_do(site: Site, ticket: Ticket) -> None:
    refused(ticket, "550 5.1.1 <awa@example.org>: Recipient address rejected: User unknown")
    page = site.as_("teleadviser").get(address(ticket)).text
    assert "non remis à awa@example.org : cette boîte n’existe pas" in page
    assert "courriel refusé : cette boîte n’existe pas" in page
    assert re.search(r"<details[^>]*>.*?ce que le serveur a répondu.*?User unknown", page, re.S)
    assert f'/agent/personnes/{ticket.person_id}">Écrire à une autre adresse' in page
    assert f"personne={ticket.person_id}&amp;ticket={shown(ticket.reference)}" in page
    assert re.search(r"Courriel</dt><dd>.*?ne répond plus", page, re.S)
    assert re.search(r'class="reply-head".*?adresse qui ne répond plus.*?</p>', page, re.S)


def test_a_delayed_answer_says_until_when(site: Site, ticket: Ticket) -> None:
    with db.transaction():
        delivery = the_delivery()
        delivery.state, delivery.last_words = DeliveryState.DELAYED, "451 4.7.1 Greylisted"
        delivery.next_try_at = now() + timedelta(minutes=5)
    page = site.as_("teleadviser").get(address(ticket)).text
    assert re.search(r"son serveur demande d’attendre\. Nouvel essai à \d\d:\d\d", page)
    assert "Greylisted" in page


def test_answers_that_did_not_arrive_are_on_a_list_until_seen_to(
    site: Site, ticket: Ticket
) -> None:
    agent = site.as_("teleadviser")
    assert re.search(r"Réponses non remises.*?>0<", agent.get("/agent/tickets").text, re.S)
    agent.send(address(ticket, "/clotures"), {"how": "answered"})
    refused(ticket, "550 5.1.1 no such user")
    listed = agent.get("/agent/tickets?vue=unheard").text
    assert re.search(r"Réponses non remises.*?>1<", listed, re.S)
    assert shown(ticket.reference) in listed
    assert "La personne a été jointe" in agent.get(address(ticket)).text
    assert agent.send(address(ticket, "/joints")).status_code == 302
    agent.send(address(ticket, "/joints"))
    assert shown(ticket.reference) not in agent.get("/agent/tickets?vue=unheard").text
    page = agent.get(address(ticket)).text
    assert page.count("personne jointe autrement, noté") == 1
    assert "La personne a été jointe" not in page
