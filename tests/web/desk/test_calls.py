"""The call screen: the caller found, one ticket, one call, measured; nothing typed is lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from sqlalchemy import func, select

from support.kernel import db
from support.people.models import Person
from support.tickets.closing import close
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.references import shown
from support.tickets.timeline import Call, Entry, EntryKind
from tests.cast import again
from tests.factories import a_person, a_ticket, climb, counted
from tests.web.conftest import Browser, Site

NOON = datetime(2026, 11, 16, 11, tzinfo=UTC)
SCREEN = "/agent/appels/nouveau"
PART = {"HX-Request": "true"}
BOUND = 5  # of a part of the screen, with who asks for it


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def opened(agent: Browser, **asked) -> dict[str, str]:
    """Take a call: what the screen sends back by itself."""
    page = agent.get(SCREEN, query_string=asked, follow_redirects=True)
    assert page.status_code == 200
    return {"appel": token_of(page.text)}


def token_of(page: str) -> str:
    found = re.search(r'name="appel" value="([^"]+)"', page)
    assert found
    return found[1]


def about_something_new(site: Site, **more) -> dict[str, str]:
    return {
        "personne": str(site.cast.chen.id),
        "ticket": "nouveau",
        "motif": "account.blocked",
        "note": "Ne reçoit pas le code.",
        "suite": "keep",
        **more,
    }


def count(model) -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def only(model):
    with db.transaction() as session:
        return session.scalars(select(model)).one()


# ---- who calls


@pytest.mark.parametrize(
    "typed",
    ["traore", "Awa Tra", "0639980001", "06 39 98", "+33 6 39 98 00 01", "7503012345", "7503",
     "awa@example.org"],
)  # fmt: skip
def test_the_caller_is_found_by_each_kind_of_sign(site: Site, typed: str) -> None:
    found = site.as_("teleadviser").get("/agent/appels/appelants", query_string={"appelant": typed})
    assert "Awa Traoré" in found.text
    assert "Nouvelle personne" in found.text


def test_a_reference_read_out_goes_straight_to_its_person(site: Site) -> None:
    with db.transaction():
        ticket = a_ticket(site.cast, again(site.cast.chen))
    agent = site.as_("teleadviser")
    typed = {"appelant": shown(ticket.reference)}
    found = agent.get("/agent/appels/appelants", query_string=typed).text
    assert "Wei Chen" in found
    chosen = re.search(r'hx-get="(/agent/appels/appelant\?personne=\d+[^"]*)"', found)
    assert chosen
    caller = agent.get(unescape(chosen[1])).text
    assert re.search(rf'value="{shown(ticket.reference)}"[^>]* checked', caller)


def test_open_tickets_are_counted_and_come_first(site: Site) -> None:
    with db.transaction():
        chen = again(site.cast.chen)
        first = a_ticket(site.cast, chen, subject="Photo refusée")
        a_ticket(site.cast, chen, subject="Mot de passe")
        done = a_ticket(site.cast, chen, subject="Ancienne question")
        close(done, ClosedHow.ANSWERED, by=again(site.cast.teleadviser))
    agent = site.as_("teleadviser")
    assert "2 tickets ouverts" in agent.get("/agent/appels/appelants?appelant=chen").text
    page = agent.get(f"/agent/appels/appelant?personne={chen.id}").text
    places = [page.index(words) for words in ("Photo refusée", "Autre sujet", "Ancienne question")]
    assert places == sorted(places)
    assert shown(first.reference) in page
    assert " checked" not in page  # which one it is about must be said


def test_nobody_is_nobody(site: Site) -> None:
    agent = site.as_("teleadviser")
    assert "Personne ne correspond" in agent.get("/agent/appels/appelants?appelant=zzzz").text
    assert agent.get("/agent/appels/appelant?personne=999999").status_code == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [("06 39 98 77 66", "phone"), ("Okafor", "family_name"), ("9912345678", "foreigner_number"),
     ("c.okafor@example.org", "email")],
)  # fmt: skip
def test_what_was_typed_is_not_typed_twice_for_somebody_new(site, typed, field) -> None:
    asked = {"personne": "nouvelle", "appelant": typed}
    page = site.as_("teleadviser").get("/agent/appels/appelant", query_string=asked).text
    assert re.search(rf'<input[^>]* name="{field}"[^>]* value="{re.escape(typed)}"', page)


@pytest.mark.parametrize("many", [1, 40])
def test_the_parts_cost_the_same_however_many_there_are(site: Site, many: int) -> None:
    with db.transaction():
        for n in range(many):
            person = a_person("Marie", f"Dialloson{n}")
            for _ in range(3):
                a_ticket(site.cast, person)
    agent = site.as_("teleadviser")
    with counted() as sql:
        found = agent.get("/agent/appels/appelants?appelant=diallos", headers=PART)
    assert "3 tickets ouverts" in found.text
    assert len(sql) <= BOUND, "\n".join(sql)
    with counted() as sql:
        caller = agent.get(f"/agent/appels/appelant?personne={person.id}", headers=PART)
    assert "3 tickets ouverts" in caller.text
    assert len(sql) <= BOUND, "\n".join(sql)


# ---- one call, one ticket


def test_answered_on_the_spot_closes_at_first_contact_and_offers_the_next(site: Site) -> None:
    agent = site.as_("teleadviser")
    sent = {**opened(agent), **about_something_new(site, suite="close")}
    answer = agent.send("/agent/appels", sent, follow_redirects=True)
    ticket = only(Ticket)
    assert (ticket.state, ticket.closed_how) == (State.CLOSED, ClosedHow.FIRST_CONTACT)
    assert shown(ticket.reference) in answer.text
    assert re.search(rf'href="{SCREEN}"[^>]*autofocus', answer.text)


def test_left_open_it_goes_to_its_ticket(site: Site) -> None:
    agent = site.as_("teleadviser")
    answer = agent.send("/agent/appels", {**opened(agent), **about_something_new(site)})
    assert answer.status_code == 303
    assert answer.location == f"/agent/tickets/{shown(only(Ticket).reference)}"
    assert "Ne reçoit pas le code." in agent.get(answer.location).text


def test_passed_on_it_goes_to_the_hand_over(site: Site) -> None:
    agent = site.as_("teleadviser")
    sent = {**opened(agent), **about_something_new(site, suite="pass_on")}
    answer = agent.send("/agent/appels", sent)
    assert answer.location.endswith("/escalades/nouvelle")
    assert agent.get(answer.location).status_code == 200
    assert only(Call).wrap_up == "handed_over"


def test_passing_on_what_is_already_higher_up_only_notes_the_call(site: Site) -> None:
    with db.transaction():
        ticket = a_ticket(site.cast, again(site.cast.chen), reason="renewal.business")
        climb(ticket, "dp", site.cast, by=again(site.cast.teleadviser))
    agent = site.as_("teleadviser")
    about = {"ticket": shown(ticket.reference), "suite": "pass_on"}
    answer = agent.send("/agent/appels", {**opened(agent), **about_something_new(site, **about)})
    assert answer.location == f"/agent/tickets/{shown(ticket.reference)}"
    assert "déjà chez DP ANEF" in agent.get(answer.location).text


def test_a_call_about_an_open_ticket_is_a_follow_up(site: Site) -> None:
    with db.transaction():
        ticket = a_ticket(site.cast, again(site.cast.chen))
    agent = site.as_("teleadviser")
    sent = about_something_new(site, ticket=shown(ticket.reference), motif="")
    agent.send("/agent/appels", {**opened(agent), **sent})
    assert count(Ticket) == 1
    with db.transaction():
        assert again(ticket).chasers == 1


def test_opened_from_a_ticket_the_screen_knows_who_and_what(site: Site) -> None:
    with db.transaction():
        ticket = a_ticket(site.cast, again(site.cast.chen))
    agent = site.as_("teleadviser")
    page = agent.get(SCREEN, query_string={"ticket": shown(ticket.reference)},
                     follow_redirects=True).text  # fmt: skip
    assert f'name="personne" value="{site.cast.chen.id}"' in page
    assert re.search(rf'value="{shown(ticket.reference)}"[^>]* checked', page)


def test_sent_twice_it_is_one_call(site: Site) -> None:
    agent = site.as_("teleadviser")
    sent = {**opened(agent), **about_something_new(site)}
    first, second = agent.send("/agent/appels", sent), agent.send("/agent/appels", sent)
    assert first.location == second.location
    assert (count(Ticket), count(Call)) == (1, 1)


def test_another_call_sent_from_an_old_screen_is_told_and_not_lost(site: Site) -> None:
    agent = site.as_("teleadviser")
    sent = {**opened(agent), **about_something_new(site)}
    agent.send("/agent/appels", sent)
    other = {**sent, "note": "Un tout autre appel."}
    refused = agent.send("/agent/appels", other)
    assert refused.status_code == 409
    assert "Un tout autre appel." in refused.text
    assert shown(only(Ticket).reference) in refused.text
    again_sent = agent.send("/agent/appels", {**other, "appel": token_of(refused.text)})
    assert again_sent.status_code == 303
    assert count(Call) == 2


def test_the_screen_of_a_noted_call_begins_a_fresh_one(site: Site) -> None:
    agent = site.as_("teleadviser")
    sent = {**opened(agent), **about_something_new(site)}
    agent.send("/agent/appels", sent)
    back = agent.get(SCREEN, query_string={"appel": sent["appel"]}, follow_redirects=True)
    assert token_of(back.text) != sent["appel"]


def test_somebody_new_is_written_down_with_the_ticket(site: Site) -> None:
    agent = site.as_("teleadviser")
    new = {"personne": "nouvelle", "given_name": "Chidi", "family_name": "Okafor",
           "phone": "06 39 98 12 34", "language": "en"}  # fmt: skip
    agent.send("/agent/appels", {**opened(agent), **about_something_new(site, **new)})
    with db.transaction() as session:
        person = session.get_one(Person, session.scalars(select(Ticket)).one().person_id)
        assert (person.full_name, person.phone) == ("Chidi Okafor", "+33639981234")


# ---- refused, nothing is lost


def test_a_refused_screen_keeps_everything_and_the_clock(site: Site, clock) -> None:
    agent = site.as_("teleadviser")
    began = opened(agent)
    clock.shift(timedelta(seconds=90))
    typed = {"personne": "nouvelle", "given_name": "Chidi", "family_name": "", "phone": "06 39",
             "language": "en", "appelant": "06 39", "motif": "account.blocked", "note": "",
             "conclusion": "call_back", "suite": "keep", "articles": "7:2"}  # fmt: skip
    page = agent.send("/agent/appels", {**began, **typed})
    assert page.status_code == 422
    assert "<title>Erreur" in page.text
    for name in ("family_name", "phone", "note"):
        assert f'href="#{name}"' in page.text  # the summary leads to the field
        assert f'id="{name}-error"' in page.text
    for kept in ('value="Chidi"', 'value="06 39"', 'value="7:2"', began["appel"]):
        assert kept in page.text
    for chosen in ("account.blocked", "call_back", "en"):
        assert re.search(rf'<option value="{re.escape(chosen)}" selected', page.text)
    assert count(Ticket) == 0
    clock.shift(timedelta(seconds=30))
    mended = {**typed, "family_name": "Okafor", "phone": "06 39 98 12 34", "note": "Rappeler."}
    assert agent.send("/agent/appels", {**began, **mended}).status_code == 303
    assert only(Call).seconds == 120


def test_closing_what_is_higher_up_is_refused_in_words(site: Site) -> None:
    with db.transaction():
        ticket = a_ticket(site.cast, again(site.cast.chen), reason="renewal.business")
        climb(ticket, "dp", site.cast, by=again(site.cast.teleadviser))
    agent = site.as_("teleadviser")
    about = {"ticket": shown(ticket.reference), "suite": "close"}
    page = agent.send("/agent/appels", {**opened(agent), **about_something_new(site, **about)})
    assert page.status_code == 409
    assert "ne peut pas être clos maintenant" in page.text
    assert "Ne reçoit pas le code." in page.text


def test_without_scripts_a_press_shows_the_screen_again_with_everything(site: Site) -> None:
    agent = site.as_("teleadviser")
    typed = {**opened(agent), "appelant": "traore", "note": "Déjà noté.", "suite": "chercher"}
    found = agent.send("/agent/appels", typed)
    assert found.status_code == 200
    assert "Awa Traoré" in found.text
    assert "Déjà noté." in found.text
    chosen = {**typed, "personne": str(site.cast.awa.id)}
    chosen.pop("suite")
    assert "De quoi s’agit-il" in agent.send("/agent/appels", chosen).text
    changed = agent.send("/agent/appels", {**chosen, "suite": "changer"})
    assert "Binta Traoré" in changed.text
    assert count(Call) == 0


# ---- the duration


def test_the_duration_runs_from_the_opening_through_a_reload(site: Site, clock) -> None:
    agent = site.as_("teleadviser")
    address = agent.get(SCREEN).location
    clock.shift(timedelta(seconds=45))
    reloaded = agent.get(address)
    assert 'data-started-at="2026-11-16T11:00:00+00:00"' in reloaded.text
    clock.shift(timedelta(seconds=15))
    agent.send("/agent/appels", {"appel": token_of(reloaded.text), **about_something_new(site)})
    assert only(Call).seconds == 60


def test_a_start_cannot_be_invented_nor_borrowed(site: Site, clock) -> None:
    theirs = opened(site.as_("colleague"))
    agent = site.as_("teleadviser")
    clock.shift(timedelta(hours=1))
    for token in ("2026-11-16T08:00:00+00:00", "", theirs["appel"], theirs["appel"] + "x"):
        agent.send("/agent/appels", {"appel": token, **about_something_new(site)})
    with db.transaction() as session:
        assert {call.seconds for call in session.scalars(select(Call))} == {0}


def test_yesterdays_screen_begins_a_fresh_call(site: Site, clock) -> None:
    began = opened(site.as_("teleadviser"))
    clock.shift(timedelta(hours=20))
    agent = site.as_("teleadviser")  # the session had ended too
    page = agent.get(SCREEN, query_string=began, follow_redirects=True)
    assert token_of(page.text) != began["appel"]


def test_the_number_that_calls_comes_with_the_address(site: Site) -> None:
    agent = site.as_("teleadviser")
    page = agent.get(SCREEN, query_string={"numero": "+33639980003"}, follow_redirects=True)
    assert "Wei Chen" in page.text
    sent = about_something_new(site, numero="+33639980003")
    agent.send("/agent/appels", {"appel": token_of(page.text), **sent})
    assert only(Call).number == "+33639980003"


# ---- who may


@pytest.mark.parametrize("who", ["pan", "dp", "sdst", "referent", "editor", "steering", "admin"])
def test_only_the_centre_takes_calls(site: Site, who: str) -> None:
    agent = site.as_(who)
    chen = site.cast.chen.id
    paths = (
        SCREEN,
        "/agent/appels/appelants?appelant=chen",
        f"/agent/appels/appelant?personne={chen}",
    )
    for path in paths:
        answer = agent.get(path)
        assert answer.status_code == 403
        assert "Chen" not in answer.text
    refused = agent.send("/agent/appels", {"appel": "", **about_something_new(site)})
    assert refused.status_code == 403
    assert count(Ticket) == 0


def test_a_call_is_internal(site: Site) -> None:
    agent = site.as_("teleadviser")
    agent.send("/agent/appels", {**opened(agent), **about_something_new(site)})
    with db.transaction() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == EntryKind.CALL)).one()
        assert not entry.is_public


def test_the_page_after_a_call_shows_that_call_only(site: Site) -> None:
    agent = site.as_("teleadviser")
    sent = {**opened(agent), **about_something_new(site, suite="close")}
    where = agent.send("/agent/appels", sent).location
    with db.transaction():
        other = a_ticket(site.cast)
    entry = where.rsplit("/", 1)[1]
    assert agent.get(where).status_code == 200
    assert agent.get(f"/agent/appels/{shown(other.reference)}/{entry}").status_code == 404
    assert agent.get(where.rsplit("/", 1)[0] + "/999999").status_code == 404


def test_a_number_is_shown_as_it_is_read_out(site: Site) -> None:
    agent = site.as_("teleadviser")
    page = agent.get(SCREEN, query_string={"numero": "+33639981234"}, follow_redirects=True).text
    assert 'value="06 39 98 12 34"' in page
    abroad = agent.get(SCREEN, query_string={"numero": "+32470123456"}, follow_redirects=True).text
    assert 'value="+32 470 12 34 56"' in abroad
