"""The figures: what is shown, what is not, and that nobody is in them."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from support.kernel import db
from support.kernel.errors import Forbidden
from support.kernel.time import as_of
from support.tickets.closing import close
from support.tickets.models import ClosedHow, Ticket
from tests.cast import again
from tests.factories import a_person, a_ticket, climb, counted
from tests.web.conftest import Site
from web.steering.drawing import ceiling, draw
from web.steering.reading import read_figures
from web.steering.views import plain

PATH = "/agent/pilotage"
NOW = datetime(2026, 11, 20, 11, tzinfo=UTC)  # a Friday
BOUND = 16  # the rail counts unread announcements for every role, in one query


@pytest.fixture(autouse=True)
def that_friday():  # type: ignore[no-untyped-def]
    with time_machine.travel(NOW, tick=False):
        yield


def tickets(site: Site, number: int, *, days_ago: int, reason: str = "other") -> list[Ticket]:
    with as_of(NOW - timedelta(days=days_ago)):
        return [
            a_ticket(site.cast, a_person(f"Nom{reason}{days_ago}{n}"), reason=reason)
            for n in range(number)
        ]


def figures(site: Site):  # type: ignore[no-untyped-def]
    with db.transaction(write=False):
        return read_figures(by=again(site.cast.steering))


def test_counts_of_the_last_four_weeks(site: Site) -> None:
    with db.transaction():
        old = tickets(site, 12, days_ago=28)
        climbing = tickets(site, 20, days_ago=27, reason="account.blocked")
        closing = tickets(site, 20, days_ago=2)
        agent = again(site.cast.teleadviser)
        for ticket in climbing[:5]:
            climb(ticket, "dp", site.cast, by=agent)
        for number, ticket in enumerate(closing):
            how = ClosedHow.FIRST_CONTACT if number < 5 else ClosedHow.ANSWERED
            close(ticket, how, by=agent)
        assert len(old) == 12
    found = figures(site)
    assert (str(found.first), str(found.last)) == ("2026-10-24", "2026-11-20")
    assert (found.opened.count, found.closed.count) == (40, 20)
    assert found.open_now.count == 32
    assert found.escalated == 12  # 5 of 40, in whole percents
    assert found.first_contact == 25
    assert found.kept == 100
    by_day = {str(d.day): (d.opened.count, d.closed.count) for d in found.days}
    assert len(by_day) == 28
    assert by_day["2026-10-24"] == (20, 0)
    assert by_day["2026-11-18"] == (20, 0)
    assert by_day["2026-11-20"] == (0, 20)


def test_few_persons_are_not_shown(site: Site) -> None:
    with db.transaction():
        tickets(site, 12, days_ago=3)
        tickets(site, 15, days_ago=3, reason="account.blocked")
        tickets(site, 3, days_ago=1, reason="asylum.redirect")
    found = figures(site)
    reasons = {line.label: line.cell.count for line in found.reasons}
    # The three, and the smallest of the others, from which they could be worked out.
    assert reasons == {
        "Motif account.blocked": 15,
        "Motif asylum.redirect": None,
        "Motif other": None,
    }
    days = {str(d.day): d.opened.count for d in found.days}
    assert days["2026-11-19"] is None
    assert days["2026-11-17"] is None
    page = site.as_("steering").get(PATH).text
    assert "2 autres motifs" in page
    assert "Motif asylum.redirect" not in page


def test_an_installation_without_tickets_has_a_page(site: Site) -> None:
    page = site.as_("steering").get(PATH).text
    assert "Aucun ticket ouvert." in page
    assert "trop peu" in page


def test_nobody_is_named(site: Site) -> None:
    with db.transaction():
        for ticket in tickets(site, 12, days_ago=1):
            close(ticket, ClosedHow.ANSWERED, by=again(site.cast.teleadviser))
        tickets(site, 12, days_ago=1)
    browser = site.as_("steering")
    for text in (browser.get(PATH).text, browser.get(f"{PATH}/chiffres.csv").text):
        for name in ("Nomother", "Hugo", "Lambert", "@example.org", "2611-"):
            assert name not in text.replace("Isabelle Courtin", "")


def test_the_chart_has_its_table_beside(site: Site) -> None:
    with db.transaction():
        tickets(site, 12, days_ago=1)
        tickets(site, 2, days_ago=4)
        tickets(site, 3, days_ago=5)
    page = site.as_("steering").get(PATH).text
    chart = page[page.index('role="img"') : page.index("</svg>", page.index('role="img"'))]
    assert len(re.findall(r'<rect class="chart-opened"', chart)) == 1
    assert len(re.findall(r'<rect class="chart-hidden"', chart)) == 2
    assert "style=" not in chart
    assert re.search(r"jeu\. 19 nov\.</td>.*?>12<", page, re.S)


def test_the_file_says_what_the_page_says(site: Site) -> None:
    with db.transaction():
        tickets(site, 12, days_ago=1)
        tickets(site, 2, days_ago=4, reason="account.blocked")
    answer = site.as_("supervisor").get(f"{PATH}/chiffres.csv")
    assert answer.mimetype == "text/csv"
    assert (
        "attachment; filename=relais-2026-10-24-2026-11-20.csv"
        in (answer.headers["Content-Disposition"])
    )
    assert answer.text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(answer.text[1:]), delimiter=";"))
    assert {len(row) for row in rows} == {4}
    by_key = {(row[0], row[1]): row[2:] for row in rows}
    assert by_key[("ensemble", "entrés")] == ["14", ""]
    assert by_key[("ouverts par motif", "Motif account.blocked")] == ["non montré", ""]
    assert by_key[("entrés par jour", "2026-11-20")] == ["0", ""]
    assert by_key[("ensemble", "promesses tenues")] == ["", "trop peu"]


@pytest.mark.parametrize("label", ["=1+1", "+33", "-2", "@here", "\tx"])
def test_no_label_is_a_formula(label: str) -> None:
    assert plain(label) == "'" + label
    assert plain("Motif") == "Motif"


def test_the_page_costs_the_same_with_more_tickets(site: Site) -> None:
    browser, costs = site.as_("steering"), []
    for number in range(2):
        with db.transaction():
            tickets(site, 15, days_ago=1 + number)
        with counted() as sql:
            assert browser.get(PATH).status_code == 200
        costs.append(len(sql))
    assert costs[0] == costs[1] <= BOUND


def test_only_those_who_read_figures_read_them(site: Site) -> None:
    with db.transaction(write=False), pytest.raises(Forbidden):
        read_figures(by=again(site.cast.teleadviser))


@pytest.mark.parametrize(("most", "top"), [(0, 10), (10, 10), (11, 20), (59, 60), (61, 100),
                                           (101, 200), (999, 1000)])  # fmt: skip
def test_the_scale_ends_on_a_round_number(most: int, top: int) -> None:
    assert ceiling(most) == top


def test_bars_stay_in_the_drawing(site: Site) -> None:
    with db.transaction():
        tickets(site, 30, days_ago=0)
        tickets(site, 4, days_ago=27)
        tickets(site, 4, days_ago=26)
    chart = draw(figures(site).days)
    assert len(chart.bars) == 3
    for bar in chart.bars:
        assert chart.left <= bar.x <= chart.right - bar.width
        assert 0 <= bar.y <= chart.base
        assert bar.y + bar.height == pytest.approx(chart.base)
    assert [b.hidden for b in chart.bars] == [True, True, False]
    assert len(chart.weeks) == 4
