"""Known issues on their pages: from a ticket, followed by a referent, ended for everybody."""

from __future__ import annotations

import re

import pytest

from escalation.known_issues import recording
from escalation.known_issues.recording import IssueDraft
from support.kernel import db, message_ids
from support.tickets.references import shown
from tests.cast import again
from tests.factories import a_message_id, a_ticket, climb, counted
from tests.web.conftest import Site

PUBLIC = "Un incident est en cours : votre demande n’est pas perdue."


@pytest.fixture(autouse=True)
def post():
    message_ids.configure(a_message_id)


@pytest.fixture
def issue(site: Site) -> int:
    with db.transaction():
        draft = IssueDraft(
            "La page 3 reste blanche",
            workaround="Prendre un autre navigateur.",
            public_words=PUBLIC,
            reason=again(site.cast.reasons["renewal.business"]),
        )
        return recording.record(draft, by=again(site.cast.dp)).id


def test_from_a_ticket_to_a_known_issue(site: Site) -> None:
    with db.transaction():
        ticket = a_ticket(site.cast, subject="Écran blanc à la page 3", team="ccc_a")
        reference = shown(ticket.reference)
        climb(ticket, "dp", site.cast, by=again(site.cast.teleadviser))
    dp = site.as_("dp")
    page = dp.get(f"/agent/tickets/{reference}").text
    assert f"/agent/anomalies/nouvelle?ticket={reference}" in page
    form = dp.get(f"/agent/anomalies/nouvelle?ticket={reference}").text
    assert 'value="Écran blanc à la page 3"' in form
    refused = dp.send("/agent/anomalies", {"title": "x", "details": "Gardé.", "ticket": reference})
    assert refused.status_code == 422
    assert "Gardé." in refused.text
    made = dp.send("/agent/anomalies", {"title": "Écran blanc", "ticket": reference})
    assert made.status_code == 303
    page = dp.get(made.location).text
    assert reference in page
    assert "ce ticket en fait partie" in dp.get(f"/agent/tickets/{reference}").text


def test_beside_a_ticket_it_is_tied_and_its_words_go_into_the_reply(site: Site, issue: int) -> None:
    with db.transaction():
        reference = shown(a_ticket(site.cast, reason="renewal.business").reference)
    agent = site.as_("teleadviser")
    page = agent.get(f"/agent/tickets/{reference}").text
    assert "La page 3 reste blanche" in page
    inserted = agent.get(f"/agent/tickets/{reference}?anomalie={issue}").text
    box = re.search(r'<textarea id="reponse"[^>]*>\n(.*?)</textarea>', inserted, re.DOTALL)
    assert box is not None
    assert box[1] == PUBLIC
    tied = agent.send(f"/agent/tickets/{reference}/anomalies", {"anomalie": issue})
    assert "sera prévenue" in agent.get(tied.location).text
    agent.send(f"/agent/tickets/{reference}/anomalies", {"anomalie": issue, "retirer": "1"})
    assert "ce ticket en fait partie" not in agent.get(f"/agent/tickets/{reference}").text


def test_a_referent_reads_it_first_and_follows_instead_of_reporting(site: Site, issue: int) -> None:
    referent = site.as_("referent")
    similar = referent.get("/agent/signalements/semblables?reason=renewal.business").text
    assert "La page 3 reste blanche" in similar
    assert "Prendre un autre navigateur." in similar
    fields = {"reason": "renewal.business", "text": "La page est blanche chez nous.", "cle": "k"}
    stopped = referent.send("/agent/signalements/nouveau", fields)
    assert stopped.status_code == 422
    assert "La page est blanche chez nous." in stopped.text
    assert referent.send("/agent/signalements/nouveau", {**fields, "vu": "renewal.business"}
                         ).status_code == 303  # fmt: skip
    wrong = referent.send(f"/agent/anomalies/{issue}/suivis", {"affected": "beaucoup"})
    assert wrong.status_code == 422
    assert 'value="beaucoup"' in wrong.text
    followed = referent.send(f"/agent/anomalies/{issue}/suivis", {"affected": "12"})
    page = referent.get(followed.location).text
    assert "12 dossiers touchés" in page
    assert "La terminer" not in page
    assert "Qui la suit" not in page  # whose names are for those who track it
    assert "Sandrine Peyrard" in site.as_("dp").get(f"/agent/anomalies/{issue}").text


