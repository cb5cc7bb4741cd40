"""Sorting mail: read, put where it belongs, once; nothing shown that is not to be sorted."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.message import EmailMessage
from html import unescape

import pytest
import time_machine
from sqlalchemy import func, select

from channels.mail import inbox, sorting
from support.intake.models import Outcome, Received
from support.kernel import db
from support.tickets.models import Follower, Ticket
from support.tickets.references import shown
from support.tickets.replying import agent_replies
from support.tickets.timeline import Entry, EntryKind
from tests.cast import again
from tests.factories import a_reply, a_report, a_ticket, counted
from tests.web.conftest import Site

LIST = "/agent/courriels"
BOUND = 7


def a_mail(subject: str, text: str = "Je suis sa sœur.", **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = headers.pop("sender", "Mariam Traoré <mariam@example.org>")
    mail["To"] = "centre@demo.relais"
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{abs(hash((subject, text)))}@mail.example.org>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if "pièce" in text:
        mail.add_attachment(
            b"%PDF-1.4", maintype="application", subtype="pdf", filename="carte.pdf"
        )
    return mail.as_bytes()


def arrive(raw: bytes) -> int:
    """Taken in and understood, as the worker does. The identifier of what was received."""
    received = inbox.take_in(raw, "test").received
    inbox.understand_now(received.id)
    return received.id


def a_stray(ticket: Ticket, text: str = "Je suis sa sœur, voici la pièce.") -> int:
    """A stranger's answer to ``ticket``."""
    return arrive(a_mail(f"Re: [#{shown(ticket.reference)}] Votre demande", text))


def outcome(received_id: int) -> Outcome | None:
    with db.transaction() as session:
        return session.get_one(Received, received_id).outcome


def words_on(ticket: Ticket) -> list[str]:
    with db.transaction() as session:
        query = select(Entry.text).where(
            Entry.ticket_id == ticket.id, Entry.kind == EntryKind.MESSAGE
        )
        return list(session.scalars(query.order_by(Entry.id)))


@pytest.fixture
def ticket(site: Site) -> Ticket:
    with db.transaction():
        return a_ticket(site.cast, subject="Photo refusée")


def test_what_waits_is_listed_with_its_reason_in_plain_words(site: Site, ticket: Ticket) -> None:
    a_stray(ticket)
    arrive(a_mail("La lettre n° 48", List_Id="<lettre.example.org>"))
    page = site.as_("teleadviser").get(LIST).text
    assert "2 courriels" in page
    for words in ("Mariam Traoré", "Répond à un ticket", "Lettre de diffusion",
                  shown(ticket.reference), "1 pièce jointe"):  # fmt: skip
        assert words in page
    assert page.index("Votre demande") < page.index("La lettre n° 48")


def test_nothing_waits(site: Site) -> None:
    assert "Rien à trier" in site.as_("teleadviser").get(LIST).text


def test_the_list_goes_by_pages_both_ways(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.desk.sorting.SHOWN", 2)
    for n in range(5):
        arrive(a_mail(f"Lettre {n}", List_Id="<lettre.example.org>"))
    agent = site.as_("teleadviser")

    def shown_on(address: str) -> tuple[list[str], str | None, str | None]:
        page = agent.get(address).text
        links = {
            rel: next(iter(re.findall(rf'href="([^"]+)" rel="{rel}"', page)), None)
            for rel in ("prev", "next")
        }
        titles = re.findall(r'class="row-open"[^>]*>(Lettre \d)<', page)
        return titles, *(unescape(links[r]) if links[r] else None for r in ("prev", "next"))

    first, previous, following = shown_on(LIST)
    assert (first, previous) == (["Lettre 0", "Lettre 1"], None)
    second, _, following = shown_on(following)
    assert second == ["Lettre 2", "Lettre 3"]
    third, back, following = shown_on(following)
    assert (third, following) == (["Lettre 4"], None)
    second_again, back, _ = shown_on(back)
    assert second_again == second
    first_again, back, _ = shown_on(back)
    assert (first_again, back) == (first, None)


@pytest.mark.parametrize("many", [1, 30])
def test_the_list_costs_the_same_however_much_waits(site: Site, ticket: Ticket, many: int) -> None:
    for n in range(many):
        a_stray(ticket, f"Message {n}")
    agent = site.as_("teleadviser")
    with counted() as sql:
        assert "Mariam Traoré" in agent.get(LIST).text
    assert len(sql) <= BOUND, "\n".join(sql)


def test_a_message_is_read_with_its_files_before_it_is_sorted(site: Site, ticket: Ticket) -> None:
    stray = a_stray(ticket)
    agent = site.as_("teleadviser")
    page = agent.get(f"{LIST}/{stray}").text
    for words in ("Je suis sa sœur", "mariam@example.org", "carte.pdf", "Photo refusée"):
        assert words in page
    assert f'value="{shown(ticket.reference)}"' in page
    file = agent.get(f"{LIST}/{stray}/pieces/0")
    assert (file.status_code, file.data) == (200, b"%PDF-1.4")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert agent.get(f"{LIST}/{stray}/pieces/1").status_code == 404


def test_attached_it_is_on_the_ticket_and_the_next_one_opens(site: Site, ticket: Ticket) -> None:
    stray, other = a_stray(ticket), a_stray(ticket, "Un autre message.")
    agent = site.as_("teleadviser")
    answer = agent.send(f"{LIST}/{stray}/rattachements", {"reference": shown(ticket.reference)})
    assert answer.location == f"{LIST}/{other}"
    page = agent.get(answer.location).text
    assert f'<a href="/agent/tickets/{shown(ticket.reference)}">' in page
    assert words_on(ticket)[-1].startswith("Je suis sa sœur")
    assert outcome(stray) is Outcome.APPENDED
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Follower)) == 0


