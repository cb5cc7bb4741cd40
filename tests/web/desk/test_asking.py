"""From an incomplete hand-over to the person's own page and back, with nothing typed twice."""

from __future__ import annotations

import re

import pytest

from support.kernel import db
from support.tickets import following
from support.tickets.models import State, Ticket
from support.tickets.references import shown
from tests.cast import again
from tests.factories import a_ticket, counted
from tests.web.conftest import Site


def opened(site: Site) -> tuple[Ticket, str, str]:
    with db.transaction():
        ticket = a_ticket(site.cast, reason="account.blocked")
        path = f"/agent/tickets/{shown(ticket.reference)}"
        return ticket, path, f"/suivi/{following.follow_token(ticket)}"


def test_the_person_answers_and_the_hand_over_is_complete(site: Site) -> None:
    ticket, path, link = opened(site)
    agent = site.as_("teleadviser")
    refused = agent.send(f"{path}/escalades", {"question": "Que faut-il répondre ?"})
    assert refused.status_code == 422
    assert "Demander à la personne juste ce qui manque" in refused.text
    asked = agent.send(f"{path}/demandes", {"items": ["exact_message", "step_reached"]})
    assert asked.status_code == 303
    assert "demandé à la personne" in agent.get(path).text
    form = agent.get(f"{path}/escalades/nouvelle").text
    assert "La personne a reçu ces questions" in form
    assert 'name="items" value="exact_message"' not in form

    person = site.anyone()
    page = person.get(link, query_string={"lang": "en"}).text
    assert "What we ask you" in page
    assert page.count('name="q-') == 2
    sent = person.send(
        f"{link}/reponses", {"q-exact_message": "Error 500", "q-step_reached": "Photo", "cle": "k"}
    )
    assert sent.status_code == 303
    after = person.get(link).text
    assert 'name="q-' not in after
    with db.transaction(write=False):
        assert again(ticket).state is State.IN_PROGRESS
    complete = agent.get(f"{path}/escalades/nouvelle").text
    assert "Error 500" in complete
    assert re.search(r'name="step_reached"[^>]*value="Photo"', complete)
    assert "Error 500" in agent.get(path).text


def test_a_wrong_answer_is_said_and_nothing_is_lost(site: Site) -> None:
    ticket, path, link = opened(site)
    site.as_("teleadviser").send(f"{path}/demandes", {"items": ["expiry_date", "exact_message"]})
    person = site.anyone()
    wrong = person.send(
        f"{link}/reponses", {"q-expiry_date": "demain", "q-exact_message": "Erreur", "cle": "k"}
    )
    assert wrong.status_code == 422
    assert 'href="#q-expiry_date"' in wrong.text
    assert "Erreur</textarea>" in wrong.text
    nothing = person.send(f"{link}/reponses", {"cle": "k"})
    assert nothing.status_code == 422
    assert "Répondez à une question au moins" in nothing.text
    with db.transaction(write=False):
        assert again(ticket).state is State.WAITING_PERSON


def test_half_an_answer_leaves_the_other_half_asked_no_more_than_once(site: Site) -> None:
    _ticket, path, link = opened(site)
    agent = site.as_("teleadviser")
    agent.send(f"{path}/demandes", {"items": ["exact_message", "step_reached"]})
    site.anyone().send(f"{link}/reponses", {"q-exact_message": "Erreur", "cle": "k"})
    refused = agent.send(f"{path}/demandes", {"items": ["step_reached"]}, follow_redirects=True)
    assert "a déjà reçu ces questions" in refused.text


@pytest.mark.parametrize("items", [[], ["consent"], ["x"]])
def test_nothing_to_ask_is_said(site: Site, items: list[str]) -> None:
    _ticket, path, _link = opened(site)
    agent = site.as_("teleadviser")
    refused = agent.send(f"{path}/demandes", {"items": items}, follow_redirects=True)
    assert "Choisissez ce que vous demandez" in refused.text


def test_a_follow_page_that_asks_nothing_costs_nothing_more(site: Site) -> None:
    _ticket, _path, link = opened(site)
    with counted() as sql:
        site.anyone().get(link)
    assert not [one for one in sql if "ticket_fact" in one]
