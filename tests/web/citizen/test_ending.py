"""Ending a request on its page: solved or not, the dates promised, the address confirmed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from support.kernel import db
from support.tickets import following
from support.tickets.closing import close
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.promise_history import Because, promises_of
from support.tickets.reopening import reopen
from support.tickets.replying import agent_replies
from support.tickets.waiting import stop_waiting, wait_for_person
from tests.cast import again
from tests.factories import a_person, a_reply, a_report, a_ticket, climb, counted
from tests.web.conftest import Site

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def ticket(site: Site) -> Ticket:
    with db.transaction():
        return a_ticket(site.cast, text="Ma question à moi")


def link(ticket: Ticket) -> str:
    return f"/suivi/{following.follow_token(ticket)}"


def answered(site: Site, ticket: Ticket) -> None:
    with db.transaction():
        agent_replies(again(ticket), a_reply(), by=again(site.cast.teleadviser))


def test_solved_closes_the_request_once(site: Site, ticket: Ticket) -> None:
    answered(site, ticket)
    browser = site.anyone()
    assert "C’est réglé, merci" in browser.get(link(ticket)).text
    for _twice in range(2):
        answer = browser.send(f"{link(ticket)}/regle")
        assert answer.headers["Location"] == f"{link(ticket)}/merci"
    assert "votre demande est fermée" in browser.get(f"{link(ticket)}/merci").text
    with db.transaction():
        held = again(ticket)
        assert (held.state, held.closed_how) == (State.CLOSED, ClosedHow.SOLVED)
    page = browser.get(link(ticket)).text
    assert "vous nous l’avez dit" in page
    assert "C’est réglé, merci" not in page
    assert "Ce n’est pas réglé" in page
    assert (
        "résolu, dit la personne"
        in site.as_("teleadviser").get(f"/agent/tickets/{ticket.reference}").text
    )


def test_solved_calls_a_request_back_from_the_level_that_has_it(site: Site, ticket: Ticket) -> None:
    with db.transaction():
        climb(again(ticket), "dp", site.cast, by=again(site.cast.teleadviser))
    site.anyone().send(f"{link(ticket)}/regle")
    with db.transaction():
        held = again(ticket)
        assert (held.state, held.team_id) == (State.CLOSED, held.home_team_id)


def test_a_referent_may_say_so_too(site: Site) -> None:
    with db.transaction():
        report = a_report(site.cast)
    assert site.anyone().send(f"{link(report)}/regle").status_code == 303
    with db.transaction():
        assert again(report).state is State.CLOSED


def test_opening_a_page_writes_nothing(site: Site, ticket: Ticket) -> None:
    answered(site, ticket)
    with db.transaction():
        held = again(ticket)
        mailed = f"/suivi/{following.mail_token(held, 'awa@example.org')}"
    for path in ("", "/pas-regle", "/merci", "/regle", "/adresse"):
        with counted() as sql:
            site.anyone().get(f"{mailed}{path}")
        assert not [s for s in sql if not s.startswith("SELECT")], path
    with db.transaction():
        assert again(ticket).state is State.IN_PROGRESS


def test_not_solved_asks_what_is_missing_and_goes_on(site: Site, ticket: Ticket) -> None:
    answered(site, ticket)
    with db.transaction():
        close(again(ticket), ClosedHow.ANSWERED, by=again(site.cast.teleadviser))
    browser = site.anyone()
    page = browser.get(f"{link(ticket)}/pas-regle").text
    assert "Que manque-t-il" in page
    key = re.findall(r'name="cle" value="([^"]+)"', page)[0]
    empty = browser.send(f"{link(ticket)}/messages", {"manque": "1", "text": " ", "cle": key})
    assert empty.status_code == 422
    assert "Dites en quelques mots ce qui manque" in empty.text
    for _twice in range(2):
        browser.send(
            f"{link(ticket)}/messages", {"manque": "1", "text": "Le code manque", "cle": key}
        )
    with db.transaction():
        held = again(ticket)
        assert (held.state, held.reopenings, held.chasers) == (State.REOPENED, 1, 0)
    assert (
        "Ce n’est pas réglé, dit la personne"
        in site.as_("teleadviser").get(f"/agent/tickets/{ticket.reference}").text
    )


def test_a_revoked_link_ends_nothing(site: Site, ticket: Ticket) -> None:
    old = link(ticket)
    with db.transaction():
        again(ticket).follow_salt = "another"
    for path in ("/regle", "/adresse"):
        assert site.anyone().send(f"{old}{path}").status_code == 404


def test_every_date_promised_is_there_with_its_reason(site: Site) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        with db.transaction():
            ticket = a_ticket(site.cast)
        first = ticket.promised_at
        clock.shift(timedelta(days=1))
        with db.transaction():
            wait_for_person(again(ticket), by=again(site.cast.teleadviser))
            (waiting,) = promises_of(again(ticket))
            assert (waiting.at, waiting.because) == (first, Because.OPENED)
        assert "La date promise attend votre réponse." in site.anyone().get(link(ticket)).text
        clock.shift(timedelta(days=2))
        with db.transaction():
            stop_waiting(again(ticket), by=again(site.cast.teleadviser))
        clock.shift(timedelta(days=20))
        with db.transaction():
            close(again(ticket), ClosedHow.ANSWERED, by=again(site.cast.teleadviser))
            reopen(again(ticket), by=again(site.cast.teleadviser))
            told = promises_of(again(ticket))
            last = again(ticket).promised_at
        assert [p.because for p in told] == [Because.OPENED, Because.WAITED, Because.REOPENED]
        assert [p.broken for p in told] == [False, True, False]
        assert first is not None
        assert told[0].at == first < told[1].at < told[2].at == last
        page = site.anyone().get(link(ticket)).text
    assert "car nous attendions votre réponse" in page
    assert "Nous n’avons pas tenu cette date." in page
    assert "demande rouverte, nouvelle réponse promise" in page


def test_acting_by_the_mailed_link_confirms_the_address(site: Site) -> None:
    with db.transaction():
        person = a_person(email="nour@example.org")
        contact = person.contacts[0]
        contact.vouched_at = None
        ticket = a_ticket(site.cast, person)
        shown = link(ticket)
        mailed = f"/suivi/{following.mail_token(ticket, 'nour@example.org')}"
    browser, agent = site.anyone(), site.as_("teleadviser")
    assert "adresse non confirmée" in agent.get(f"/agent/tickets/{ticket.reference}").text
    assert "adresse est bien la vôtre" not in browser.get(shown).text
    assert browser.send(f"{shown}/adresse").status_code == 303
    with db.transaction():
        assert again(contact).vouched_at is None
    assert "adresse est bien la vôtre" in browser.get(mailed).text
    browser.send(f"{mailed}/messages", {"text": "Encore moi"})
    with db.transaction():
        assert again(contact).vouched_at is not None
    assert "adresse est bien la vôtre" not in browser.get(mailed).text
    assert "adresse non confirmée" not in agent.get(f"/agent/tickets/{ticket.reference}").text


def test_the_follow_page_costs_few_queries(site: Site, ticket: Ticket) -> None:
    browser = site.anyone()
    browser.get(link(ticket))
    with counted() as sql:
        browser.get(link(ticket))
    assert len(sql) <= 8