def test_on_the_ticket_it_is_signed_by_who_wrote_it(site: Site, ticket: Ticket) -> None:
    stray = a_stray(ticket)
    agent = site.as_("teleadviser")
    agent.send(f"{LIST}/{stray}/rattachements", {"reference": shown(ticket.reference)})
    assert "Mariam Traoré" in agent.get(f"/agent/tickets/{shown(ticket.reference)}").text


def test_a_mail_that_waited_says_when_it_came(site: Site, ticket: Ticket) -> None:
    with time_machine.travel(datetime(2026, 11, 10, 9, 12, tzinfo=UTC)):
        stray = a_stray(ticket)
    fields = {"reference": shown(ticket.reference)}
    with time_machine.travel(datetime(2026, 11, 12, 14, 0, tzinfo=UTC)):
        site.as_("teleadviser").send(f"{LIST}/{stray}/rattachements", fields)
        page = site.as_("teleadviser").get(f"/agent/tickets/{shown(ticket.reference)}").text
    assert "Arrivé : mardi 10 novembre 2026 à 10:12" in page


def test_the_sender_may_become_part_of_the_ticket(site: Site, ticket: Ticket) -> None:
    stray = a_stray(ticket)
    agent = site.as_("teleadviser")
    assert 'name="suivre"' in agent.get(f"{LIST}/{stray}").text
    fields = {"reference": shown(ticket.reference), "suivre": "y"}
    agent.send(f"{LIST}/{stray}/rattachements", fields)
    assert outcome(a_stray(ticket, "Encore moi.")) is Outcome.APPENDED
    assert words_on(ticket)[-1] == "Encore moi."


def test_another_ticket_than_the_suggested_one(site: Site, ticket: Ticket) -> None:
    with db.transaction():
        other = a_ticket(site.cast, again(site.cast.chen))
    stray = a_stray(ticket)
    fields = {"reference": other.reference}  # as it is read out, without dashes
    site.as_("teleadviser").send(f"{LIST}/{stray}/rattachements", fields)
    assert words_on(other)[-1].startswith("Je suis sa sœur")
    assert len(words_on(ticket)) == 1


@pytest.mark.parametrize("typed", ["", "2611-0000-0000", "bonjour"])
def test_a_wrong_reference_is_told_beside_it(site: Site, ticket: Ticket, typed: str) -> None:
    stray = a_stray(ticket)
    page = site.as_("teleadviser").send(f"{LIST}/{stray}/rattachements", {"reference": typed})
    assert page.status_code == 422
    assert 'id="reference-error"' in page.text
    assert outcome(stray) is Outcome.QUARANTINED


def test_a_ticket_out_of_sight_takes_no_mail(site: Site, ticket: Ticket) -> None:
    with db.transaction():
        report = a_report(site.cast)
    stray = a_stray(ticket)
    fields = {"reference": shown(report.reference)}
    page = site.as_("teleadviser").send(f"{LIST}/{stray}/rattachements", fields)
    assert page.status_code == 422
    assert outcome(stray) is Outcome.QUARANTINED


def test_a_request_of_its_own_opens_a_ticket(site: Site, ticket: Ticket) -> None:
    stray = a_stray(ticket)
    agent = site.as_("teleadviser")
    answer = agent.send(f"{LIST}/{stray}/tickets")
    assert answer.location == LIST  # the last one
    with db.transaction() as session:
        opened = session.scalars(select(Ticket).where(Ticket.id != ticket.id)).one()
        assert opened.person is not None
        assert opened.person.email == "mariam@example.org"
    assert shown(opened.reference) in agent.get(LIST).text


def test_set_aside_with_a_reason_and_taken_back(site: Site, ticket: Ticket) -> None:
    stray = a_stray(ticket)
    agent = site.as_("teleadviser")
    sent = {"raison": "hameconnage", "precision": "faux lien"}
    answer = agent.send(f"{LIST}/{stray}/mises-a-part", sent)
    assert outcome(stray) is Outcome.SET_ASIDE
    assert f"{LIST}/{stray}" in agent.get(answer.location).text
    page = agent.get(f"{LIST}/{stray}").text
    for words in ("Mis à part par Hugo Lambert", "Hameçonnage", "faux lien", "Je suis sa sœur"):
        assert words in page
    agent.send(f"{LIST}/{stray}/remises")
    assert outcome(stray) is Outcome.QUARANTINED
    listed = agent.get(LIST).text
    assert "Répond à un ticket" in listed
    assert shown(ticket.reference) in listed


