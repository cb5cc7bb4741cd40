"""Whether we keep our dates, for everybody: counted now and then, of nobody in particular."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from support.kernel import db
from support.tickets.closing import close
from support.tickets.models import ClosedHow
from tests.cast import again
from tests.factories import a_person, a_ticket, counted
from tests.web.conftest import Site

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(site: Site):  # type: ignore[no-untyped-def]
    site.app.extensions.pop("commitments", None)  # what the test before has counted
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def answered(site: Site, number: int, reason: str, clock, *, late: int = 0) -> None:  # type: ignore[no-untyped-def]
    with db.transaction():
        made = [
            a_ticket(site.cast, a_person(f"{reason} {n}"), reason=reason) for n in range(number)
        ]
    for n, ticket in enumerate(made):
        clock.move_to(MONDAY + timedelta(days=20 if n < late else 0, hours=1))
        with db.transaction():
            close(again(ticket), ClosedHow.ANSWERED, by=again(site.cast.teleadviser))
    clock.move_to(MONDAY + timedelta(days=21))


def test_too_few_say_nothing(site: Site, clock) -> None:  # type: ignore[no-untyped-def]
    answered(site, 3, "other", clock)
    page = site.anyone().get("/engagements").text
    assert "Trop peu de demandes" in page
    assert "100" not in page.partition("<main")[2].partition("</main")[0]


def test_the_share_of_all_and_of_each_subject(site: Site, clock) -> None:  # type: ignore[no-untyped-def]
    answered(site, 20, "other", clock, late=5)
    page = site.anyone().get("/engagements").text
    assert "75 % des dates promises ont été tenues" in page
    assert ">75 %<" in page.replace("\n", "")
    assert "/engagements" in site.anyone().get("/").text


def test_it_is_counted_once_in_ten_minutes(site: Site, clock) -> None:  # type: ignore[no-untyped-def]
    visitor = site.anyone()
    visitor.get("/engagements")
    with counted() as again_soon:
        visitor.get("/engagements")
    clock.shift(timedelta(minutes=11))
    with counted() as later:
        visitor.get("/engagements")
    assert len(again_soon) < len(later) <= 4
