"""The figures of a week, against a hand count."""

from __future__ import annotations

import csv
import io

import time_machine

from support.help_sessions.models import QuotaRule
from support.kernel import db
from tests.factories import counted
from tests.support.help_sessions.conftest import MONDAY, at
from tests.web.conftest import Site
from tests.web.help_point.test_booking import HOME, give
from tests.web.help_point.test_day import pressed
from tests.web.help_point.test_logging_help import LOG, line

PAGE = f"{HOME}/chiffres"


def test_a_week_counted_by_hand(site: Site, point) -> None:
    with db.transaction() as session:
        session.add(QuotaRule(help_point_id=point.id, group="", channel="", capacity=6))
    pan = site.as_("pan")
    numbers = []
    for n, hour in enumerate(("09:00", "09:30", "10:00", "10:30", "09:00")):
        where = give(pan, cle=f"f{n}", phone=f"06 39 98 02 0{n}", family_name=f"Nom{n}",
                     place=at(hour).isoformat())  # fmt: skip
        numbers.append(where.split("?")[0].rsplit("/", 1)[1])
    assert "presque complète" not in pan.get(f"{PAGE}?semaine={MONDAY}").text
    with counted() as few:
        pan.get(f"{PAGE}?semaine={MONDAY}")
    give(pan, cle="f6", phone="06 39 98 02 09", family_name="Six", place=at("09:30").isoformat())
    assert "presque complète" in pan.get(f"{PAGE}?semaine={MONDAY}").text
    pan.send(f"{HOME}/{numbers[4]}/annulations", {"par": "personne", "reason": "x"})
    pan.send(f"{HOME}/nouveau/manques", {"lieu": str(point.id), "motif": "deposit"})
    with time_machine.travel(at("11:00"), tick=False):
        pan = site.as_("pan")
        pressed(pan, numbers[0], "no_show")
        pressed(pan, numbers[1], "checked_in")
        pressed(pan, numbers[1], "not_served", reason="late")
        pressed(pan, numbers[2], "checked_in")
        pan.send(LOG, line(visite=numbers[2], result="redirected", door="france_services"))
        with counted() as many:
            page = pan.get(PAGE).text
        # Two looks for the first free place at most: the next fortnight, then all the rest.
        assert len(many) <= len(few) + 4
        assert "5 / 6" in page
        assert "France Services" not in page  # the result, not where
        assert "Envoyé ailleurs" in page
        answer = pan.get(f"{PAGE}/chiffres.csv")
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert rows[1][1:] == [
        "2026-11-30", "Déposer une demande", "au téléphone", "6", "1", "1", "1", "1", "0", "0",
    ]  # fmt: skip


def test_each_tile_is_one_item(site: Site, point) -> None:
    page = site.as_("pan").get(PAGE).text
    assert page.count('<li class="tile') == 8
    assert "<li><li" not in page.replace("\n", "")