@pytest.mark.parametrize(
    ("sent", "field"),
    [({}, "raison"), ({"raison": "autre"}, "precision"), ({"raison": "x"}, "raison")],
)
def test_set_aside_without_a_reason_is_refused(site: Site, ticket: Ticket, sent, field) -> None:
    stray = a_stray(ticket)
    page = site.as_("teleadviser").send(f"{LIST}/{stray}/mises-a-part", sent)
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert outcome(stray) is Outcome.QUARANTINED


ACTIONS = {
    "rattachements": lambda ticket: {"reference": shown(ticket.reference)},
    "tickets": lambda ticket: {},
    "mises-a-part": lambda ticket: {"raison": "double"},
    "remises": lambda ticket: {},
}


@pytest.mark.parametrize("action", ACTIONS)
def test_the_second_of_two_is_told_what_became_of_it(
    site: Site, ticket: Ticket, action: str
) -> None:
    stray = a_stray(ticket)
    fields = {"reference": shown(ticket.reference)}
    site.as_("teleadviser").send(f"{LIST}/{stray}/rattachements", fields)
    late = site.as_("colleague").send(f"{LIST}/{stray}/{action}", ACTIONS[action](ticket))
    assert late.status_code == 409
    assert "déjà classé" in late.text
    assert shown(ticket.reference) in late.text
    assert len(words_on(ticket)) == 2
    assert site.as_("colleague").get(f"{LIST}/{stray}").status_code == 409


def test_a_mail_that_was_never_to_be_sorted_is_not_read_here(site: Site) -> None:
    with db.transaction():
        report = a_report(site.cast)
        ours = agent_replies(report, a_reply(), by=again(site.cast.dp)).message_id
    sender = f"Sandrine Peyrard <{site.cast.referent.email}>"
    subject = f"[#{shown(report.reference)}] Suite"
    # In answer to a message of ours: the tag alone would leave a staff address to be sorted.
    mail = a_mail(subject, "Secret du référent", sender=sender, In_Reply_To=ours)
    filed = arrive(mail)
    assert outcome(filed) is Outcome.APPENDED
    page = site.as_("teleadviser").get(f"{LIST}/{filed}")
    assert page.status_code == 409
    assert "Secret" not in page.text
    assert shown(report.reference) not in page.text
    assert site.as_("teleadviser").get(f"{LIST}/{filed}/pieces/0").status_code == 409


@pytest.mark.parametrize("who", ["pan", "dp", "sdst", "referent", "editor", "steering"])
def test_who_does_not_sort_reads_nothing(site: Site, ticket: Ticket, who: str) -> None:
    stray = a_stray(ticket)
    agent = site.as_(who)
    for path in (LIST, f"{LIST}/{stray}", f"{LIST}/{stray}/pieces/0"):
        answer = agent.get(path)
        assert answer.status_code == 403
        assert "sœur" not in answer.text
    for action, fields in ACTIONS.items():
        assert agent.send(f"{LIST}/{stray}/{action}", fields(ticket)).status_code == 403
    assert outcome(stray) is Outcome.QUARANTINED


def test_only_what_a_person_set_aside_is_put_back(site: Site, ticket: Ticket) -> None:
    stray = a_stray(ticket)
    assert site.as_("teleadviser").send(f"{LIST}/{stray}/remises").status_code == 409
    assert outcome(stray) is Outcome.QUARANTINED
    with db.transaction():
        assert db.session().scalar(select(sorting.waiting_count(1))) == 1


def test_the_rail_says_how_many_wait_to_those_who_sort(site: Site, ticket: Ticket) -> None:
    a_stray(ticket)
    a_stray(ticket, "Un autre message.")
    counts = r'Courriels à trier</span>\s*<span class="count[^>]*>\s*2\s*<'
    assert re.search(counts, site.as_("teleadviser").get("/agent/tickets").text)
    assert "Courriels à trier" not in site.as_("dp").get("/agent/tickets").text


def test_who_claims_to_be_a_colleague_is_named_so_on_a_ticket_too(
    site: Site, ticket: Ticket
) -> None:
    subject = f"Re: [#{shown(ticket.reference)}] Votre demande"
    forged = arrive(a_mail(subject, "Merci de clore.", sender=site.cast.teleadviser.email))
    page = site.as_("teleadviser").get(f"{LIST}/{forged}").text
    assert "Dit venir d’un agent" in page
    assert f'value="{shown(ticket.reference)}"' in page
    assert 'name="suivre"' not in page
