"""A line after each visit, written once; from a blocked one straight to the ticket."""

from __future__ import annotations

import time_machine
from sqlalchemy import select

from support.help_sessions.assistance_log import AssistanceEntry, Door, Result
from support.help_sessions.models import Appointment, AppointmentState
from support.kernel import db
from tests.support.help_sessions.conftest import at
from tests.web.conftest import Site
from tests.web.help_point.test_booking import HOME, give
from tests.web.help_point.test_day import pressed

LOG = f"{HOME}/journal"


def line(**more: str) -> dict[str, str]:
    return {
        "cle": "line-1", "result": "submitted", "reason": "deposit", "minutes": "35",
        "way": "counter", "language": "fr", **more,
    }  # fmt: skip


def entries() -> list[AssistanceEntry]:
    return list(db.session().scalars(select(AssistanceEntry)))


def test_a_visit_is_noted_once_and_received(site: Site, point) -> None:
    number = give(site.as_("pan")).split("?")[0].rsplit("/", 1)[1]
    with time_machine.travel(at("09:02"), tick=False):
        pan = site.as_("pan")
        assert f"visite={number}" in pressed(pan, number, "checked_in")
        page = pan.get(f"{LOG}/nouveau?visite={number}").text
        assert 'value="30"' in page  # the reason's length
        for key in ("line-1", "line-2"):
            sent = line(cle=key, visite=number, first_time="oui", autonomy="done_with")
            assert pan.send(LOG, sent).status_code == 303
        listed = pan.get(LOG).text
        assert "Demande déposée" in listed
        assert "Nouvelle" in listed
        assert f"visite={number}" not in pan.get(HOME).text
    with db.transaction() as session:
        (entry,) = entries()
        assert (entry.first_time, entry.minutes) == (True, 35)
        assert session.scalars(select(Appointment.state)).one() is AppointmentState.COMPLETED


def test_nobody_need_be_named(site: Site, point) -> None:
    number = give(site.as_("pan")).split("?")[0].rsplit("/", 1)[1]
    pan = site.as_("pan")
    pan.send(LOG, line(visite=number, anonymous="y"))
    pan.send(LOG, line(cle="line-2", way="phone", result="redirected", door="france_services"))
    with db.transaction():
        assert [entry.person_id for entry in entries()] == [None, None]
        assert [entry.door for entry in entries()] == [None, Door.FRANCE_SERVICES]
    assert "anonyme" in pan.get(LOG).text


def test_what_is_wrong_is_said_and_kept(site: Site, point) -> None:
    pan = site.as_("pan")
    for wrong, words in (
        ({"minutes": "0"}, "durée en minutes"),
        ({"minutes": "x"}, "durée en minutes"),
        ({"result": ""}, "résultat"),
        ({"result": "redirected"}, "Dites où la personne est envoyée"),
        ({"way": "pigeon"}, "comment"),
        ({"note": "x" * 301}, "300"),
    ):
        answer = pan.send(LOG, line(step="Paiement", **wrong))
        assert answer.status_code == 422, wrong
        assert words.lower() in answer.text.lower()
        assert 'value="Paiement"' in answer.text
    with db.transaction():
        assert entries() == []


def test_blocked_leads_to_a_ticket_with_what_is_known(site: Site, point) -> None:
    number = give(site.as_("pan")).split("?")[0].rsplit("/", 1)[1]
    pan = site.as_("pan")
    answer = pan.send(
        LOG, line(visite=number, result="blocked", step="Paiement", note="Page blanche après")
    )
    page = pan.get(answer.location).text
    for known in ("Personne Nouvelle", "Page blanche après", "Paiement"):
        assert known in page
    with db.transaction():
        (entry,) = entries()
        assert entry.result is Result.BLOCKED
        person = entry.person_id
    assert f'value="{person}" checked' in page
