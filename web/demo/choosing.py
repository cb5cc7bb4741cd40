"""Which stories to tell, and when: work in every state, and eight weeks of what is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from support.clocks.calendar import add_working
from support.kernel.time import FAR_FUTURE
from support.tickets.queue import RISK_MINUTES
from web.demo import scheduling
from web.demo.foreseeing import Cut, Lands, cuts
from web.demo.reading import Thread
from web.demo.scheduling import FROM_PERSONS, Pace

WEEKS = 8
TRIES = 60

# How many tickets stand where today: of persons, and of the referents of prefectures.
OF_PERSONS = {
    Lands.NEW: 22, Lands.IN_PROGRESS: 40, Lands.WAITING: 57, Lands.RETURNED: 7,
    Lands.RETURNED_BETWEEN: 2, Lands.ESCALATED_2: 24, Lands.ESCALATED_3: 18,
    Lands.REOPENED: 6, Lands.CLOSED: 578,
}  # fmt: skip
OF_REFERENTS = {
    Lands.NEW: 4, Lands.IN_PROGRESS: 6, Lands.WAITING: 4, Lands.RETURNED: 2,
    Lands.ESCALATED_3: 6, Lands.CLOSED: 24,
}  # fmt: skip

# Of the tickets that are with a directorate, how many are with each.
DIRECTORATES = {"sdst": 6, "sdanf": 4, "asile": 2}

# Hours since the last step, at least and at most: working hours for staff, waking ones for persons.
AGES = {
    Lands.NEW: (0.5, 14), Lands.IN_PROGRESS: (0.1, 14), Lands.WAITING: (1, 60),
    Lands.RETURNED: (0.2, 9), Lands.RETURNED_BETWEEN: (0.5, 9), Lands.ESCALATED_2: (0.3, 26),
    Lands.ESCALATED_3: (1, 34), Lands.REOPENED: (0.1, 5),
}  # fmt: skip
# The very newest arrivals, in minutes: a centre never sleeps for long.
JUST_ARRIVED = (3, 9, 17, 34, 58)


class Promise(StrEnum):
    BROKEN = "broken"
    AT_RISK = "at_risk"
    FINE = "fine"


# Of the promises that run in the centre today, and of those in higher hands (in a hundred).
IN_THE_CENTRE = {Promise.BROKEN: 3, Promise.AT_RISK: 8}
HIGHER_UP = {Promise.BROKEN: 8, Promise.AT_RISK: 14}
STANDS_IN_CENTRE = (Lands.NEW, Lands.IN_PROGRESS, Lands.RETURNED, Lands.REOPENED)


@dataclass(frozen=True)
class Story:
    """A thread up to where it stands today, with the instant of each step."""

    cut: Cut
    at: Sequence[datetime]
    promise: Promise

    @property
    def thread(self) -> Thread:
        return self.cut.thread


@dataclass
class Chooser:
    """``hours`` maps a reason to its announced delay, in working hours.

    ``share``: how much of the whole to tell, 1 being all; something of each kind at least.
    """

    threads: Sequence[Thread]
    hours: Mapping[str, int]
    pace: Pace
    today: datetime
    rng: Random
    share: float = 1
    told: Counter[str] = field(default_factory=Counter)

    def stories(self) -> list[Story]:
        """Every story to tell, the oldest first."""
        found = self._of("person", OF_PERSONS) + self._of("referent", OF_REFERENTS)
        return sorted(found, key=lambda story: story.at[0])

    def _of(self, requester: str, quotas: Mapping[Lands, int]) -> list[Story]:
        choice = [c for t in self.threads if t.requester == requester for c in cuts(t)]
        found: list[Story] = []
        for lands, whole in quotas.items():
            count = max(1, round(whole * self.share))
            here = [cut for cut in choice if cut.lands is lands]
            if not here:
                continue
            if lands is Lands.CLOSED:
                found += [self._finished(here) for _ in range(count)]
            else:
                wanted = self._promises(lands, count, requester)
                arrives = lands is Lands.NEW and requester == "person"
                fresh = JUST_ARRIVED[:count] if arrives else ()
                found += [self._arriving(here, minutes) for minutes in fresh]
                found += [self._standing(here, promise) for promise in wanted[len(fresh) :]]
        return found

    def _promises(self, lands: Lands, count: int, requester: str) -> list[Promise]:
        """How the promises of ``count`` stories shall stand, the fine ones first."""
        if lands is Lands.WAITING:
            return [Promise.FINE] * count
        if lands in STANDS_IN_CENTRE and requester == "person":
            whole = round(self.share * sum(OF_PERSONS[each] for each in STANDS_IN_CENTRE))
            broken, risky = (self._share(IN_THE_CENTRE[p], count, whole) for p in _LATE)
        else:
            broken, risky = (self._share(HIGHER_UP[p], count, 100) for p in _LATE)
        late = [Promise.AT_RISK] * risky + [Promise.BROKEN] * broken
        return [Promise.FINE] * (count - len(late)) + late

    def _share(self, parts: int, count: int, whole: int) -> int:
        return round(parts * count / whole)

    def _draw(self, choice: Sequence[Cut]) -> Cut:
        weights = [self._weight(cut) for cut in choice]
        return self.rng.choices(choice, weights)[0]

    def _of_one_directorate(self, choice: Sequence[Cut]) -> Sequence[Cut]:
        known = sorted({cut.handed_to or "" for cut in choice})
        drawn = self.rng.choices(known, [DIRECTORATES.get(team, 1) for team in known])[0]
        return [cut for cut in choice if cut.handed_to == drawn]

    def _weight(self, cut: Cut) -> float:
        # A whole story is better than half of one, and one not yet told than an old tale. What
        # comes back for want of something is rarely told but must be seen.
        weight = cut.thread.weight * (3 if cut.whole else 1)
        rarity = 8 if cut.steps[-1].what == "ask_missing" else 1
        return weight * rarity / (1 + 0.2 * self.told[cut.thread.id])

    def _keep(self, cut: Cut, at: Sequence[datetime], promise: Promise = Promise.FINE) -> Story:
        self.told[cut.thread.id] += 1
        return Story(cut, at, promise)

    def _finished(self, choice: Sequence[Cut]) -> Story:
        cut = self._draw(choice)
        slow = Pace(self.pace.centre, self.pace.office, self.rng.uniform(2.5, 5))
        pace = slow if self.rng.random() < 0.07 else self.pace
        hours = scheduling.opening_hours(cut, pace)
        first = self.today - timedelta(weeks=WEEKS)
        for _ in range(TRIES):
            start = scheduling.some_instant(first, self.today, hours, self.rng)
            at = scheduling.instants(start, cut, pace, self.rng)
            if at[-1] < self.today:
                return self._keep(cut, at)
        ends = self.today - timedelta(hours=self.rng.uniform(1, 100))
        return self._keep(
            cut, scheduling.instants_ending(ends, cut, pace, self.rng.getrandbits(32))
        )

    def _arriving(self, choice: Sequence[Cut], minutes: int) -> Story:
        written = [cut for cut in choice if cut.length == 1 and cut.steps[0].what == "person"]
        return self._keep(self._draw(written), [self.today - timedelta(minutes=minutes)])

    def _standing(self, choice: Sequence[Cut], wanted: Promise) -> Story:
        """An unfinished story whose promise stands as ``wanted``, or the least late one tried."""
        if choice[0].lands is Lands.ESCALATED_3:
            choice = self._of_one_directorate(choice)
        tried: list[tuple[datetime, int, Story]] = []
        for number in range(TRIES):
            cut = self._draw(choice)
            at = self._ending_lately(cut)
            due = self.due(cut, at)
            story = Story(cut, at, self.stands(due))
            tried.append((due or FAR_FUTURE, number, story))
            if story.promise is wanted:
                break
        else:
            story = max(tried)[2]
        return self._keep(story.cut, story.at, story.promise)

    def _ending_lately(self, cut: Cut) -> list[datetime]:
        least, most = AGES[cut.lands]
        theirs = cut.steps[-1].what in FROM_PERSONS and cut.thread.requester == "person"
        hours = scheduling.AWAKE if theirs else self.pace.centre
        minutes = 60 * self.rng.triangular(least, most, least + (most - least) / 4)
        end = scheduling.back_working(self.today, minutes, hours)
        return scheduling.instants_ending(end, cut, self.pace, self.rng.getrandbits(32))

    def due(self, cut: Cut, at: Sequence[datetime]) -> datetime | None:
        """The promised date that runs, if one does."""
        minutes = 60 * self.hours[cut.thread.reason]
        return scheduling.deadline(cut, at, minutes, self.pace.centre)

    def stands(self, due: datetime | None) -> Promise:
        if due is None:
            return Promise.FINE
        if due < self.today:
            return Promise.BROKEN
        risky = due < add_working(self.today, RISK_MINUTES, self.pace.centre)
        return Promise.AT_RISK if risky else Promise.FINE


_LATE = (Promise.BROKEN, Promise.AT_RISK)
