"""Quotas by group of reasons and channel, and the hours of the other channels."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
import time_machine

from support.help_sessions import finer_rules, places, quotas, setting_up
from support.help_sessions.models import BookingChannel
from support.help_sessions.setting_up import Plan
from support.kernel.errors import Conflict, Forbidden, Invalid, NotVisible
from tests.cast import Cast
from tests.support.help_sessions.conftest import FRIDAY_BEFORE, MONDAY, at

C = BookingChannel


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(FRIDAY_BEFORE, tick=False) as traveller:
        yield traveller


def left(point, group: str, channel: BookingChannel) -> int | None:
    return quotas.left(point, group, channel, [MONDAY])[MONDAY]


def test_a_group_and_a_share_of_it(cast: Cast, point, give) -> None:
    finer_rules.set_quota(point, "help", "", 1, by=cast.pan)
    finer_rules.set_quota(point, "help", "public", 1, by=cast.pan)
    assert left(point, "help", C.PHONE) == 1
    assert left(point, "help", C.PUBLIC) == 2
    assert left(point, "account", C.PHONE) is None
    give(at("09:00"))
    with pytest.raises(Conflict, match=r"appointment\.quota_full"):
        give(at("09:30"))
    give(at("09:30"), what="account")
    # Changed in the middle of the week: it follows.
    finer_rules.set_quota(point, "help", "", 2, by=cast.pan)
    assert [(q.channel, q.capacity) for q in finer_rules.quotas_of(point)] == [
        ("", 2), ("public", 1),
    ]  # fmt: skip
    give(at("10:00"))


def test_the_page_of_the_week_leaves_them_alone(cast: Cast, point, reason) -> None:
    finer_rules.set_quota(point, "", "public", 3, by=cast.pan)
    finer_rules.set_quota(point, "account", "", 4, by=cast.pan)
    plan = Plan(desks=["A"], received={0: [(time(9), time(11))]}, weekly=10, reserved=2)
    setting_up.set_up(point, plan, by=cast.pan)
    assert setting_up.plan_of(point).weekly == 10
    assert len(finer_rules.quotas_of(point)) == 2
    assert left(point, "help", C.PUBLIC) == 11
    for rule in finer_rules.quotas_of(point):
        finer_rules.drop_quota(point, rule.id, by=cast.pan)
    assert left(point, "help", C.PUBLIC) == 8
    with pytest.raises(NotVisible):
        finer_rules.drop_quota(point, 99999, by=cast.pan)


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        (("nothing", "", 1), ["field.choice"]),
        (("help", "walk_in", 1), ["field.choice"]),
        (("help", "", None), ["quota.number"]),
        (("help", "", 5001), ["quota.number"]),
        (("", "", 1), ["quota.page"]),
        (("", "phone", 1), ["quota.page"]),
    ],
    ids=["group", "channel", "none", "many", "total", "phone"],
)
def test_what_is_wrong_with_a_quota(cast: Cast, point, reason, said, codes) -> None:
    with pytest.raises(Invalid) as refusal:
        finer_rules.set_quota(point, *said, by=cast.pan)
    assert [p.code for p in refusal.value.problems] == codes
    with pytest.raises(Forbidden):
        finer_rules.set_quota(point, "help", "", 1, by=cast.teleadviser)


def test_the_hours_of_the_others(cast: Cast, point) -> None:
    ranges = [(time(10), time(11, 30))]
    finer_rules.add_window(point, "public", 1, ranges, by=cast.pan)
    tuesday = at("10:30", MONDAY + timedelta(days=1))
    assert places.takes_bookings(point, C.PUBLIC, tuesday)
    assert not places.takes_bookings(point, C.PUBLIC, tuesday + timedelta(hours=2))
    assert places.takes_bookings(point, C.CONTACT_CENTRE, tuesday + timedelta(hours=2))
    (window,) = finer_rules.windows_of(point)
    finer_rules.drop_window(point, window.id, by=cast.pan)
    assert places.takes_bookings(point, C.PUBLIC, tuesday + timedelta(hours=2))
    for said in (("phone", 1, ranges), ("public", 7, ranges), ("public", None, ranges),
                 ("public", 1, []), ("public", 1, [(time(10, 2), time(11))])):  # fmt: skip
        with pytest.raises(Invalid):
            finer_rules.add_window(point, *said, by=cast.pan)
