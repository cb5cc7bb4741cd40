"""Following a request, and what the page never shows."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from support.kernel import db
from support.tickets import following
from support.tickets.authors import SYSTEM
from support.tickets.journal import Words, write
from support.tickets.models import State, Ticket
from support.tickets.noting import add_note
from support.tickets.references import shown
from support.tickets.timeline import Entry, EntryKind
from tests.cast import again
from tests.factories import a_ticket
from tests.web.conftest import Site


@pytest.fixture
def ticket(site: Site) -> Ticket:
    with db.transaction():
        made = a_ticket(site.cast, text="Ma question à moi")
        add_note(made, "SECRET entre nous", by=again(site.cast.teleadviser))
        return made


def link(ticket: Ticket) -> str:
    return f"/suivi/{following.follow_token(ticket)}"


def test_the_secret_link_shows_the_public_part_only(site: Site, ticket: Ticket) -> None:
    page = site.anyone().get(link(ticket)).text
    assert "Ma question à moi" in page
    assert "Réponse promise le" in page
    assert "SECRET" not in page
    assert "Hugo" not in page


@pytest.mark.parametrize("token", ["x", "a.b.c", "WzFd.AAAA", "..", "%00", "é"])
def test_a_forged_link_is_a_page_that_says_so(site: Site, ticket: Ticket, token: str) -> None:
    answer = site.anyone().get(f"/suivi/{token}")
    assert answer.status_code == 404
    assert "lien" in answer.text


def test_a_revoked_link_opens_nothing(site: Site, ticket: Ticket) -> None:
    old = link(ticket)
    with db.transaction():
        again(ticket).follow_salt = "another"
    assert site.anyone().get(old).status_code == 404


@pytest.mark.parametrize("contact", ["awa@example.org", "AWA@example.org", "06 39 98 00 01"])
def test_the_reference_with_where_it_came_from_opens_it(
    site: Site, ticket: Ticket, contact: str
) -> None:
    fields = {"reference": shown(ticket.reference), "contact": contact}
    answer = site.anyone().send("/suivi", fields)
    assert answer.status_code == 303
    assert site.anyone().get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("contact", ["binta@example.org", "nonsense", "06 39 98 00 09"])
def test_the_reference_alone_shows_nothing(site: Site, ticket: Ticket, contact: str) -> None:
    fields = {"reference": shown(ticket.reference), "contact": contact}
    answer = site.anyone().send("/suivi", fields)
    assert answer.status_code == 422
    assert "ne vont pas ensemble" in answer.text
    assert shown(ticket.reference) in answer.text  # what was typed
    assert "Ma question" not in answer.text


def test_guessing_is_bounded(site: Site, ticket: Ticket) -> None:
    browser = site.anyone()
    wrong = {"reference": shown(ticket.reference), "contact": "x@example.org"}
    statuses = [browser.send("/suivi", wrong).status_code for _ in range(22)]
    assert statuses[-1] == 429
    right = {"reference": shown(ticket.reference), "contact": "awa@example.org"}
    assert browser.send("/suivi", right).status_code == 429


def test_a_message_added_twice_with_one_key_is_one_message(site: Site, ticket: Ticket) -> None:
    browser = site.anyone()
    for _ in range(2):
        sent = browser.send(f"{link(ticket)}/messages", {"text": "Encore moi", "cle": "k"})
        assert sent.status_code == 303
    assert "Encore moi" in browser.get(link(ticket)).text
    with db.transaction() as session:
        found = select(func.count()).where(Entry.kind == EntryKind.MESSAGE)
        assert session.scalar(found) == 2  # the first one and this one
        assert again(ticket).chasers == 1


def test_an_empty_message_is_refused(site: Site, ticket: Ticket) -> None:
    answer = site.anyone().send(f"{link(ticket)}/messages", {"text": " "})
    assert answer.status_code == 422
    assert "Écrivez un message" in answer.text


def test_writing_to_a_closed_request_reopens_it(site: Site, ticket: Ticket) -> None:
    agent = site.as_("teleadviser")
    agent.send(
        f"/agent/tickets/{shown(ticket.reference)}/reponses", {"text": "Voilà.", "then": "close"}
    )
    browser = site.anyone()
    assert "Nous vous avons répondu" in browser.get(link(ticket)).text
    browser.send(f"{link(ticket)}/messages", {"text": "Ce n’est pas réglé"})
    with db.transaction():
        assert again(ticket).state is State.REOPENED
    assert "Réponse promise le" in browser.get(link(ticket)).text


def test_a_receipt_is_an_automatic_message_not_an_answer(site: Site, ticket: Ticket) -> None:
    with db.transaction():
        write(again(ticket), EntryKind.NOTICE, Words("Nous avons bien reçu"), by=SYSTEM)
    page = site.anyone().get(link(ticket)).text
    assert "Nous avons bien reçu" in page
    assert "Message automatique" in page
    assert "entry-reply" not in page
    desk = site.as_("teleadviser").get(f"/agent/tickets/{ticket.reference}").text
    assert "Message automatique" in desk
    assert "entry-reply" not in desk


def test_digits_of_an_arabic_keyboard_open_it_too(site: Site, ticket: Ticket) -> None:
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    fields = {
        "reference": shown(ticket.reference).translate(arabic),
        "contact": "06 39 98 00 01".translate(arabic),
    }
    assert site.anyone().send("/suivi", fields).status_code == 303


def test_an_empty_look_up_says_what_to_fill_in(site: Site, ticket: Ticket) -> None:
    answer = site.anyone().send("/suivi", {"reference": "", "contact": " "})
    assert answer.status_code == 422
    assert "ne vont pas ensemble" not in answer.text
    assert "Référence : à remplir." in answer.text
    assert "Adresse électronique ou téléphone : à remplir." in answer.text
