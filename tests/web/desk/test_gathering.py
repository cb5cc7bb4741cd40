"""Followers when an agent says so; two mails on one matter united when an agent says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from support.intake.models import Received
from support.kernel import db
from support.kernel.time import now
from support.tickets.models import ClosedHow, Follower, State, Ticket
from support.tickets.references import shown
from support.tickets.replying import agent_replies
from tests.cast import again
from tests.factories import a_reply
from tests.web.conftest import Site
from tests.web.desk.test_sorting import a_mail, arrive, outcome, words_on

AWA = "Awa Traoré <awa@example.org>"


def address(ticket: Ticket, more: str = "") -> str:
    return f"/agent/tickets/{shown(ticket.reference)}{more}"


def ticket_of(received_id: int) -> Ticket:
    with db.transaction(write=False) as session:
        found = session.get_one(Received, received_id).ticket_id
        return session.get_one(Ticket, found)


def write(subject: str, text: str, **headers: str) -> Ticket:
    return ticket_of(arrive(a_mail(subject, text, sender=AWA, **headers)))


def followers(ticket: Ticket) -> list[tuple[str, str]]:
    with db.transaction(write=False) as session:
        rows = session.scalars(select(Follower).where(Follower.ticket_id == ticket.id))
        return [(row.name, row.address) for row in rows]


def test_who_is_in_copy_is_added_with_one_click_and_removed(site: Site) -> None:
    ticket = write("Titre", "Bonjour", Cc="Mariam Traoré <mariam@example.org>")
    agent = site.as_("teleadviser")
    assert "Ajouter Mariam Traoré à ce ticket" in agent.get(address(ticket)).text
    assert followers(ticket) == []
    fields = {"adresse": "mariam@example.org", "nom": "Mariam Traoré"}
    for _twice in range(2):
        page = agent.send(address(ticket, "/suiveurs"), fields, follow_redirects=True).text
    assert "Mariam Traoré fait désormais partie du ticket." in page
    assert "Ajouter Mariam" not in page
    assert followers(ticket) == [("Mariam Traoré", "mariam@example.org")]
    arrive(a_mail(f"[#{shown(ticket.reference)}]", "Je suis sa sœur"))
    assert "Je suis sa sœur" in words_on(ticket)
    with db.transaction(write=False) as session:
        follower = session.scalars(select(Follower)).one()
    agent.send(address(ticket, f"/suiveurs/{follower.id}/retraits"))
    assert followers(ticket) == []
    assert agent.send(address(ticket, f"/suiveurs/{follower.id}/retraits")).status_code == 404


def test_the_person_s_own_address_and_no_address_are_refused(site: Site) -> None:
    ticket = write("Titre", "Bonjour")
    agent = site.as_("teleadviser")
    for wrong in ("awa@example.org", "pas une adresse"):
        answer = agent.send(address(ticket, "/suiveurs"), {"adresse": wrong})
        assert answer.status_code in (409, 422)
    assert followers(ticket) == []


def test_a_second_mail_is_proposed_and_united_with_one_click(site: Site) -> None:
    first, second = write("Titre", "Bonjour"), write("Photos", "J'ai oublié la pièce")
    agent = site.as_("teleadviser")
    page = agent.get(address(second)).text
    assert "Awa Traoré a aussi écrit" in page
    assert shown(first.reference) in page
    assert "a aussi écrit" not in agent.get(address(first)).text
    assert ticket_of_state(second) is State.NEW
    done = agent.send(address(second, "/reunions"), {"avec": shown(first.reference)},
                      follow_redirects=True)  # fmt: skip
    assert f"Réuni : {shown(second.reference)} est clos." in done.text
    assert words_on(first) == ["Bonjour", "J'ai oublié la pièce"]
    assert words_on(second) == []
    with db.transaction(write=False):
        closed = again(second)
        assert (closed.state, closed.closed_how) == (State.CLOSED, ClosedHow.DUPLICATE)
    assert "même sujet, réunis" in agent.get(address(second)).text
    # An answer to either goes on on the first.
    arrive(a_mail(f"Re: [#{shown(second.reference)}] Photos", "Et maintenant ?", sender=AWA))
    assert words_on(first)[-1] == "Et maintenant ?"


def test_what_was_written_a_moment_ago_on_an_older_ticket_counts(site: Site) -> None:
    first = write("Titre", "Bonjour")
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        arrive(a_mail(f"Re: [#{shown(first.reference)}] Titre", "Toujours rien", sender=AWA))
        second = write("Photos", "J'ai oublié la pièce")
        page = site.as_("teleadviser").get(address(second)).text
    assert "Awa Traoré a aussi écrit il y a 0 min" in page
    assert shown(first.reference) in page


def ticket_of_state(ticket: Ticket) -> State:
    with db.transaction(write=False):
        return again(ticket).state


def test_two_matters_are_kept_apart_for_good(site: Site) -> None:
    first, second = write("Titre", "Bonjour"), write("Visa", "Autre chose")
    agent = site.as_("teleadviser")
    agent.send(address(second, "/sujets-distincts"), {"avec": shown(first.reference)})
    assert "a aussi écrit" not in agent.get(address(second)).text


@pytest.mark.parametrize("why", ["hours later", "somebody else", "answered already"])
def test_nothing_is_proposed_that_is_not_likely(site: Site, why: str) -> None:
    write("Titre", "Bonjour")
    hours = 7 if why == "hours later" else 0
    sender = "Awa <autre@example.org>" if why == "somebody else" else AWA
    with time_machine.travel(now() + timedelta(hours=hours), tick=True):
        second = ticket_of(arrive(a_mail("Visa", "Autre chose", sender=sender)))
        agent = site.as_("teleadviser")
        if why == "answered already":
            with db.transaction():
                agent_replies(again(second), a_reply(), by=again(site.cast.teleadviser))
        assert "a aussi écrit" not in agent.get(address(second)).text


def test_tickets_of_two_persons_are_never_united(site: Site) -> None:
    first = ticket_of(arrive(a_mail("Visa", "Je suis Mariam")))
    second = write("Titre", "Bonjour")
    answer = site.as_("teleadviser").send(
        address(second, "/reunions"), {"avec": shown(first.reference)}
    )
    assert answer.status_code == 409
    assert words_on(second) == ["Bonjour"]


def test_the_sorting_page_proposes_the_author_of_a_forwarded_mail(site: Site) -> None:
    text = (
        "Pouvez-vous l'aider ?\n\nDe : Awa Traoré <awa@example.org>\nEnvoyé : vendredi 20 novembre "
        "2026 09:30\nÀ : Préfecture <pref@x.example>\nObjet : Mon titre\n\nJe suis bloquée."
    )
    received = arrive(a_mail("Tr: Mon titre", text, sender="Sandrine <referent@demo.relais>"))
    agent = site.as_("teleadviser")
    page = agent.get(f"/agent/courriels/{received}").text
    assert "Ouvrir au nom de Awa Traoré" in page
    agent.send(f"/agent/courriels/{received}/transferts")
    assert ticket_of(received).person_id == site.cast.awa.id
    assert outcome(received) == "created"
