"""The choice of stories, on awkward days: a Sunday night, a holiday, the first minute of work."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.clocks.calendar import WorkingHours, add_working
from support.clocks.calendars import working_hours
from support.clocks.models import Calendar
from web.demo import scheduling
from web.demo.casting import TELEADVISERS, Casting
from web.demo.choosing import OF_PERSONS, OF_REFERENTS, STANDS_IN_CENTRE, Chooser, Promise
from web.demo.foreseeing import Lands
from web.demo.reading import read_demo_organisation, read_people, read_threads
from web.demo.scheduling import Pace, back_working
from web.seeds.reading import read_calendars, read_catalogue

CALENDARS = {row["code"]: working_hours(Calendar(**row)) for row in read_calendars()}
PACE = Pace(CALENDARS["contact_centre"], CALENDARS["standard"])
HOURS = {row["code"]: row["answer_hours"] for row in read_catalogue().reasons}
DAYS = [
    datetime(2026, 11, 18, 14, 12, tzinfo=UTC),
    datetime(2026, 11, 22, 0, 40, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2026, 11, 23, 8, 1, tzinfo=UTC),
    datetime(2027, 1, 1, 12, 0, tzinfo=UTC),
]


@pytest.fixture(scope="module", params=DAYS, ids=lambda day: f"{day:%a %d %b %H:%M}")
def told(request):
    chooser = Chooser(read_threads(), HOURS, PACE, request.param, Random(5))
    return request.param, chooser.stories()


def test_every_state_has_its_share(told):
    _today, stories = told
    found = Counter((s.thread.requester, s.cut.lands) for s in stories)
    assert found == {
        **{("person", lands): count for lands, count in OF_PERSONS.items()},
        **{("referent", lands): count for lands, count in OF_REFERENTS.items()},
    }


def test_nothing_happens_after_today_nor_out_of_order(told):
    today, stories = told
    for story in stories:
        assert len(story.at) == len(story.cut.steps)
        assert list(story.at) == sorted(story.at)
        assert story.at[-1] <= today
        assert story.at[0] > today - timedelta(weeks=20)


def test_staff_work_in_working_hours(told):
    _today, stories = told
    for story in stories:
        for step, at in zip(story.cut.steps[1:], story.at[1:], strict=True):
            if step.what not in scheduling.FROM_PERSONS:
                hours = PACE.office if step.what in scheduling.FROM_ABOVE else PACE.centre
                # The very minute of closing is still in time.
                assert scheduling.is_open(at - timedelta(minutes=1), hours) or scheduling.is_open(
                    at, hours
                ), (story.thread.id, step.what, at)


def test_the_newest_arrived_some_minutes_ago(told):
    today, stories = told
    newest = max(story.at[-1] for story in stories)
    assert timedelta(0) < today - newest < timedelta(minutes=10)


def test_some_promises_are_pressing_and_most_are_not(told):
    _today, stories = told
    centre = [
        s for s in stories if s.thread.requester == "person" and s.cut.lands in STANDS_IN_CENTRE
    ]
    found = Counter(s.promise for s in centre)
    assert 2 <= found[Promise.BROKEN] <= 8
    assert 4 <= found[Promise.AT_RISK] <= 14
    assert found[Promise.FINE] > 2 * (found[Promise.BROKEN] + found[Promise.AT_RISK])


def test_the_same_seed_tells_the_same_stories():
    first, second = (
        Chooser(read_threads(), HOURS, PACE, DAYS[0], Random(9)).stories() for _ in range(2)
    )
    assert first == second


def test_two_desks_are_full_and_persons_can_be_reached(told):
    _today, stories = told
    people = read_people()
    parts = Casting(people, read_demo_organisation(), Random(5)).parts(stories)
    desks = Counter(
        part.owner
        for part in parts
        if part.story.cut.lands
        in (Lands.IN_PROGRESS, Lands.WAITING, Lands.RETURNED, Lands.REOPENED)
    )
    assert all(10 <= desks[name] <= 14 for name in TELEADVISERS)
    for part in parts:
        if part.person is not None and part.channel.value in ("email", "phone"):
            assert people[part.person][part.channel.value]
    assert {part.helper for part in parts} == {None, "pan@demo.relais", "pan86@demo.relais"}
    open_of = Counter(p.person for p in parts if p.story.cut.lands is not Lands.CLOSED)
    del open_of[None]
    assert max(open_of.values()) <= 6  # few speak the rarest languages
    assert sorted(open_of.values())[len(open_of) * 9 // 10] <= 3


def test_a_report_goes_round_the_referents(told):
    _today, stories = told
    parts = Casting(read_people(), read_demo_organisation(), Random(5)).parts(stories)
    by_referents = [p for p in parts if p.referent and p.story.thread.requester_team is None]
    referents = {p.referent for p in by_referents}
    times = Counter((p.referent, p.story.thread.id) for p in by_referents)
    tellings = Counter(p.story.thread.id for p in by_referents)
    assert len(referents) > 1
    for (_referent, thread), count in times.items():
        assert count <= -(-tellings[thread] // len(referents))


@given(
    end=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    minutes=st.integers(1, 5000),
    hours=st.sampled_from([*CALENDARS.values(), scheduling.AWAKE]),
)
def test_going_back_is_the_way_there(end: datetime, minutes: int, hours: WorkingHours):
    end = end.replace(tzinfo=UTC, microsecond=0)
    start = back_working(end, minutes, hours)
    assert start < end
    # Forward again leads to the same working instant: ``end``, or the closing before it.
    reached = add_working(start, minutes, hours)
    assert reached <= end
    assert add_working(reached, 0, hours) <= add_working(end, 0, hours)
    assert add_working(reached, 1, hours) == add_working(end, 1, hours)
