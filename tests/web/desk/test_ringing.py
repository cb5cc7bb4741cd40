"""A call that rings: seen by whom it is for, taken by one, gone when a colleague answers."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from channels.phone.calls import PhoneCall
from support.kernel import db
from support.people import accounts, tokens
from support.people.models import ContactKind, Person, PersonContact
from support.people.tokens import TokenKind
from support.tickets.references import shown
from tests.cast import again
from tests.factories import a_ticket, counted
from tests.web.conftest import Browser, Post, Site
from tests.web.desk.test_calls import about_something_new, only, token_of

ASK = "/agent/appels/entrants"
NOTHING_NEW = 3  # queries of who asks while nothing changes: signed in, what rings


@pytest.fixture
def placed(site: Site) -> Site:
    with db.transaction():
        for name, place in (("teleadviser", "2204"), ("colleague", "2205")):
            accounts.set_extension(again(getattr(site.cast, name)), place, by=None)
    return site


def seen(browser: Browser) -> str:
    answer = browser.get(ASK)
    assert answer.status_code in (200, 204)
    return answer.text


def take(browser: Browser) -> str:
    found = re.search(r'action="(/agent/appels/entrants/\d+/prises)"', seen(browser))
    assert found
    return found[1]


def test_the_called_agent_sees_who_it_is_and_what_is_open(placed: Site, exchange: Post) -> None:
    with db.transaction() as session:
        ticket = a_ticket(placed.cast, again(placed.cast.awa), subject="Photo refusée")
        binta = session.scalars(select(PersonContact).where(
            PersonContact.kind == ContactKind.PHONE,
            PersonContact.person_id == placed.cast.binta.id)).one()  # fmt: skip
        binta.vouched_at = None
    exchange("newCall", callId="1", user="2204")
    page = seen(placed.as_("teleadviser"))
    assert "06 39 98 00 01" in page
    assert "Photo refusée" in page
    assert shown(ticket.reference) in page
    awa, maybe = page.index("Awa Traoré"), page.index("peut-être</span> <a")
    assert awa < maybe < page.index("Binta Traoré")
    for other in ("colleague", "other_team", "supervisor"):
        assert seen(placed.as_(other)) == ""


def test_a_queue_rings_at_all_who_are_free_until_one_answers(
    placed: Site,
    exchange: Post,
) -> None:
    mine, hers, elsewhere = map(placed.as_, ("teleadviser", "colleague", "other_team"))
    exchange("newCall", callId="1", queue="ccc_a")
    assert "Appel entrant" in seen(mine)
    assert "Appel entrant" in seen(hers)
    assert seen(elsewhere) == ""
    exchange("answer", callId="1", user="2205")
    assert seen(mine) == ""
    assert "Vous êtes en ligne" in seen(hers)
    exchange("newCall", callId="2", queue="ccc_a", **{"from": "0639980003"})
    assert "06 39 98 00 03" in seen(mine)
    assert "06 39 98 00 03" not in seen(hers)  # she speaks with somebody
    exchange("newCall", callId="3", user="2205", **{"from": "0639980004"})
    assert "06 39 98 00 04" in seen(hers)  # but this one is for her


@pytest.mark.parametrize("sender", ["anonymous", "2207"])
def test_a_number_that_is_none_rings_all_the_same(
    placed: Site, exchange: Post, sender: str
) -> None:
    exchange("newCall", callId="1", user="2204", **{"from": sender})
    page = seen(placed.as_("teleadviser"))
    assert ("numéro masqué" if sender == "anonymous" else "poste 2207") in page


def test_asking_again_costs_next_to_nothing(placed: Site, exchange: Post) -> None:
    agent = placed.as_("teleadviser")
    with counted() as sql:
        assert agent.get(ASK).status_code == 204
    assert len(sql) <= NOTHING_NEW, "\n".join(sql)
    exchange("newCall", callId="1", user="2204")
    first = agent.get(ASK)
    with counted() as sql:
        again_ = agent.get(ASK, headers={"If-None-Match": first.headers["ETag"]})
    assert (again_.status_code, again_.data) == (304, b"")
    assert len(sql) <= NOTHING_NEW, "\n".join(sql)
    assert "Set-Cookie" not in again_.headers  # asking by itself prolongs no session
    exchange("answer", callId="1", user="2204")
    changed = agent.get(ASK, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_pages_ask_only_when_an_exchange_tells(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = site.as_("teleadviser")
    assert "data-ring-url" not in agent.get("/agent/").text
    with db.transaction():
        admin = again(site.cast.admin)
        issued = tokens.issue(admin, by=None, kind=TokenKind.TELEPHONY).token
    assert "data-ring-url" in agent.get("/agent/").text
    assert "data-ring-url" not in site.as_("dp").get("/agent/").text
    monkeypatch.setattr(site.app.config["SETTINGS"], "telephony", "off")
    assert "data-ring-url" not in agent.get("/agent/").text
    monkeypatch.setattr(site.app.config["SETTINGS"], "telephony", "auto")
    with db.transaction():
        tokens.revoke(again(issued), by=None)
    assert "data-ring-url" not in agent.get("/agent/").text


def test_taking_it_opens_the_screen_with_who_calls(placed: Site, exchange: Post) -> None:
    exchange("newCall", callId="1", user=["2204", "2205"], **{"from": "0639980003"})
    agent, slower = placed.as_("teleadviser"), placed.as_("colleague")
    path = take(agent)
    screen = agent.send(path, follow_redirects=True)
    assert screen.status_code == 200
    assert 'id="appelant-choisi">Wei Chen' in screen.text  # the only one, and surely
    assert seen(agent) == ""
    late = slower.send(path, follow_redirects=True)
    assert "Hugo Lambert a pris cet appel." in late.text
    # Noted, it is on the ticket with the exchange's own times, and is not asked for again.
    exchange("answer", callId="1", user="2204")
    exchange("hangup", callId="1", cause="normalClearing")
    hidden = dict(re.findall(r'name="(telephone|numero)" value="([^"]*)"', screen.text))
    fields = {**about_something_new(placed), **hidden, "appel": token_of(screen.text)}
    assert agent.send("/agent/appels", fields).status_code == 303
    call = only(PhoneCall)
    assert call.ticket_id is not None
    assert call.noted_at is not None
    assert "pas encore notés" not in agent.get("/agent/appels").text


def test_one_who_called_in_vain_is_listed_until_somebody_calls(
    placed: Site, exchange: Post
) -> None:
    with db.transaction():
        a_ticket(placed.cast, again(placed.cast.chen), subject="Mot de passe")
    for call_id in ("1", "2"):
        exchange("newCall", callId=call_id, user="2204", **{"from": "0639980003"})
        exchange("hangup", callId=call_id, cause="noAnswer")
    agent = placed.as_("teleadviser")
    assert "1 appel à rappeler" in agent.get("/agent/tickets").text
    home = agent.get("/agent/").text
    assert "Ma journée" in home
    page = agent.get("/agent/appels").text
    for words in ("06 39 98 00 03", "2 appels", "Wei Chen", "Mot de passe"):
        assert words in page
    found = re.search(r"/agent/appels/rappels/(\d+)/prises", page)
    assert found
    screen = agent.send(found[0], follow_redirects=True)
    assert f'name="rappel" value="{found[1]}"' in screen.text
    assert "Hugo Lambert s’en occupe" in placed.as_("colleague").get("/agent/appels").text
    fields = {**about_something_new(placed), "rappel": found[1], "numero": "+33639980003",
              "appel": token_of(screen.text)}  # fmt: skip
    assert agent.send("/agent/appels", fields).status_code == 303
    assert "Personne à rappeler" in agent.get("/agent/appels").text


def test_a_call_back_is_promised_moved_tried_and_done(site: Site) -> None:
    with db.transaction():
        ticket = a_ticket(site.cast)
    agent, reference = site.as_("teleadviser"), shown(ticket.reference)
    form = agent.get("/agent/appels/rappels/nouveau", query_string={"ticket": reference}).text
    slot = re.search(r'name="quand" value="([^"]+/[^"]+)"', form)
    assert slot
    assert 'value="06 39 98 00 01"' in form
    typed = {"ticket": reference, "numero": "12", "pourquoi": "Dire que la photo est bonne"}
    wrong = agent.send("/agent/appels/rappels", typed)
    assert wrong.status_code == 422
    assert "Dire que la photo est bonne" in wrong.text
    sent = {"ticket": reference, "numero": "0639980001", "quand": slot[1], "qui": "equipe"}
    assert agent.send("/agent/appels/rappels", sent).status_code == 303
    assert "rappel promis" in agent.get(f"/agent/tickets/{reference}").text
    page = agent.get("/agent/appels").text
    found = re.search(r'href="(/agent/appels/rappels/\d+)"', page)
    assert found
    assert agent.send(found[1] + "/absences", {}).status_code == 422
    assert agent.send(found[1] + "/absences", {"quand": slot[1]}).status_code == 303
    assert "1 essai" in agent.get("/agent/appels").text
    assert agent.send(found[1] + "/fins", {"issue": "Elle a compris"}).status_code == 303
    assert "Aucun rappel promis" in agent.get("/agent/appels").text
    assert "rappel fait" in agent.get(f"/agent/tickets/{reference}").text


def test_one_call_about_three_things_by_an_interpreter(site: Site) -> None:
    with db.transaction():
        chen = again(site.cast.chen)
        first, second = (a_ticket(site.cast, chen, subject=s) for s in ("Photo", "Adresse"))
    agent = site.as_("teleadviser")
    screen = agent.get("/agent/appels/nouveau", follow_redirects=True).text
    fields = {
        "appel": token_of(screen), "personne": str(chen.id), "ticket": shown(first.reference),
        "note": "La photo.", "suite": "ajouter", "par": "interpreter", "aide_nom": "M. Safi",
        "aide_organisme": "ISM", "aide_langue": "prs", "retenir": "oui",
    }  # fmt: skip
    more = agent.send("/agent/appels", fields)
    assert 'name="ticket_1"' in more.text
    assert "La photo." in more.text
    fields |= {
        "autres": "2", "suite": "keep",
        "ticket_1": shown(second.reference), "note_1": "L’adresse.", "fin_1": "close",
        "ticket_2": "nouveau", "note_2": "Le mot de passe.",
    }  # fmt: skip
    refused = agent.send("/agent/appels", fields)
    assert refused.status_code == 422
    assert 'href="#motif_2"' in refused.text
    unsaid = agent.send("/agent/appels", fields | {"ticket_2": ""})
    assert 'href="#ticket_2"' in unsaid.text
    assert 'href="#motif_2"' not in unsaid.text
    # It is still the call screen, for the rail too.
    active = r'href="/agent/appels/nouveau" aria-current="page"'
    assert active in unsaid.text
    assert agent.send("/agent/appels", fields | {"motif_2": "account.blocked"}).status_code == 303
    page = agent.get(f"/agent/tickets/{shown(first.reference)}").text
    for words in ("par interprète (dari)", "M. Safi, ISM", "Le même appel, aussi sur", "Adresse"):
        assert words in page
    assert "Le même appel" in agent.get(f"/agent/tickets/{shown(second.reference)}").text
    with db.transaction() as session:
        person = session.get(Person, chen.id)
        assert person
        assert (person.speaks_through, person.interpreted_language) == ("interpreter", "prs")
        assert not again(second).is_open
    assert (
        "parle par interprète (dari)"
        in agent.get(f"/agent/appels/appelant?personne={chen.id}").text
    )


def test_a_third_party_needs_the_persons_agreement_noted(site: Site) -> None:
    agent = site.as_("teleadviser")
    screen = agent.get("/agent/appels/nouveau", follow_redirects=True).text
    fields = {**about_something_new(site), "appel": token_of(screen), "par": "third_party"}
    refused = agent.send("/agent/appels", fields)
    assert refused.status_code == 422
    assert 'href="#accord"' in refused.text
    assert agent.send("/agent/appels", {**fields, "accord": "non"}).status_code == 303


def test_a_wrong_number_needs_no_ticket(site: Site) -> None:
    agent = site.as_("teleadviser")
    screen = agent.get("/agent/appels/nouveau?numero=0639980003", follow_redirects=True).text
    fields = {"appel": token_of(screen), "appelant": "0639980003", "suite": "nothing"}
    assert agent.send("/agent/appels", fields).status_code == 422
    fields["conclusion"] = "wrong_number"
    for _press in range(2):
        assert agent.send("/agent/appels", fields).status_code == 303
    call = only(PhoneCall)
    assert (call.outcome, call.number, call.ticket_id) == ("wrong_number", "+33639980003", None)
