"""Free places: tables of cases, and what must hold whatever the windows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.help_sessions.slots import (
    QUANTUM,
    Busy,
    Hours,
    Slot,
    Window,
    free_slots,
    instants,
    minutes_open,
    open_ranges,
    quanta,
)

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2026, 11, 30)
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)  # Sundays on which the clocks change


def at(day: date, said: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(said), PARIS).astimezone(UTC)


def weekly(starts: str, ends: str, *desks: int, weekday: int = 0, **more) -> Window:
    return Window(
        time.fromisoformat(starts), time.fromisoformat(ends), frozenset(desks or (1,)),
        weekday=weekday, **more,
    )  # fmt: skip


def said(slots: list[Slot]) -> list[str]:
    return [slot.start.astimezone(PARIS).strftime("%H:%M") for slot in slots]


def free(windows, busy=(), days=(MONDAY,), minutes=30, **more) -> list[Slot]:
    return free_slots(Hours(windows), busy, days, length=timedelta(minutes=minutes), **more)


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([weekly("09:00", "10:30")], ["09:00", "09:30", "10:00"]),
        ([weekly("09:00", "10:20")], ["09:00", "09:30"]),
        ([weekly("09:00", "09:20")], []),
        ([weekly("09:00", "10:00", weekday=1)], []),
        ([weekly("09:00", "09:45"), weekly("09:45", "10:30")], ["09:00", "09:30", "10:00"]),
        ([weekly("09:00", "10:00"), weekly("09:30", "10:30")], ["09:00", "09:30", "10:00"]),
        ([weekly("09:00", "10:00", first=date(2026, 12, 1))], []),
        ([weekly("09:00", "10:00", last=date(2026, 11, 29))], []),
        ([weekly("09:00", "10:00", first=MONDAY, last=MONDAY)], ["09:00", "09:30"]),
    ],
    ids=["three", "a-rest", "short", "another-day", "touching", "overlapping", "not-yet",
         "no-more", "that-day"],
)  # fmt: skip
def test_cut_into_places(windows: list[Window], expected: list[str]) -> None:
    assert said(free(windows)) == expected


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        (("09:00", "09:30"), ["09:30", "10:00", "10:30"]),
        (("09:20", "09:40"), ["09:40", "10:10"]),
        (("08:00", "09:10"), ["09:10", "09:40", "10:10"]),
        (("10:45", "12:00"), ["09:00", "09:30", "10:00"]),
        (("08:00", "12:00"), []),
        (("11:00", "12:00"), ["09:00", "09:30", "10:00", "10:30"]),
    ],
    ids=["first", "middle", "before", "last", "all", "just-after"],
)
def test_what_is_taken_is_not_free(taken: tuple[str, str], expected: list[str]) -> None:
    busy = [Busy(1, at(MONDAY, taken[0]), at(MONDAY, taken[1]))]
    assert said(free([weekly("09:00", "11:00")], busy)) == expected
    assert said(free([weekly("09:00", "11:00")], [Busy(2, busy[0].start, busy[0].end)])) == [
        "09:00", "09:30", "10:00", "10:30",
    ]  # fmt: skip


def test_a_short_reason_does_not_set_the_rhythm_of_the_rest() -> None:
    busy = [Busy(1, at(MONDAY, "09:00"), at(MONDAY, "09:15"))]
    assert said(free([weekly("09:00", "10:15")], busy)) == ["09:15", "09:45"]


def test_several_desks_at_once_are_one_place_each() -> None:
    slots = free(
        [weekly("09:00", "10:00", 1, 2)], [Busy(1, at(MONDAY, "09:30"), at(MONDAY, "10:00"))]
    )
    assert [slot.desks for slot in slots] == [(1, 2), (2,)]  # the long stretch is kept


def test_only_for_their_group() -> None:
    windows = [weekly("09:00", "10:00", groups=frozenset({"deposit"})), weekly("14:00", "14:30")]
    assert said(free(windows, group="deposit")) == ["09:00", "09:30", "14:00"]
    assert said(free(windows, group="account")) == ["14:00"]
    assert said(free(windows)) == ["09:00", "09:30", "14:00"]


def test_nothing_before_a_moment_and_the_rhythm_stays() -> None:
    slots = free([weekly("09:00", "11:00")], earliest=at(MONDAY, "09:35"))
    assert said(slots) == ["10:00", "10:30"]


def test_holidays_of_the_place() -> None:
    christmas, saint_stephen = date(2026, 12, 25), date(2026, 12, 26)
    days = (christmas, saint_stephen)
    windows = [weekly("09:00", "09:30", weekday=day) for day in (4, 5)]
    assert len(free(windows, days=days)) == 1
    alsace = Hours(windows, zone="alsace_moselle")
    assert free_slots(alsace, (), days, length=timedelta(minutes=30)) == []
    opened = Window(time(9), time(9, 30), frozenset({1}), day=christmas)
    assert len(free([opened], days=days)) == 1


def test_overseas() -> None:
    hours = Hours([weekly("08:00", "08:30")], timezone="America/Cayenne", zone="guyane")
    (slot,) = free_slots(hours, (), [MONDAY], length=timedelta(minutes=30))
    assert slot.start == datetime(2026, 11, 30, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "starts", "ends", "minutes"),
    [
        (SPRING, "01:00", "04:00", 120),
        (SPRING, "02:00", "03:00", 0),
        (SPRING, "01:00", "02:30", 60),
        (SPRING, "02:30", "04:00", 60),
        (SPRING, "09:00", "12:00", 180),
        (AUTUMN, "01:00", "04:00", 240),
        (AUTUMN, "02:00", "03:00", 120),
        (AUTUMN, "01:00", "02:30", 120),
        (AUTUMN, "09:00", "12:00", 180),
    ],
)
def test_the_days_on_which_the_clocks_change(
    day: date, starts: str, ends: str, minutes: int
) -> None:
    window = weekly(starts, ends, weekday=6)
    assert minutes_open(Hours([window]), [day]) == minutes
    inside = [i for start, end in instants(window, day, "Europe/Paris") for i in quanta(start, end)]
    assert all(window.starts <= i.astimezone(PARIS).time() < window.ends for i in inside)
    assert len(inside) == minutes // 5


def test_five_minutes_each() -> None:
    start = at(MONDAY, "09:00")
    assert quanta(start, start + timedelta(minutes=15)) == [start + n * QUANTUM for n in range(3)]
    assert len(quanta(start, start + timedelta(minutes=7))) == 2


HOURS = st.integers(0, 287).map(lambda n: time(n // 12, n % 12 * 5))
DAYS = st.sampled_from([MONDAY, SPRING, AUTUMN, date(2026, 12, 25), date(2026, 12, 1)])
WINDOWS = st.lists(
    st.builds(
        Window,
        HOURS,
        HOURS,
        st.frozensets(st.integers(1, 3), min_size=1),
        weekday=st.integers(0, 6),
        groups=st.frozensets(st.sampled_from(["a", "b"])),
    )
    | st.builds(Window, HOURS, HOURS, st.frozensets(st.integers(1, 3), min_size=1), day=DAYS),
    max_size=6,
)


@st.composite
def taken(draw, day: date) -> list[Busy]:
    midnight = datetime.combine(day, time(), PARIS).astimezone(UTC)
    found = []
    for _ in range(draw(st.integers(0, 6))):
        start = midnight + draw(st.integers(0, 287)) * QUANTUM
        found.append(
            Busy(draw(st.integers(1, 3)), start, start + draw(st.integers(1, 24)) * QUANTUM)
        )
    return found


@given(WINDOWS, DAYS, st.data(), st.integers(1, 18), st.sampled_from([None, "a", "b"]))
def test_whatever_the_windows(windows, day, data, fives, group) -> None:
    """No place outside a window or in what is taken, none overlapping, none lost."""
    busy, length, hours = data.draw(taken(day)), fives * QUANTUM, Hours(windows)
    slots = free_slots(hours, busy, [day], length=length, group=group)
    on = [w for w in hours.windows_on(day) if group is None or not w.groups or group in w.groups]
    free_fives: dict[int, set[datetime]] = {desk: set() for desk in (1, 2, 3)}
    for window in on:
        for start, end in instants(window, day, hours.timezone):
            for desk in window.desks:
                free_fives[desk].update(quanta(start, end))
    for one in busy:
        free_fives[one.desk].difference_update(quanta(one.start, one.end))
    for desk, fives_left in free_fives.items():
        mine = [slot for slot in slots if desk in slot.desks]
        for slot in mine:
            assert slot.end - slot.start == length
            assert set(quanta(slot.start, slot.end)) <= fives_left
            assert all(
                any(w.starts <= i.astimezone(PARIS).time() < w.ends for w in on)
                for i in quanta(slot.start, slot.end)
            )
        assert all(one.end <= other.start for one, other in pairwise(mine))
        assert len(mine) == sum(run // fives for run in _runs(fives_left))


def _runs(fives: set[datetime]) -> list[int]:
    """How many five minutes in a row there are, stretch by stretch."""
    return [
        next(n for n in range(1, len(fives) + 2) if start + n * QUANTUM not in fives)
        for start in fives
        if start - QUANTUM not in fives
    ]


@given(WINDOWS, DAYS)
def test_ranges_of_a_desk_never_touch(windows, day) -> None:
    for ranges in open_ranges(Hours(windows), day).values():
        assert all(one[1] < other[0] for one, other in pairwise(ranges))
