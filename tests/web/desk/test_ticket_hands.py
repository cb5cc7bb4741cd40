"""Whose hands a ticket goes through: reopened, given to a colleague, waiting with good reason."""

from __future__ import annotations

import io
import re

import pytest

from escalation.returning import answer, ask_missing
from support.kernel import db
from support.tickets.journal import Words
from support.tickets.models import State, Ticket
from support.tickets.references import shown
from support.tickets.replying import person_replies
from tests.cast import again
from tests.factories import QUESTION, a_ticket, climb
from tests.web.conftest import Site


def address(ticket: Ticket, action: str = "") -> str:
    return f"/agent/tickets/{shown(ticket.reference)}{action}"


@pytest.fixture
def ticket(site: Site) -> Ticket:
    with db.transaction():
        return a_ticket(site.cast)


def test_a_reply_to_a_closed_ticket_is_kept_and_reopens_when_told_so(
    site: Site, ticket: Ticket
) -> None:
    agent = site.as_("teleadviser")
    agent.send(address(ticket, "/clotures"), {"how": "answered"})
    late = agent.send(address(ticket, "/reponses"), {"text": "Encore un mot", "then": "stay"})
    assert late.status_code == 409
    assert "Encore un mot</textarea>" in late.text
    assert "Rouvrir et envoyer" in late.text
    assert 'name="rouvrir" value="1"' in late.text
    sent = agent.send(
        address(ticket, "/reponses"), {"text": "Encore un mot", "then": "close", "rouvrir": "1"}
    )
    assert sent.status_code == 302
    assert "Encore un mot" in agent.get(address(ticket)).text
    with db.transaction():
        found = again(ticket)
        assert (found.state, found.reopenings) == (State.CLOSED, 1)
        assert found.owner_id == site.cast.teleadviser.id


def test_an_empty_reply_does_not_reopen(site: Site, ticket: Ticket) -> None:
    agent = site.as_("teleadviser")
    agent.send(address(ticket, "/clotures"), {"how": "answered"})
    answer = agent.send(address(ticket, "/reponses"), {"text": " ", "rouvrir": "1"})
    assert answer.status_code == 422
    with db.transaction():
        assert again(ticket).state is State.CLOSED


def test_a_closed_ticket_is_reopened_by_a_button(site: Site, ticket: Ticket) -> None:
    agent = site.as_("teleadviser")
    assert "/reouvertures" not in agent.get(address(ticket)).text
    agent.send(address(ticket, "/clotures"), {"how": "answered"})
    assert "/reouvertures" in agent.get(address(ticket)).text
    assert agent.send(address(ticket, "/reouvertures")).status_code == 302
    assert "Envoyer à" in agent.get(address(ticket)).text


def offered(page: str) -> list[str]:
    found = re.search(r'id="confier-a".*?</select>', page, re.S)
    return re.findall(r">([^<]+)</option>", found[0]) if found else []


def test_a_ticket_is_given_to_a_colleague_of_the_centre(site: Site, ticket: Ticket) -> None:
    supervisor = site.as_("supervisor")
    names = offered(supervisor.get(address(ticket)).text)
    assert {"Hugo Lambert", "Camille Gobert", "Nadège Rousselin"} <= set(names)
    assert "Olivier Sarrazin" not in names
    supervisor.send(address(ticket, "/attributions"), {"agent": site.cast.colleague.id})
    with db.transaction():
        assert again(ticket).owner_id == site.cast.colleague.id
    # Taken by a colleague: the supervisor may still deal it out, another teleadviser may not.
    assert "Hugo Lambert" in offered(supervisor.get(address(ticket)).text)
    assert "Camille Gobert" not in offered(supervisor.get(address(ticket)).text)
    assert offered(site.as_("teleadviser").get(address(ticket)).text) == []


def test_one_waits_only_for_an_answer_to_what_one_asked(site: Site, ticket: Ticket) -> None:
    agent = site.as_("teleadviser")
    assert "/attentes" not in agent.get(address(ticket)).text
    agent.send(address(ticket, "/reponses"), {"text": "Quel navigateur ?", "then": "stay"})
    assert "/attentes" in agent.get(address(ticket)).text
    with db.transaction():
        person_replies(again(ticket), Words("Firefox."), by=again(site.cast.awa))
    assert "/attentes" not in agent.get(address(ticket)).text


def test_closing_is_proposed_only_when_one_answer_is_likely_to_do(
    site: Site, ticket: Ticket
) -> None:
    agent = site.as_("teleadviser")
    stays = '<option value="stay" selected>'
    assert stays not in agent.get(address(ticket)).text
    with db.transaction():
        person_replies(again(ticket), Words("Et alors ?"), by=again(site.cast.awa))
    assert stays in agent.get(address(ticket)).text


def test_the_language_of_the_person_stands_beside_the_reply(site: Site) -> None:
    with db.transaction():
        french = a_ticket(site.cast)
        ukrainian = a_ticket(site.cast, again(site.cast.dmytro))
    agent = site.as_("teleadviser")
    assert "Langue de la personne" not in agent.get(address(french)).text
    assert "Langue de la personne : ukrainien" in agent.get(address(ukrainian)).text


def test_a_level_that_has_had_the_ticket_stays_on_its_path(site: Site) -> None:
    with db.transaction():
        ticket = a_ticket(site.cast, reason="renewal.business")
        climb(ticket, "dp", site.cast, by=again(site.cast.teleadviser))
        climb(ticket, "sdst", site.cast, by=again(site.cast.dp))
        answer(ticket, "Voici.", by=again(site.cast.sdst))
        answer(ticket, "Voici ce que dit la SDST.", by=again(site.cast.dp))
    page = site.as_("teleadviser").get(address(ticket)).text
    path = re.search(r'<ol class="path".*?</ol>', page, re.S)
    assert path
    assert re.findall(r'class="path-(past|current|future)"', path[0]) == ["current", "past", "past"]
    assert "pas encore" not in path[0]


def test_a_closed_ticket_says_so_once(site: Site, ticket: Ticket) -> None:
    agent = site.as_("teleadviser")
    agent.send(address(ticket, "/clotures"), {"how": "answered"})
    strip = re.search(r'<header class="strip">.*?</header>', agent.get(address(ticket)).text, re.S)
    assert strip
    assert len(re.findall(r">clos<", strip[0])) == 1


def test_what_came_back_as_missing_is_marked_and_a_picture_goes_along(site: Site) -> None:
    with db.transaction():
        ticket = a_ticket(site.cast, reason="account.blocked")
        climb(ticket, "dp", site.cast, by=again(site.cast.teleadviser))
        ask_missing(ticket, ["exact_message", "screenshot"], "", by=again(site.cast.dp))
    agent = site.as_("teleadviser")
    form = agent.get(address(ticket, "/escalades/nouvelle")).text
    assert form.count("À compléter : DP ANEF l’a demandé.") == 2
    assert "Erreur 500" not in form
    sent = {"question": QUESTION, "step_reached": "2", "exact_message": "Erreur 500"}
    refused = agent.send(
        address(ticket, "/escalades"), {**sent, "files": (io.BytesIO(b"png"), "ecran.png")}
    )
    assert refused.status_code == 422
    assert "Ce niveau a déjà reçu ceci" in refused.text
    kept = re.search(r'name="kept" value="([^"]+)"', refused.text)
    assert kept
    more = {**sent, "exact_message": "Erreur 503", "kept": kept[1], "screenshot": "jointe"}
    assert agent.send(address(ticket, "/escalades"), more).status_code == 302
    assert "ecran.png" in agent.get(address(ticket)).text
