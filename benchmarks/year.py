"""A year of the chain, lived twice through the real verbs: with the hand-over file, and without.

Arrivals are those of one help service (4,180 persons from January to May 2021 in one département:
ten thousand a year), spread over working hours. What is assumed stands below, and is the same in
both lives: how many questions climb, how much of what the next level needs is known at first, how
long work takes, how fast persons answer. With the file, what is missing is asked before the
hand-over; without it, the next level finds out and sends it back.
"""

from __future__ import annotations

import heapq
import random
import statistics
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Engine, event, func, select

from benchmarks.places import Place
from benchmarks.report import Figure, percentile
from escalation import asking, returning
from escalation.chain import next_teams
from escalation.models import Escalation, EscalationState
from escalation.raising import HandoverDraft, escalate
from support.catalogue.models import ContactReason
from support.clocks.calendar import add_working, working_between
from support.clocks.calendars import hours_of
from support.clocks.models import Clock, ClockKind
from support.intake.models import Channel
from support.kernel import db, message_ids
from support.kernel.time import as_of
from support.people.identifying import Identity, recognise_or_create
from support.people.models import Agent
from support.tickets import closing, measuring
from support.tickets.assigning import take
from support.tickets.authors import SYSTEM
from support.tickets.journal import Words
from support.tickets.models import ClosedHow, Ticket
from support.tickets.opening import TicketDraft, open_ticket
from support.tickets.replying import ReplyDraft, agent_replies, person_replies
from support.tickets.visibility import PAGE, hold
from web import migrations
from web.demo import reading
from web.demo.organising import organise
from web.seeds import seeding

A_YEAR = 4180 * 12 // 5
BEGINS = datetime(2026, 1, 5, 8, tzinfo=UTC)
DAYS = 364
# Of a hundred questions, how many the first level answers, the second, the third.
CLIMB = (0.62, 0.28, 0.10)
KNOWN = 0.45  # of what the next level needs, what is known from the first words
FORGOTTEN = 0.10  # of what the person is asked, what they leave out
WORK = {1: 14.0, 2: 35.0, 3: 60.0}  # minutes of work on one ticket, median
SPREAD = 0.6
PERSON_DAYS = 1.6  # until a person answers what they are asked, median
BUSY = 0.75  # of the working time of a level, what arrives takes when nothing comes back
CALENDAR = "standard"
SEED = 20260105


@dataclass
class Life:
    """What came of one year. ``asked_again``: items that a level asked for after a hand-over;
    ``letters``: how often persons were asked something; ``hours``: working hours that a level had
    a ticket, from its coming to its going.
    """

    handed_over: int = 0
    asked_again: int = 0
    letters: int = 0
    kept: float = 0.0
    days: list[float] = field(default_factory=list)
    hours: dict[int, list[float]] = field(default_factory=lambda: {1: [], 2: [], 3: []})


@dataclass
class Case:
    ticket_id: int
    top: int
    needed: list[str]
    known: set[str]
    opened: datetime
    since: datetime
    level: int = 1
    back: bool = False  # came back for want of something: this time it must be complete


class Desk:
    """The agents of one level: each does one thing at a time, in working hours."""

    def __init__(self, agents: list[int], slots: int, slower: float) -> None:
        self.slower = slower
        self.agents = agents
        self.free = [(BEGINS, n) for n in range(slots)]
        heapq.heapify(self.free)

    def work(self, ready: datetime, minutes: float) -> tuple[datetime, int]:
        """When it is done, and by whom."""
        free, number = heapq.heappop(self.free)
        hours = hours_of(CALENDAR)
        done = add_working(max(ready, free), max(1, round(minutes * self.slower)), hours)
        heapq.heappush(self.free, (done, number))
        return done, self.agents[number % len(self.agents)]


def measure(place: Place, asked: Namespace) -> list[Figure]:
    tickets = min(asked.year, A_YEAR)
    lives = {}
    for name, with_file in (("with the file", True), ("without", False)):
        print(f"  {tickets} tickets {name}…", file=sys.stderr, flush=True)
        with _database(place, name.replace(" ", "-")):
            lives[name] = Year(tickets, with_file=with_file).live()
    return [figure for name, life in lives.items() for figure in _figures(place.name, name, life)]


def _figures(database: str, name: str, life: Life) -> Iterator[Figure]:
    def one(what: str, unit: str, value: float, high: float | None = None) -> Figure:
        return Figure("year", database, f"{name}: {what}", unit, round(value, 1), high)

    yield one("promises kept", "%", 100 * life.kept)
    yield one("asked again per 100 hand-overs", "", 100 * life.asked_again / life.handed_over)
    yield one("letters that ask something", "", life.letters)
    yield one("opened to closed, days", "d", statistics.median(life.days),
              round(percentile(life.days, 0.95), 1))  # fmt: skip
    for level, hours in life.hours.items():
        yield one(f"level {level}, working hours a stay", "h", statistics.median(hours),
                  round(percentile(hours, 0.95), 1))  # fmt: skip


_marks = count(1)