def test_ended_it_moves_to_the_other_list(site: Site, issue: int) -> None:
    dp = site.as_("dp")
    bad = dp.send(f"/agent/anomalies/{issue}/fins", {"how": "fixed", "words": "ok"})
    assert bad.status_code == 422
    dp.send(
        f"/agent/anomalies/{issue}/fins", {"how": "fixed", "words": "C’est réparé : réessayez."}
    )
    stale = dp.send(
        f"/agent/anomalies/{issue}/fins", {"how": "fixed", "words": "Déjà, de mon côté."}
    )
    assert stale.status_code == 409
    assert "Déjà, de mon côté." in stale.text
    assert "La page 3" not in dp.get("/agent/anomalies").text
    assert "La page 3" in dp.get("/agent/anomalies?etat=terminees").text
    assert "C’est réparé : réessayez." in dp.get(f"/agent/anomalies/{issue}").text
    edited = dp.send(f"/agent/anomalies/{issue}/modifier", {"title": "Un autre titre"})
    assert edited.status_code == 409
    assert "Un autre titre" in edited.text
    dp.send(f"/agent/anomalies/{issue}/reouvertures")
    changed = dp.send(f"/agent/anomalies/{issue}/modifier", {"title": "Un autre titre"})
    assert "Un autre titre" in dp.get(changed.location).text


def test_the_list_costs_the_same_for_many(site: Site) -> None:
    costs = []
    dp = site.as_("dp")
    for _round in range(2):
        with db.transaction():
            for n in range(5):
                recording.record(IssueDraft(f"Anomalie {n}"), by=again(site.cast.dp))
        with counted() as sql:
            dp.get("/agent/anomalies")
        costs.append(len(sql))
    assert costs[0] == costs[1]


SHOWN_ON = ("/", "/aide", "/aide?q=photo", "/contact", "/contact?motif=account.blocked")


def test_everybody_reads_of_it_while_it_is_live_and_shown(site: Site) -> None:
    dp, public = site.as_("dp"), site.anyone()
    typed = {"title": "Le site est en panne", "kind": "incident", "shown_publicly": "1"}
    refused = dp.send("/agent/anomalies", typed)
    assert refused.status_code == 422
    assert "Écrivez ce que tout le monde lira" in refused.text
    words = "Le paiement <b>est</b> coupé jusqu'à midi."
    made = dp.send("/agent/anomalies", typed | {"public_words": words})
    number = made.location.rpartition("/")[2]
    assert "montré à tout le monde" in dp.get(made.location).text
    assert (
        "checked"
        in re.search(  # type: ignore[union-attr]
            r'<input[^>]*name="shown_publicly"[^>]*>', dp.get(f"{made.location}/modifier").text
        ).group()
    )
    for address in SHOWN_ON:
        page = public.get(address).text
        assert "En ce moment" in page, address
        assert "Le paiement &lt;b&gt;est&lt;/b&gt; coupé" in page
        assert "Le site est en panne" not in page  # the title is written for agents
    dp.send(f"/agent/anomalies/{number}/fins", {"how": "fixed", "words": "Réparé à midi."})
    assert all("En ce moment" not in public.get(address).text for address in SHOWN_ON)


def test_what_is_not_shown_is_not_there(site: Site, issue: int) -> None:
    for address in SHOWN_ON:
        page = site.anyone().get(address).text
        assert PUBLIC not in page
        assert "En ce moment" not in page


def test_no_more_than_three_are_shown(site: Site) -> None:
    with db.transaction():
        for number in range(5):
            draft = IssueDraft(f"Panne {number}", public_words=f"Panne {number} là.",
                               shown_publicly=True)  # fmt: skip
            recording.record(draft, by=again(site.cast.dp))
    page = site.anyone().get("/aide").text
    assert re.findall(r"Panne \d là", page) == ["Panne 4 là", "Panne 3 là", "Panne 2 là"]
