"""From a ticket to an appointment, and from a blocked visit to its ticket and back."""

from __future__ import annotations

import time_machine
from sqlalchemy import select

from support.help_sessions.models import Appointment
from support.kernel import db
from support.people.models import Person
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.replying import agent_replies
from tests.cast import again
from tests.factories import a_reply, a_ticket
from tests.support.help_sessions.conftest import at
from tests.web.conftest import Site
from tests.web.help_point.test_booking import HOME, NEW, give, wanted
from tests.web.help_point.test_day import pressed


def test_the_centre_gives_a_place_from_a_ticket(site: Site, point) -> None:
    with db.transaction():
        again(point).centre_booking = True
        ticket = a_ticket(site.cast)
        ref, person = shown(ticket.reference), str(ticket.person_id)
    centre = site.as_("teleadviser")
    page = centre.get(f"/agent/tickets/{ref}").text
    assert f"{NEW}?ticket={ref}" in page
    form = centre.get(f"{NEW}?ticket={ref}").text
    assert f"pour le ticket {ref}" in form
    assert f'value="{person}" checked' in form
    fields = wanted(person=person, ticket=ref, place=at("09:30").isoformat())
    answer = centre.send(NEW, fields)
    assert answer.status_code == 303, answer.text
    assert ref in centre.get(answer.location).text
    again_ = centre.send(NEW, fields)
    assert again_.location == answer.location
    page = centre.get(f"/agent/tickets/{ref}").text
    assert page.count("rendez-vous du 30/11/2026 donné") == 1
    assert "Lundi 30 novembre à 09:30" in page
    assert centre.get(f"{NEW}?ticket=000").status_code == 404


def test_another_person_s_appointment_is_not_about_the_ticket(site: Site, point) -> None:
    with db.transaction():
        again(point).centre_booking = True
        ref = shown(a_ticket(site.cast).reference)
    centre = site.as_("teleadviser")
    answer = centre.send(NEW, wanted(ticket=ref))
    assert answer.status_code == 303
    with db.transaction(write=False):
        assert db.session().scalar(select(Appointment)).ticket_id is None


def test_a_blocked_visit_its_ticket_and_the_answer(site: Site, point) -> None:
    number = give(site.as_("pan")).split("?")[0].rsplit("/", 1)[1]
    with time_machine.travel(at("09:05"), tick=False) as clock:
        pan = site.as_("pan")
        assert "Bloqué : ouvrir un ticket" not in pan.get(f"{HOME}/{number}").text
        pressed(pan, number, "checked_in")
        assert "Bloqué : ouvrir un ticket" in pan.get(f"{HOME}/{number}").text
        blocked = {
            "visite": number, "result": "blocked", "reason": "deposit", "minutes": "20",
            "way": "counter", "language": "fr", "note": "Erreur 500", "step": "Étape 3",
        }  # fmt: skip
        to_ticket = pan.send(f"{HOME}/journal", blocked)
        form = pan.get(to_ticket.location).text
        for known in ("Erreur 500", "Étape 3", f'name="visite" value="{number}"'):
            assert known in form
        with db.transaction(write=False):
            person = db.session().scalar(select(Person.id).where(Person.family_name == "Nouvelle"))
        sent = {
            "person": str(person), "q": "06 39 98 01 77", "visite": number, "reason": "other",
            "text": "Erreur 500", "language": "fr", "cle": "t",
        }  # fmt: skip
        opened = pan.send("/agent/tickets/nouveau", sent)
        assert opened.status_code == 303, opened.text
        page = pan.get(f"{HOME}/{number}").text
        assert "Pas encore de réponse" in page
        assert "Bloqué : ouvrir un ticket" not in page
        with db.transaction():
            ticket = db.session().scalar(select(Ticket).order_by(Ticket.id.desc()))
            agent_replies(ticket, a_reply("Réessayez demain."), by=again(site.cast.teleadviser))
        clock.shift(60)
        colleague = site.as_("pan_colleague")
        assert "1 réponse est arrivée" in colleague.get(HOME).text
        assert "Réessayez demain." in colleague.get(f"{HOME}/{number}").text
        colleague.send(f"{HOME}/{number}/reponses", {})
        assert "réponse est arrivée" not in colleague.get(HOME).text
        assert "Réessayez demain." in colleague.get(f"{HOME}/{number}").text
