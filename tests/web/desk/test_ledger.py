"""The ledger of mail: everything that came, found and put right; to each what they may see."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import delete

from channels.mail import inbox
from support.intake.models import Outcome, Received
from support.kernel import db
from support.tickets.models import Ticket, TicketAccess
from support.tickets.references import shown
from tests.factories import a_ticket, counted
from tests.web.conftest import Site
from tests.web.desk.test_sorting import a_mail, arrive, outcome

LIST = "/agent/courriels/registre"
BOUND = 7


@pytest.fixture
def ticket(site: Site) -> Ticket:
    with db.transaction():
        return a_ticket(site.cast, subject="Photo refusée")


def titles(page: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'class="row-open"[^>]*>([^<]+)<', page)]


def test_everything_is_there_with_its_outcome_in_plain_words(site: Site) -> None:
    arrive(a_mail("Ma demande", "Bonjour"))
    arrive(a_mail("Absente", "Je suis absente", Auto_Submitted="auto-replied"))
    arrive(a_mail("La lettre n° 48", "Nouvelles", List_Id="<lettre.example.org>"))
    kept = inbox.take_in(a_mail("Tout juste", "arrivé"), "test").received.id
    page = site.as_("teleadviser").get(LIST).text
    assert len(re.findall(r'<tr role="row" class="row-link', page)) == 4
    assert titles(page)[1:] == ["La lettre n° 48", "Absente", "Ma demande"]
    for words in ("A ouvert un ticket", "Réponse automatique", "À trier", "Lettre de diffusion",
                  "Pas encore lu"):  # fmt: skip
        assert words in page
    assert f"{LIST}/{kept}" in page


FILTERS = {
    "sort=auto_reply": ["Absente"],
    "de=MARIAM@": ["La lettre n° 48", "Absente"],
    "objet=lettre+48": ["La lettre n° 48"],
    "objet=100%25": [],
    "identifiant=known@mail.example.org": ["Ma demande"],
    "du=2000-01-01&au=2000-01-02": [],
    "du=hier&sort=rien": ["La lettre n° 48", "Absente", "Ma demande"],
}


@pytest.mark.parametrize("query", FILTERS)
def test_what_is_looked_for_is_found(site: Site, query: str) -> None:
    raw = a_mail("Ma demande", "Bonjour", sender="Awa <awa@example.org>")
    arrive(re.sub(rb"Message-ID: <[^>]+>", b"Message-ID: <known@mail.example.org>", raw))
    arrive(a_mail("Absente", "Je suis absente", Auto_Submitted="auto-replied"))
    arrive(a_mail("La lettre n° 48", "Nouvelles", List_Id="<lettre.example.org>"))
    assert titles(site.as_("teleadviser").get(f"{LIST}?{query}").text) == FILTERS[query]


def test_the_list_goes_by_pages_both_ways(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.desk.ledger.SHOWN", 2)
    for n in range(5):
        arrive(a_mail(f"Lettre {n}", "x", List_Id="<l.org>"))
    agent, address, seen = site.as_("teleadviser"), LIST, []
    while address:
        page = agent.get(address).text
        seen.append(titles(page))
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = unescape(following[1]) if following else ""
    assert seen == [["Lettre 4", "Lettre 3"], ["Lettre 2", "Lettre 1"], ["Lettre 0"]]
    back = re.search(r'href="([^"]+)" rel="prev"', page)
    assert back
    assert titles(agent.get(unescape(back[1])).text) == ["Lettre 2", "Lettre 1"]


@pytest.mark.parametrize("many", [1, 30])
def test_the_list_costs_the_same_however_much_came(site: Site, many: int) -> None:
    for n in range(many):
        arrive(a_mail(f"Lettre {n}", "x", sender=f"p{n}@example.org"))
    agent = site.as_("teleadviser")
    with counted() as queries:
        assert agent.get(LIST).status_code == 200
    assert len(queries) <= BOUND, "\n".join(queries)


def test_a_mail_opens_whole(site: Site) -> None:
    received = arrive(a_mail("Absente", "Avec la pièce", Auto_Submitted="auto-replied"))
    agent = site.as_("teleadviser")
    page = agent.get(f"{LIST}/{received}").text
    for words in ("Auto-Submitted: auto-replied", "Avec la pièce", "carte.pdf"):
        assert words in page
    assert agent.get(f"{LIST}/{received}/pieces/0").data == b"%PDF-1.4"
    assert agent.get(f"{LIST}/{received}/pieces/1").status_code == 404
    saved = agent.get(f"{LIST}/{received}/brut")
    with db.transaction(write=False) as session:
        assert saved.data == session.get_one(Received, received).raw
    assert "courriel-" in saved.headers["Content-Disposition"]


def test_what_is_on_a_ticket_out_of_sight_shows_only_that_it_came(
    site: Site, ticket: Ticket
) -> None:
    received = arrive(a_mail("Mon secret", "Bonjour"))
    with db.transaction() as session:
        session.execute(delete(TicketAccess))
    agent = site.as_("teleadviser")
    page = agent.get(LIST).text
    assert "A ouvert un ticket" in page
    for hidden in ("Mon secret", "mariam@example.org", f"{LIST}/{received}"):
        assert hidden not in page
    for address in ("", "/brut", "/pieces/0"):
        assert agent.get(f"{LIST}/{received}{address}").status_code == 404
    for action in ("rattachements", "tickets", "relectures"):
        assert agent.send(f"{LIST}/{received}/{action}").status_code == 404
    assert "Mon secret" not in agent.get(f"{LIST}?objet=secret").text
    assert "Mon secret" in site.as_("admin").get(LIST).text


def test_one_action_puts_it_on_a_ticket(site: Site, ticket: Ticket) -> None:
    received = arrive(a_mail("Absente", "Voici ma réponse", Auto_Submitted="auto-replied"))
    agent = site.as_("teleadviser")
    page = agent.get(f"{LIST}/{received}").text
    seen = re.search(r'name="vu" value="([^"]*)"', page)
    assert seen
    fields = {"reference": shown(ticket.reference), "vu": unescape(seen[1])}
    for _twice in range(2):
        answer = agent.send(f"{LIST}/{received}/rattachements", fields, follow_redirects=True)
        assert "Courriel classé sur le ticket <a href" in answer.text
    assert outcome(received) is Outcome.APPENDED
    assert "Voici ma réponse" in agent.get(f"/agent/tickets/{shown(ticket.reference)}").text
    late = site.as_("colleague").send(f"{LIST}/{received}/tickets", {"vu": fields["vu"]})
    assert late.status_code == 409
    assert "déjà classé" in late.text


def test_one_action_opens_a_ticket_or_runs_the_rules(site: Site) -> None:
    letter = arrive(a_mail("La lettre", "Nouvelles", List_Id="<l.org>"))
    agent = site.as_("teleadviser")
    again = agent.send(f"{LIST}/{letter}/relectures", follow_redirects=True)
    assert "Règles appliquées à nouveau" in again.text
    opened = agent.send(f"{LIST}/{letter}/tickets", follow_redirects=True)
    assert "Ouvert, motif à préciser" in opened.text
    assert outcome(letter) is Outcome.CREATED


def test_a_wrong_reference_is_said_beside_the_field(site: Site) -> None:
    letter = arrive(a_mail("La lettre", "Nouvelles", List_Id="<l.org>"))
    answer = site.as_("teleadviser").send(f"{LIST}/{letter}/rattachements", {"reference": "12"})
    assert answer.status_code == 422
    assert "field-error" in answer.text