def _mark() -> str:
    return f"<{next(_marks)}@simulated.example>"


@contextmanager
def _database(place: Place, name: str) -> Iterator[Engine]:
    """A fresh one in a file; durability is measured elsewhere, so that a year passes quickly."""
    engine = db.make_engine(f"sqlite:///{place.folder / f'year-{name}.sqlite3'}")
    event.listen(engine, "connect", lambda made, _record: made.execute("PRAGMA synchronous=OFF"))
    migrations.upgrade(engine)
    db.configure(engine)
    message_ids.configure(_mark)
    yield engine
    engine.dispose()


class Year:
    def __init__(self, tickets: int, *, with_file: bool) -> None:
        self.tickets, self.with_file = tickets, with_file
        self.chance = random.Random(SEED)
        self.life, self.todo, self.order = Life(), [], count()  # type: ignore[var-annotated]
        with db.transaction() as session:
            seeding.seed()
            agents = organise(reading.read_demo_organisation())
            self.reasons = [
                (one.id, [item["code"] for item in one.handover if item.get("required")])
                for one in session.scalars(select(ContactReason).order_by(ContactReason.id))
                if any(i.get("required") and i["code"] in asking.ASKABLE for i in one.handover)
            ]
            if not with_file:
                for reason in session.scalars(select(ContactReason)):
                    reason.handover = []
            self.desks = {level: self._desk(level, list(agents.values())) for level in WORK}

    def _desk(self, level: int, agents: list[Agent]) -> Desk:
        roles = {1: "teleadviser", 2: "project_agent", 3: "business_agent"}
        mine = [one.id for one in agents if one.role.value == roles[level] and not one.by_mail]
        share = (1.0, CLIMB[1] + CLIMB[2], CLIMB[2])[level - 1]
        # A question that climbs is worked on twice where it passes: up, and down again.
        twice = (1 + CLIMB[1] + CLIMB[2], 1 + CLIMB[2] / (CLIMB[1] + CLIMB[2]), 1.0)[level - 1]
        mean = WORK[level] * 2.718 ** (SPREAD**2 / 2)
        minutes = self.tickets * share * twice * mean
        working = working_between(BEGINS, BEGINS + timedelta(days=DAYS), hours_of(CALENDAR))
        hands = max(1, round(minutes / working / BUSY + 0.5))
        # Of a part of a year's questions there are fewer hands, and each has less time for them.
        return Desk(mine, hands, slower=BUSY * hands * working / minutes)

    def live(self) -> Life:
        with db.transaction(write=False):
            arrivals = sorted(self._arrivals())
        for at in arrivals:
            self._later(at, self._open)
        week = BEGINS
        while self.todo:
            at, _n, action, case = heapq.heappop(self.todo)
            if at >= week:
                week = at + timedelta(days=7)
                with db.transaction(), as_of(at):
                    measuring.measure()
            with db.transaction(), as_of(at):
                action(at) if case is None else action(at, case)
        self._count()
        return self.life

    def _arrivals(self) -> Iterator[datetime]:
        hours = hours_of(CALENDAR)
        whole = working_between(BEGINS, BEGINS + timedelta(days=DAYS), hours)
        for _ in range(self.tickets):
            yield add_working(BEGINS, self.chance.randrange(1, whole), hours)

    def _later(self, at: datetime, action: Callable[..., None], case: Case | None = None) -> None:
        heapq.heappush(self.todo, (at, next(self.order), action, case))

    def _minutes(self, level: int) -> float:
        return WORK[level] * self.chance.lognormvariate(0, SPREAD)

    # What happens to a question.

    def _open(self, at: datetime) -> None:
        reason_id, needed = self.chance.choice(self.reasons)
        number = next(self.order)
        who = Identity("Simulée", f"Personne {number}", f"p{number}@example.org")
        draft = TicketDraft(
            subject="Question",
            words=Words("Bonjour, je suis bloqué.", channel=Channel.FORM),
            reason=db.session().get_one(ContactReason, reason_id),
            channel=Channel.FORM,
            person=recognise_or_create(who),
        )
        ticket = open_ticket(draft, by=SYSTEM)
        top = self.chance.choices((1, 2, 3), CLIMB)[0]
        known = {code for code in needed if self.chance.random() < KNOWN}
        case = Case(ticket.id, top, needed, known, at, at)
        self._queue(at, case)

    def _queue(self, at: datetime, case: Case) -> None:
        """In line at the level that has it."""
        done, agent = self.desks[case.level].work(at, self._minutes(case.level))
        self._later(done, lambda now, one: self._handle(now, one, agent), case)

    def _handle(self, at: datetime, case: Case, agent_id: int) -> None:
        ticket, agent = self._take(case, agent_id)
        if case.level == case.top:
            self._conclude(at, case, ticket, agent)
        elif (
            case.level == 1 and (self.with_file or case.back) and self._ask(at, case, ticket, agent)
        ):
            return
        else:
            self._climb(at, case, ticket, agent)

    def _take(self, case: Case, agent_id: int) -> tuple[Ticket, Agent]:
        """The ticket, and one who may act on it: of the team that has it."""
        session = db.session()
        ticket = session.get_one(Ticket, case.ticket_id, options=PAGE)
        hold(ticket)
        agent = session.get_one(Agent, agent_id)
        if agent.team_id != ticket.team_id:
            found = session.scalars(
                select(Agent).where(Agent.team_id == ticket.team_id, Agent.active.is_(True))
            ).first()
            agent = found or agent
        if ticket.owner_id is None:
            take(ticket, by=agent)
        return ticket, ticket.owner or agent

    def _ask(self, at: datetime, case: Case, ticket: Ticket, agent: Agent) -> bool:
        """Ask the person for what is missing. What nobody but us can know is found out here."""
        missing = [code for code in case.needed if code not in case.known]
        case.known.update(code for code in missing if code not in asking.ASKABLE)
        wanted = [code for code in missing if code in asking.ASKABLE]
        fresh = [code for code in wanted if code not in asking.pending(ticket)]
        if not fresh:
            case.known.update(wanted)  # asked before and left out: asked on the telephone
            return False
        asking.ask_person(ticket, fresh, {code: code for code in fresh}, by=agent)
        self.life.letters += 1
        days = PERSON_DAYS * self.chance.lognormvariate(0, 0.8)
        self._later(at + timedelta(days=days), self._person_answers, case)
        return True

    def _person_answers(self, at: datetime, case: Case) -> None:
        ticket = db.session().get_one(Ticket, case.ticket_id, options=PAGE)
        hold(ticket)
        assert ticket.person is not None
        person_replies(ticket, Words("Voici.", channel=Channel.FOLLOW), by=ticket.person)
        case.known.update(
            code
            for code in case.needed
            if code in asking.ASKABLE and self.chance.random() >= FORGOTTEN
        )
        self._queue(at, case)

    def _climb(self, at: datetime, case: Case, ticket: Ticket, agent: Agent) -> None:
        if not self.with_file and case.level > 1 and self._send_back(at, case, ticket, agent):
            return
        given = {code: "connu" for code in case.needed if self.with_file or code in case.known}
        given = {c: "2026-12-31" if c == "expiry_date" else v for c, v in given.items()}
        teams = next_teams(ticket)
        if not teams:  # nobody above: it is answered here
            case.top = case.level
            self._conclude(at, case, ticket, agent)
            return
        to = teams[0]
        escalate(ticket, to, HandoverDraft("Que faut-il répondre ?", given), by=agent)
        self.life.handed_over += 1
        case.top = max(case.top, to.level)  # nationality goes straight to its directorate
        self._leave(at, case, to.level)
        self._queue(at, case)

    def _send_back(self, at: datetime, case: Case, ticket: Ticket, agent: Agent) -> bool:
        missing = [code for code in case.needed if code not in case.known]
        if not missing:
            return False
        returning.ask_missing(ticket, missing, "", by=agent)
        case.back = True
        self.life.asked_again += len(missing)
        self._leave(at, case, ticket.level)
        done, below = self.desks[case.level].work(at, self._minutes(case.level) / 2)
        self._later(done, lambda now, one: self._fetch(now, one, below), case)
        return True

    def _fetch(self, at: datetime, case: Case, agent_id: int) -> None:
        """The level below has it back: it asks further down, or the person."""
        ticket, agent = self._take(case, agent_id)
        if case.level == 1:
            if not self._ask(at, case, ticket, agent):
                self._climb(at, case, ticket, agent)
        elif not self._send_back(at, case, ticket, agent):
            self._climb(at, case, ticket, agent)

    def _conclude(self, at: datetime, case: Case, ticket: Ticket, agent: Agent) -> None:
        if case.level > 1:
            if not self.with_file and self._send_back(at, case, ticket, agent):
                return
            returning.answer(ticket, "Voici ce qu’il faut répondre.", by=agent)
            case.top = ticket.level
            self._leave(at, case, ticket.level)
            self._queue(at, case)
            return
        agent_replies(ticket, ReplyDraft("Voici la réponse.", _mark()), by=agent)
        closing.close(ticket, ClosedHow.ANSWERED, by=agent)
        self.life.days.append((at - case.opened) / timedelta(days=1))
        self._leave(at, case, 1)

    def _leave(self, at: datetime, case: Case, to: int) -> None:
        stay = working_between(case.since, at, hours_of(CALENDAR))
        self.life.hours[case.level].append(stay / 60)
        case.level, case.since = to, at

    def _count(self) -> None:
        with db.transaction(write=False) as session:
            kept: Any = dict(
                session.execute(
                    select(Clock.kept, func.count())
                    .where(Clock.kind == ClockKind.ANSWER, Clock.kept.is_not(None))
                    .group_by(Clock.kept)
                ).all()
            )
            self.life.kept = kept.get(True, 0) / max(1, sum(kept.values()))
            returned = select(func.count()).where(Escalation.state == EscalationState.RETURNED)
            assert self.with_file is False or not session.scalar(returned)
