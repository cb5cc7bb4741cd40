"""Working time as pure functions: lunch, nights, week-ends, holidays, daylight saving."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.clocks.calendar import (
    NeverOpen,
    WorkingHours,
    add_working,
    public_holidays,
    working_between,
    working_days_between,
)

PARIS = ZoneInfo("Europe/Paris")
MORNING, AFTERNOON = (time(9), time(12, 30)), (time(13, 30), time(17))
OFFICE = WorkingHours(weekly={day: [MORNING, AFTERNOON] for day in range(5)})
ALWAYS = WorkingHours(weekly={day: [(time(0), time(23, 59))] for day in range(7)}, zone="metropole")
NIGHT = WorkingHours(weekly={day: [(time(1), time(4))] for day in range(7)})
DAY = 7 * 60  # working minutes of an office day


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        # 2026-11-16 is a Monday without a holiday near.
        ("2026-11-16 09:00", 60, "2026-11-16 10:00"),
        ("2026-11-16 12:00", 30, "2026-11-16 12:30"),  # a range may be used up to its end
        ("2026-11-16 12:00", 31, "2026-11-16 13:31"),  # lunch does not count
        ("2026-11-16 12:45", 1, "2026-11-16 13:31"),  # asked during lunch
        ("2026-11-16 16:59", 2, "2026-11-17 09:01"),  # over night
        ("2026-11-16 06:00", 10, "2026-11-16 09:10"),  # before the opening
        ("2026-11-16 23:30", 10, "2026-11-17 09:10"),  # after the closing
        ("2026-11-20 16:30", 60, "2026-11-23 09:30"),  # over the week-end
        ("2026-11-21 10:00", 0, "2026-11-23 09:00"),  # nothing, asked on a Saturday
        ("2026-11-16 10:00", 0, "2026-11-16 10:00"),
        ("2026-11-16 09:00", 5 * DAY, "2026-11-20 17:00"),  # five whole days
        ("2026-11-16 09:00", 5 * DAY + 1, "2026-11-23 09:01"),
        ("2026-11-10 16:00", 120, "2026-11-12 10:00"),  # the 11th of November
        ("2026-12-24 16:00", 120, "2026-12-28 10:00"),  # Christmas on a Friday
        ("2026-04-03 16:30", 60, "2026-04-07 09:30"),  # Easter Monday
        ("2026-05-13 16:30", 60, "2026-05-15 09:30"),  # Ascension Day
        ("2026-05-22 16:30", 60, "2026-05-26 09:30"),  # Whit Monday
        ("2026-12-31 16:30", 60, "2027-01-04 09:30"),  # the New Year, and its week-end
        ("2028-02-28 16:30", 60, "2028-02-29 09:30"),  # a leap day is a day
        ("2028-02-29 16:30", 60, "2028-03-01 09:30"),
        ("2028-02-28 09:00", 3 * DAY, "2028-03-01 17:00"),
        ("2027-02-26 16:30", 60, "2027-03-01 09:30"),  # and a year without one
    ],
)
def test_working_time_is_added(start, minutes, end):
    assert add_working(paris(start), minutes, OFFICE) == paris(end)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-16 09:00", "2026-11-16 17:00", DAY),
        ("2026-11-16 12:30", "2026-11-16 13:30", 0),
        ("2026-11-16 12:00", "2026-11-16 14:00", 60),
        ("2026-11-16 17:00", "2026-11-17 09:00", 0),
        ("2026-11-20 16:00", "2026-11-23 10:00", 120),
        ("2026-11-21 08:00", "2026-11-22 20:00", 0),
        ("2026-11-10 09:00", "2026-11-12 17:00", 2 * DAY),
        ("2026-11-17 10:00", "2026-11-16 10:00", 0),
        ("2026-11-16 10:00", "2026-11-16 10:00", 0),
    ],
)
def test_working_time_is_measured(start, end, minutes):
    assert working_between(paris(start), paris(end), OFFICE) == minutes


@pytest.mark.parametrize(
    ("day", "minutes"),
    [
        ("2026-03-28", 180),
        ("2026-03-29", 120),  # clocks go forward: from two to three there is no hour
        ("2026-10-24", 180),
        ("2026-10-25", 240),  # clocks go back: from two to three there are two
    ],
)
def test_the_two_days_on_which_clocks_change(day, minutes):
    start, end = paris(f"{day} 00:00"), paris(f"{day} 12:00")
    assert working_between(start, end, NIGHT) == minutes
    assert add_working(start, minutes, NIGHT) == paris(f"{day} 04:00")


@pytest.mark.parametrize("day", ["2026-03-27", "2026-10-23"])
def test_office_days_around_a_clock_change_are_as_long_as_others(day):
    friday = paris(f"{day} 16:00")
    assert add_working(friday, 120, OFFICE).astimezone(PARIS).hour == 10


def test_opening_hours_that_exist_in_no_minute_of_the_day():
    lost = WorkingHours(weekly={6: [(time(2), time(3))]})
    assert lost.ranges_on(date(2026, 3, 29)) == []
    assert len(lost.ranges_on(date(2026, 3, 22))) == 1


def test_instants_of_any_zone_mean_the_same():
    # Python adds « on the wall » within one zone: around a clock change that is an hour wrong.
    start = datetime(2026, 10, 25, 1, 30, tzinfo=PARIS)
    end = datetime(2026, 10, 25, 3, 30, tzinfo=PARIS)
    result = add_working(start, 180, NIGHT)
    assert result == add_working(start.astimezone(UTC), 180, NIGHT)
    assert result.tzinfo is UTC
    assert working_between(start, end, NIGHT) == 180


HOLIDAYS = {
    2024: ["04-01", "05-09", "05-20"],
    2025: ["04-21", "05-29", "06-09"],
    2026: ["04-06", "05-14", "05-25"],
    2027: ["03-29", "05-06", "05-17"],
    2038: ["04-26", "06-03", "06-14"],  # the latest Easter there is
}
FIXED = ["01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25"]


@pytest.mark.parametrize("year", HOLIDAYS)
def test_public_holidays(year):
    expected = {date.fromisoformat(f"{year}-{day}") for day in FIXED + HOLIDAYS[year]}
    assert public_holidays(year) == expected


def test_alsace_and_moselle_have_two_more():
    more = public_holidays(2026, "alsace_moselle") - public_holidays(2026)
    assert more == {date(2026, 4, 3), date(2026, 12, 26)}


def test_where_the_calendar_is_decides():
    start = paris("2026-04-02 16:30")
    there = WorkingHours(weekly=OFFICE.weekly, zone="alsace_moselle")
    assert add_working(start, 60, OFFICE) == paris("2026-04-03 09:30")
    assert add_working(start, 60, there) == paris("2026-04-07 09:30")


def test_exceptional_closures():
    closed = WorkingHours(weekly=OFFICE.weekly, closures=frozenset({date(2026, 11, 17)}))
    assert add_working(paris("2026-11-16 16:30"), 60, closed) == paris("2026-11-18 09:30")


@pytest.mark.parametrize(
    "weekly", [{}, {0: []}, {0: [(time(9), time(9))]}, {0: [(time(17), time(9))]}]
)
def test_a_calendar_that_never_opens_is_an_error_and_not_a_loop(weekly):
    never = WorkingHours(weekly=weekly)
    with pytest.raises(NeverOpen):
        add_working(paris("2026-11-16 09:00"), 1, never)
    assert working_between(paris("2026-11-16 09:00"), paris("2026-12-16 09:00"), never) == 0


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-11-16 10:00", "2026-11-16 16:00", 0),
        ("2026-11-16 16:00", "2026-11-17 09:00", 1),
        ("2026-11-20 16:00", "2026-11-23 09:00", 1),
        ("2026-11-10 09:00", "2026-11-12 09:00", 1),
        ("2026-11-18 09:00", "2026-11-16 09:00", -2),
        ("2026-11-16 23:30", "2026-11-17 00:30", 1),  # days are local, not UTC
    ],
)
def test_days_left_are_counted_in_opening_days(start, end, days):
    assert working_days_between(paris(start), paris(end), OFFICE) == days


# From two years that hold clock changes, leap day and every holiday.
instants = st.datetimes(datetime(2027, 6, 1), datetime(2029, 6, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
minutes = st.integers(0, 30 * DAY)
calendars = st.sampled_from([OFFICE, ALWAYS, NIGHT])
quick = settings(max_examples=60, deadline=None)


@quick
@given(instants, minutes, minutes, calendars)
def test_adding_twice_is_adding_the_sum(start, one, other, hours):
    # The two may be the end of one range and the beginning of the next: no time lies between.
    once = add_working(start, one + other, hours)
    twice = add_working(add_working(start, one, hours), other, hours)
    assert working_between(start, once, hours) == one + other
    assert working_between(start, twice, hours) == one + other
    assert working_between(once, twice, hours) == 0


@quick
@given(instants, minutes, calendars)
def test_the_deadline_is_the_inverse_of_the_time_elapsed(start, left, hours):
    deadline = add_working(start, left, hours)
    assert deadline >= start
    assert working_between(start, deadline, hours) == left


@quick
@given(instants, instants, instants, calendars)
def test_elapsed_time_adds_up_and_is_never_negative(a, b, c, hours):
    a, b, c = sorted((a, b, c))
    b = min(b, a + timedelta(days=40))
    c = min(c, b + timedelta(days=40))
    parts = working_between(a, b, hours), working_between(b, c, hours)
    assert min(parts) >= 0
    assert sum(parts) == working_between(a, c, hours)
    assert working_between(c, a, hours) == 0 or a == c


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("mayotte", date(2026, 4, 27)),
        ("martinique", date(2026, 5, 22)),
        ("guadeloupe", date(2026, 5, 27)),
        ("saint_martin", date(2026, 5, 28)),
        ("guyane", date(2026, 6, 10)),
        ("saint_barthelemy", date(2026, 10, 9)),
        ("reunion", date(2026, 12, 20)),
    ],
)
def test_each_place_overseas_has_one_day_more(zone, day):
    assert public_holidays(2026, zone) - public_holidays(2026) == {day}
    assert public_holidays(2026) < public_holidays(2026, zone)


def test_overseas_the_day_begins_at_another_hour():
    reunion = WorkingHours(timezone="Indian/Reunion", zone="reunion", weekly=OFFICE.weekly)
    martinique = WorkingHours(
        timezone="America/Martinique", zone="martinique", weekly=OFFICE.weekly
    )
    eve = datetime(2026, 5, 21, 16, tzinfo=ZoneInfo("America/Martinique"))
    # One hour on the 21st; the 22nd is a holiday; a week-end; Pentecost Monday.
    assert add_working(eve, 120, martinique) == datetime(
        2026, 5, 26, 10, tzinfo=ZoneInfo("America/Martinique")
    )
    noon = datetime(2026, 5, 22, 8, tzinfo=UTC)  # noon in Saint-Denis
    assert add_working(noon, 30, reunion) == datetime(2026, 5, 22, 8, 30, tzinfo=UTC)
