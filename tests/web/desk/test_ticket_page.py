"""The ticket page: its cost, its actions, and what it never loses."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import func, select

from escalation.raising import HandoverDraft, escalate
from knowledge.search import index
from support.kernel import db
from support.tickets.authors import SYSTEM
from support.tickets.journal import Words, note_event, write
from support.tickets.models import State, Ticket
from support.tickets.noting import add_note
from support.tickets.references import shown
from support.tickets.timeline import ArticleUse, Entry, EntryKind
from tests.cast import again
from tests.factories import GIVEN, QUESTION, a_person, a_ticket, an_article, counted
from tests.web.conftest import Site

# One each names the colleagues to whom it may be given, who else belongs to it, and what else.
BOUND = 22
NEXT_DAY = "2026-11-28T09:00:00+00:00"


def address(ticket: Ticket, action: str = "") -> str:
    return f"/agent/tickets/{shown(ticket.reference)}{action}"


def entries(ticket: Ticket, kind: EntryKind) -> int:
    with db.transaction() as session:
        found = select(func.count()).where(Entry.ticket_id == ticket.id, Entry.kind == kind)
        return session.scalar(found) or 0


@pytest.fixture
def ticket(site: Site) -> Ticket:
    with db.transaction():
        return a_ticket(site.cast, reason="account.blocked")


@pytest.mark.parametrize("notes", [1, 60])
def test_the_page_costs_the_same_however_long_the_thread(site: Site, notes: int) -> None:
    with db.transaction():
        ticket = a_ticket(site.cast)
        for n in range(notes):
            add_note(ticket, f"Note {n}", by=again(site.cast.teleadviser))
            a_ticket(site.cast, a_person(f"Voisin{n}"))
    agent = site.as_("teleadviser")
    index.follow()  # a node builds its index once, not for each page
    with counted() as sql:
        page = agent.get(address(ticket))
    assert page.status_code == 200
    assert f"Note {notes - 1}" in page.text
    assert len(sql) <= BOUND, "\n".join(sql)


def test_a_mail_shows_what_is_new_and_folds_the_whole(site: Site, ticket: Ticket) -> None:
    whole = "Voici le justificatif.\n\n> Quel est votre numéro ?"
    with db.transaction() as session:
        words = Words("Voici le justificatif.", full_text=whole)
        write(session.merge(ticket), EntryKind.MESSAGE, words, by=again(site.cast.awa))
    page = site.as_("teleadviser").get(address(ticket)).text
    folded = re.search(r"<details[^>]*quoted[^>]*>.*?</details>", page, re.DOTALL)
    assert folded is not None
    assert "&gt; Quel est votre numéro ?" in folded[0]
    assert "Quel est votre numéro" not in page.replace(folded[0], "")


def test_a_whole_that_says_no_more_is_not_folded(site: Site, ticket: Ticket) -> None:
    with db.transaction() as session:
        words = Words("Voici.\n\nMerci.", full_text="Voici.  \n\n\nMerci.\n")
        entry = write(session.merge(ticket), EntryKind.MESSAGE, words, by=again(site.cast.awa))
        assert entry.full_text is None


def test_a_reply_closes_when_told_so_and_says_it(site: Site, ticket: Ticket) -> None:
    agent = site.as_("teleadviser")
    answer = agent.send(
        address(ticket, "/reponses"), {"text": "Voici la réponse.", "then": "close"}
    )
    assert answer.status_code == 302
    page = agent.get(address(ticket)).text
    assert "Voici la réponse." in page
    assert "Ticket clos" in page
    with db.transaction():
        assert again(ticket).state is State.CLOSED


def test_an_article_is_remembered_with_its_revision(site: Site, ticket: Ticket) -> None:
    with db.transaction():
        article = an_article(site.cast)
    marks = [f"{article.id}:1", f"{article.id}:2", "424242:7", "n'importe quoi"]
    site.as_("teleadviser").send(
        address(ticket, "/reponses"),
        {"text": "Selon la fiche…", "then": "stay", "articles": marks},
    )
    with db.transaction() as session:
        use = session.scalars(select(ArticleUse)).one()
        assert (use.article_id, use.revision) == (article.id, 1)


def test_a_reply_begun_before_a_colleague_s_is_stopped_and_kept(site: Site, ticket: Ticket) -> None:
    first, second = site.as_("teleadviser"), site.as_("colleague")
    page = first.get(address(ticket)).text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    second.send(address(ticket, "/reponses"), {"text": "J’ai répondu.", "then": "stay"})
    answer = first.send(
        address(ticket, "/reponses"),
        {"text": "Ma longue réponse", "then": "stay", "seen": seen[1]},
    )
    assert answer.status_code == 409
    assert "Ma longue réponse" in answer.text
    assert "J’ai répondu." in answer.text
    assert entries(ticket, EntryKind.REPLY) == 1


def test_an_empty_reply_keeps_the_file_that_came_with_it(site: Site, ticket: Ticket) -> None:
    agent = site.as_("teleadviser")
    answer = agent.send(
        address(ticket, "/reponses"),
        {"text": " ", "files": (io.BytesIO(b"contenu"), "notice.pdf")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    kept = re.search(r'name="kept" value="([^"]+)"', answer.text)
    assert kept
    agent.send(
        address(ticket, "/reponses"), {"text": "Voir la notice", "then": "stay", "kept": kept[1]}
    )
    assert "notice.pdf" in agent.get(address(ticket)).text


def test_an_empty_note_is_refused_beside_its_field(site: Site, ticket: Ticket) -> None:
    answer = site.as_("teleadviser").send(address(ticket, "/notes"), {"text": ""})
    assert answer.status_code == 422
    assert "La note est vide" in answer.text


def test_a_note_is_marked_internal(site: Site, ticket: Ticket) -> None:
    agent = site.as_("teleadviser")
    agent.send(address(ticket, "/notes"), {"text": "Déjà vu hier"})
    page = agent.get(address(ticket)).text
    assert re.search(r"entry-note.*?interne.*?Déjà vu hier", page, re.S)


def test_an_empty_hand_over_is_refused_and_keeps_what_was_typed(site: Site, ticket: Ticket) -> None:
    agent = site.as_("teleadviser")
    answer = agent.send(
        address(ticket, "/escalades"), {"question": "", "exact_message": "Erreur 403"}
    )
    assert answer.status_code == 422
    assert "Erreur 403" in answer.text
    with db.transaction():
        assert again(ticket).level == 1


def test_the_level_below_sees_who_has_it_and_since_when(site: Site, ticket: Ticket) -> None:
    with db.transaction():
        mine = again(ticket)
        escalate(
            mine,
            again(site.cast.teams["dp"]),
            HandoverDraft(QUESTION, GIVEN),
            by=again(site.cast.teleadviser),
        )
    page = site.as_("teleadviser").get(address(ticket)).text
    current = re.search(r'aria-current="step".*?</li>', page, re.S)
    assert current
    assert "DP ANEF" in current[0]
    assert "depuis" in current[0]


def test_a_closed_ticket_offers_no_reply(site: Site, ticket: Ticket) -> None:
    agent = site.as_("teleadviser")
    agent.send(address(ticket, "/clotures"), {"how": "answered"})
    assert "Envoyer à" not in agent.get(address(ticket)).text
    late = agent.send(address(ticket, "/reponses"), {"text": "Trop tard", "then": "stay"})
    assert late.status_code == 409
    assert "Trop tard" in late.text or "clos" in late.text


def test_a_colleague_s_ticket_is_not_taken_by_surprise(site: Site, ticket: Ticket) -> None:
    site.as_("colleague").send(address(ticket, "/prises"))
    answer = site.as_("teleadviser").send(address(ticket, "/prises"))
    assert answer.status_code == 409
    assert "s’en occupe déjà" in answer.text


def test_the_reason_can_be_said_more_precisely(site: Site, ticket: Ticket) -> None:
    agent = site.as_("teleadviser")
    agent.send(
        address(ticket, "/qualifications"),
        {"motif": "nationality.decree", "demarche": "naturalisation", "dossier": "X 12"},
    )
    with db.transaction():
        mine = again(ticket)
        assert mine.reason.code == "nationality.decree"
        assert mine.field.value == "nationality"
        assert mine.dossier_number == "X 12"


@pytest.mark.parametrize("action", ["", "/escalades/nouvelle"])
@pytest.mark.parametrize("name", ["dp", "sdst", "referent", "pan"])
def test_another_team_s_ticket_does_not_exist(
    site: Site, ticket: Ticket, name: str, action: str
) -> None:
    assert site.as_(name).get(address(ticket, action)).status_code in (403, 404)


def test_a_promise_moved_within_its_day_says_the_hours(site: Site, ticket: Ticket) -> None:
    moved = {"was": "2026-11-27T09:00:00+00:00", "to": "2026-11-27T13:30:00+00:00"}
    with db.transaction():
        note_event(again(ticket), "promise_moved", by=SYSTEM, **moved)
        note_event(again(ticket), "promise_moved", by=SYSTEM, **{**moved, "to": NEXT_DAY})
    page = site.as_("teleadviser").get(address(ticket)).text
    assert re.search(r"heure promise du 27 nov\.( 2026)? reportée de 10:00 à 14:30", page)
    assert re.search(r"date promise reportée du 27 nov\.( 2026)? au 28 nov\.", page)
