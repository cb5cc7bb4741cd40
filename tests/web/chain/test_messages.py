"""On the ticket page, those who asked add words and see nothing internal."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import func, select

from support.kernel import db
from support.tickets.closing import close
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.noting import add_note
from support.tickets.references import shown
from support.tickets.timeline import Entry, EntryKind
from tests.cast import again
from tests.factories import QUESTION, a_report, a_ticket, climb
from tests.web.conftest import Site


def address(ticket: Ticket, action: str = "") -> str:
    return f"/agent/tickets/{shown(ticket.reference)}{action}"


def messages(ticket: Ticket) -> int:
    with db.transaction() as session:
        found = select(func.count()).where(
            Entry.ticket_id == ticket.id, Entry.kind == EntryKind.MESSAGE
        )
        return session.scalar(found) or 0


@pytest.fixture
def report(site: Site) -> Ticket:
    with db.transaction():
        return a_report(site.cast)


@pytest.fixture
def visit(site: Site) -> Ticket:
    with db.transaction():
        return a_ticket(site.cast, by=again(site.cast.pan), reason="account.blocked")


def test_a_referent_adds_a_message_from_the_page(site: Site, report: Ticket) -> None:
    browser = site.as_("referent")
    page = browser.get(address(report)).text
    assert f'action="{address(report)}/messages"' in page
    key = re.findall(r'name="cle" value="([^"]+)"', page)[0]
    fields = {"text": "Deux dossiers de plus.", "cle": key}
    first = browser.send(address(report, "/messages"), fields)
    again_ = browser.send(address(report, "/messages"), fields)
    assert (first.status_code, again_.status_code) == (303, 303)
    assert messages(report) == 2  # the report and one more, although it was sent twice
    assert "Deux dossiers de plus." in browser.get(address(report)).text
    assert "Deux dossiers de plus." in site.as_("dp").get(address(report)).text


def test_a_help_point_adds_to_its_own(site: Site, visit: Ticket) -> None:
    browser = site.as_("pan")
    sent = browser.send(address(visit, "/messages"), {"text": "La personne est revenue."})
    assert sent.status_code == 303
    assert messages(visit) == 2
    other = site.as_("pan_colleague")
    assert other.send(address(visit, "/messages"), {"text": "Moi"}).status_code == 404


def test_those_who_answer_have_no_such_box(site: Site, report: Ticket) -> None:
    browser = site.as_("dp")
    assert "/messages" not in browser.get(address(report)).text
    assert browser.send(address(report, "/messages"), {"text": "Moi"}).status_code == 403
    assert messages(report) == 1


def test_nothing_internal_reaches_the_requester(site: Site, report: Ticket, visit: Ticket) -> None:
    with db.transaction():
        cast = site.cast
        add_note(again(report), "Défaut connu de la DP.", by=again(cast.dp))
        climb(again(report), "sdst", cast, by=again(cast.dp))
        add_note(again(visit), "Défaut connu de la DP.", by=again(cast.teleadviser))
        climb(again(visit), "dp", cast, by=again(cast.teleadviser))
    for name, ticket in (("referent", report), ("pan", visit)):
        page = site.as_(name).get(address(ticket)).text
        for internal in ("Défaut connu", QUESTION, "Note interne", "confié à", "Préciser le motif"):
            assert internal not in page, f"{name} reads « {internal} »"
        elsewhere = site.as_(name).get("/agent/escalades").text
        assert QUESTION not in elsewhere
        assert ticket.subject in elsewhere  # where it is, yes
    # Where it is and since when stays readable.
    assert "SDST" in site.as_("referent").get(address(report)).text


def test_an_empty_message_comes_back_with_its_files(site: Site, report: Ticket) -> None:
    browser = site.as_("referent")
    empty = browser.send(address(report, "/messages"), {"text": "  "})
    assert empty.status_code == 422
    assert "Écrivez un message ou joignez un fichier" in empty.text
    settings = site.app.config["SETTINGS"]
    settings.largest_upload = 1024
    heavy = (io.BytesIO(b"x" * 2000), "lourd.pdf")
    answer = browser.send(
        address(report, "/messages"),
        {"text": "Voici la pièce", "files": heavy},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "lourd.pdf" in answer.text
    assert "Voici la pièce" in answer.text
    assert messages(report) == 1


def test_a_message_reopens_a_closed_report(site: Site, report: Ticket) -> None:
    with db.transaction():
        close(again(report), ClosedHow.ANSWERED, by=again(site.cast.dp))
    browser = site.as_("referent")
    assert "votre message le rouvre" in browser.get(address(report)).text
    browser.send(address(report, "/messages"), {"text": "Le défaut est revenu."})
    with db.transaction():
        assert again(report).state is State.REOPENED
