"""The help points side by side: numbers, none about too few, the same queries for all."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from support.help_sessions import attendance, every_site, offering, orienting
from support.help_sessions.assistance_log import Door
from support.help_sessions.booking import Booking
from support.help_sessions.models import AppointmentState, BookingChannel, QuotaRule
from support.help_sessions.offering import Asked
from support.kernel import db
from support.kernel.errors import Forbidden
from support.kernel.time import now
from tests.cast import again
from tests.factories import a_person, counted
from tests.support.help_sessions.conftest import FRIDAY_BEFORE, a_point, reasons
from tests.web.conftest import Site

PAGE = "/agent/pilotage/rendez-vous"


@pytest.fixture(autouse=True)
def friday():  # type: ignore[no-untyped-def]
    with time_machine.travel(FRIDAY_BEFORE, tick=False):
        yield


def visits(site: Site, number: int) -> None:
    """So many people received the week before, and two sent elsewhere."""
    with time_machine.travel(FRIDAY_BEFORE - timedelta(days=7), tick=False), db.transaction():
        point, reason = a_point(site.cast), reasons()["account"]
        pan = again(site.cast.pan)
        db.session().add(QuotaRule(help_point_id=point.id, group="", channel="", capacity=3))
        for n in range(number):
            wanted = Booking(
                key=f"v{n}", point=point, reason=reason, starts_at=now(),
                person=a_person(), channel=BookingChannel.WALK_IN,
            )  # fmt: skip
            came = attendance.walk_in(wanted, by=pan)
            attendance.act(came, AppointmentState.COMPLETED, by=pan)
        for n in range(2):
            orienting.redirect_to(point, Door.OTHER, BookingChannel.PHONE, f"o{n}", by=pan)
        offering.note_unmet(Asked(point, reason, BookingChannel.PHONE))


def test_enough_people_are_counted(site: Site) -> None:
    visits(site, 12)
    steering = site.as_("steering")
    page = steering.get(PAGE).text
    assert "42 – Point d&#39;accès numérique de Saint-Étienne" in page
    assert "presque complet" not in page  # who came without appointment takes no place
    file = steering.get(f"{PAGE}/chiffres.csv").text.splitlines()[1].split(";")
    assert file[:2] == ["42", "Point d'accès numérique de Saint-Étienne"]
    assert file[4:] == ["12", "0", "0", "0", "0", "12", "1", "2"]


def test_too_few_are_not_shown(site: Site) -> None:
    visits(site, 5)
    file = site.as_("steering").get(f"{PAGE}/chiffres.csv").text.splitlines()[1].split(";")
    assert file[4:9] == ["non montré", "0", "0", "0", "0"]
    assert "Nom" not in site.as_("steering").get(PAGE).text


def test_nobody_else_and_the_same_queries(site: Site) -> None:
    visits(site, 3)
    with db.transaction(write=False):
        with pytest.raises(Forbidden):
            every_site.side_by_side(by=again(site.cast.pan))
        with counted() as sql:
            every_site.side_by_side(by=again(site.cast.steering))
        assert len(sql) <= 8
