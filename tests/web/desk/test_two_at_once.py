"""Two colleagues, or one who presses twice: nobody's words are lost, nothing is said twice."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from support.kernel import db
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.timeline import Entry, EntryKind
from tests.cast import again
from tests.factories import GIVEN, QUESTION, a_ticket, climb
from tests.web.conftest import Site


@pytest.fixture
def ticket(site: Site) -> Ticket:
    with db.transaction():
        return a_ticket(site.cast, reason="account.blocked")


def address(ticket: Ticket, action: str = "") -> str:
    return f"/agent/tickets/{shown(ticket.reference)}{action}"


def entries(ticket: Ticket, kind: EntryKind) -> int:
    with db.transaction() as session:
        found = select(func.count()).where(Entry.ticket_id == ticket.id, Entry.kind == kind)
        return session.scalar(found) or 0


def key_on(page: str) -> str:
    found = re.search(r'/notes".*?name="cle" value="([^"]+)"', page, re.S)
    assert found, "the note has no key"
    return found[1]


@pytest.mark.parametrize("named", [True, False])
def test_the_second_hand_over_is_refused_with_everything_typed(
    site: Site, ticket: Ticket, named: bool
) -> None:
    fields = {"question": QUESTION, **GIVEN}
    if named:
        fields["to"] = str(site.cast.teams["dp"].id)
    assert site.as_("teleadviser").send(address(ticket, "/escalades"), fields).status_code == 302
    mine = {**fields, "question": "Ma question à moi", "exact_message": "Erreur 777"}
    late = site.as_("colleague").send(address(ticket, "/escalades"), mine)
    assert late.status_code == 403
    for kept in ("Ma question à moi", "Erreur 777", "DP ANEF » a ce ticket en ce moment"):
        assert kept in late.text
    assert entries(ticket, EntryKind.EXCHANGE) == 1


def test_a_hand_over_from_the_last_level_keeps_its_words(site: Site, ticket: Ticket) -> None:
    with db.transaction():
        mine, cast = again(ticket), site.cast
        climb(mine, "dp", cast, by=again(cast.teleadviser))
        climb(mine, "sdst", cast, by=again(cast.dp))
    fields = {"question": "Plus haut encore ?", "to": str(site.cast.teams["dp"].id), **GIVEN}
    late = site.as_("sdst").send(address(ticket, "/escalades"), fields)
    assert late.status_code == 409
    assert "Plus haut encore ?" in late.text


@pytest.mark.parametrize("kind", ["answer", "missing"])
def test_the_second_answer_below_is_refused_with_its_words(
    site: Site, ticket: Ticket, kind: str
) -> None:
    with db.transaction():
        climb(again(ticket), "dp", site.cast, by=again(site.cast.teleadviser))
    fields = {"kind": kind, "missing": "exact_message"}
    first = site.as_("dp").send(address(ticket, "/retours"), {"text": "La première", **fields})
    assert first.status_code == 302
    late = site.as_("dp_colleague").send(address(ticket, "/retours"), {"text": "Ma vue", **fields})
    assert late.status_code == 403
    assert re.search(r"<textarea[^>]*>\s*Ma vue</textarea>", late.text)
    for said in ("La première", "a ce ticket en ce moment"):
        assert said in late.text
    assert entries(ticket, EntryKind.EXCHANGE) == 2


def test_a_reply_that_has_seen_nothing_leaves_only_as_the_first(site: Site, ticket: Ticket) -> None:
    agent, fields = site.as_("teleadviser"), {"text": "Voici la réponse.", "then": "stay"}
    assert agent.send(address(ticket, "/reponses"), fields).status_code == 302
    second = agent.send(address(ticket, "/reponses"), fields)
    assert second.status_code == 409
    assert re.search(r"<textarea[^>]*>\s*Voici la réponse.</textarea>", second.text)
    assert entries(ticket, EntryKind.REPLY) == 1


def test_a_note_sent_twice_from_one_form_is_one_note(site: Site, ticket: Ticket) -> None:
    agent = site.as_("teleadviser")
    key = key_on(agent.get(address(ticket)).text)
    for _press in range(2):
        sent = agent.send(address(ticket, "/notes"), {"text": "Déjà vu", "cle": key})
        assert sent.status_code == 302
    assert entries(ticket, EntryKind.NOTE) == 1
    # Other words from the same page (gone back to), another page, another author: other notes.
    agent.send(address(ticket, "/notes"), {"text": "Et revu", "cle": key})
    fresh = key_on(agent.get(address(ticket)).text)
    assert fresh != key
    agent.send(address(ticket, "/notes"), {"text": "Déjà vu", "cle": fresh})
    site.as_("colleague").send(address(ticket, "/notes"), {"text": "Déjà vu", "cle": key})
    assert entries(ticket, EntryKind.NOTE) == 4
