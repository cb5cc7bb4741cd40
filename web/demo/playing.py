"""Playing a story through the real verbs, each step at its own instant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from escalation import handover
from escalation.raising import HandoverDraft, escalate
from escalation.reading import open_escalations
from escalation.returning import answer, ask_missing
from support.clocks import running
from support.clocks.models import ClockKind
from support.intake.models import Channel
from support.kernel.errors import DomainError
from support.kernel.time import as_of, now
from support.people.models import Agent, Person, Team
from support.tickets import promising
from support.tickets.assigning import serves, take
from support.tickets.calling import CallDraft, call_about_open
from support.tickets.closing import close
from support.tickets.given import Given
from support.tickets.journal import Words
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.noting import add_note
from support.tickets.replying import ReplyDraft, agent_replies, person_replies
from support.tickets.states import can_move
from support.tickets.waiting import wait_for_person
from web.demo import noticing, scheduling, wording
from web.demo.casting import Part
from web.demo.company import Company
from web.demo.foreseeing import Lands
from web.demo.opening import open_for, post_mark
from web.demo.reading import BadThread, Step, many

# What only the team that answers does, wherever the ticket is.
BY_OWNER = ("reply", "call_note", "wait", "close")
DOCUMENT_LASTS = timedelta(days=40)  # of somebody whose file does not say


@dataclass
class Play:
    """One story on stage. ``level_agents`` remembers who has it in each team above.

    ``quoted`` is the last reply as a mail program quotes it under the answer to it.
    """

    part: Part
    company: Company
    rng: Random
    ticket: Ticket
    owner: Agent
    level_agents: dict[int, Agent] = field(default_factory=dict)
    quoted: str = ""

    @property
    def requester(self) -> Person | Agent:
        found = self.ticket.person or self.ticket.requester_agent
        assert found is not None
        return found

    def run(self, first: int) -> None:
        """The steps from ``first`` on, then whatever time alone has done since."""
        story = self.part.story
        for number in range(first, len(story.cut.steps)):
            step, at = story.cut.steps[number], story.at[number]
            self._let_pass(at)
            if step.what not in scheduling.FROM_PERSONS:
                with as_of(self._sat_down(at, story.at[number - 1])):
                    self._touch(step)
            with as_of(at):
                getattr(self, f"_{step.what}")(step)
        if story.cut.lands in (Lands.ESCALATED_2, Lands.ESCALATED_3):
            self._taken_above(story.at[-1])
        self._let_pass(now())

    # What the requester does.

    def _person(self, step: Step) -> None:
        mail = self.ticket.channel is Channel.EMAIL or self.rng.random() < 0.7
        mail = mail and noticing.has_address(self.ticket)
        channel = Channel.EMAIL if mail else Channel.FOLLOW
        text = self._text(step.text)
        words = Words(
            text,
            full_text=f"{text}\n\n{self.quoted}" if mail and self.quoted else None,
            channel=channel,
            message_id=post_mark(channel),
            files=self.company.drawer.drafts(step.more.get("attachments") or ()),
        )
        was_closed = self.ticket.state is State.CLOSED
        entry = person_replies(self.ticket, words, by=self.requester)
        if was_closed:
            noticing.notice(self.ticket, "reopened", entry.id)

    _chaser = _person
    _reopen = _person

    # What the team that answers does.

    def _call_note(self, step: Step) -> None:
        length = timedelta(seconds=float(step.more.get("duration_s", 240)))
        call = CallDraft(
            note=self._text(step.text),
            number=(self.ticket.person.phone if self.ticket.person else None) or "",
            started_at=now() - length,
            wrap_up=step.more.get("wrap_up", "answered"),
        )
        call_about_open(call, self.ticket, solved=False, by=self.owner)

    def _note(self, step: Step) -> None:
        add_note(self.ticket, self._text(step.text), by=self._holder())

    def _reply(self, step: Step) -> None:
        text, articles = self._with_leaflets(step)
        draft = ReplyDraft(
            text=text,
            message_id=noticing.own_mark(),
            files=self.company.drawer.drafts(step.more.get("attachments") or ()),
            articles=articles,
        )
        agent_replies(self.ticket, draft, by=self.owner)
        self.quoted = wording.quotation(text)
        if step.more.get("wait"):
            self._wait(step)

    def _wait(self, _step: Step) -> None:
        home = self.ticket.team_id == self.ticket.home_team_id
        if home and can_move(self.ticket, State.WAITING_PERSON):
            wait_for_person(self.ticket, by=self.owner)

    def _close(self, step: Step) -> None:
        close(self.ticket, ClosedHow(step.value), by=self.owner)

    # What goes up and comes down.

    def _escalate(self, step: Step) -> None:
        above = open_escalations(self.ticket)
        before = above[-1].handover if above else handover.prefilled(self.ticket)
        first = not above and self.ticket.team_id == self.ticket.home_team_id
        given = self._dated(wording.handover(step.value, before, self._in_the_report()))
        draft = HandoverDraft(self._text(step.value["question"]), given)
        escalate(self.ticket, self.company.teams[step.value["to"]], draft, by=self._holder())
        if first:
            noticing.notice(self.ticket, "passed_on", self.ticket.reopenings)

    def _dated(self, given: dict[str, str]) -> dict[str, str]:
        """The end of a document as a date: a thread says it in words (« sur la fiche »)."""
        if given.get("expiry_date") and handover.read_date(given["expiry_date"]) is None:
            person = self.ticket.person
            end = person.document_expires_on if person else None
            given["expiry_date"] = f"{end or now() + DOCUMENT_LASTS:%d/%m/%Y}"
        return given

    _pass_up = _escalate

    def _in_the_report(self) -> list[str]:
        if self.ticket.requester_agent_id is None:
            return []
        return [item.code for item in handover.items_for(self.ticket.reason) if item.required]

    def _level_reply(self, step: Step) -> None:
        answer(self.ticket, self._text(step.text), by=self._holder())

    _level_return = _level_reply

    def _ask_missing(self, step: Step) -> None:
        text = self._text(step.value["text"])
        ask_missing(self.ticket, step.value["items"], text, by=self._holder())

    # Who has it, and what time does.

    def _holder(self) -> Agent:
        """Who works on it now: the owner at home, somebody of the team that has it above."""
        team = self.ticket.team
        if team.id == self.ticket.home_team_id:
            return self.owner
        return self._of_level(team)

    def _of_level(self, team: Team) -> Agent:
        if team.id not in self.level_agents:
            self.level_agents[team.id] = self.company.someone_of(team, self.rng)
        return self.level_agents[team.id]

    def _touch(self, step: Step) -> None:
        """Whoever works on a ticket that nobody owns takes it first."""
        holder = self._holder()
        theirs = holder is self.owner or step.what not in BY_OWNER
        unowned = self.ticket.owner_id is None and self.ticket.state is not State.CLOSED
        if theirs and unowned and serves(holder, self.ticket):
            take(self.ticket, by=holder)

    def _sat_down(self, at: datetime, before: datetime) -> datetime:
        """When the reader opened the ticket: a few minutes before they wrote."""
        reading = at - timedelta(seconds=self.rng.randint(45, 600))
        return max(reading, self.ticket.updated_at, min(at, before + timedelta(seconds=20)))

    def _taken_above(self, since: datetime) -> None:
        """Somebody of the level above may have taken it by now."""
        later = since + timedelta(minutes=self.rng.randint(20, 300))
        hours = self.company.office_hours
        if self.ticket.owner_id is None and later < now() and scheduling.is_open(later, hours):
            self._let_pass(later)
            with as_of(later):
                take(self.ticket, by=self._of_level(self.ticket.team))

    def _let_pass(self, until: datetime) -> None:
        """What was overdue before ``until`` was seen to be so at its minute."""
        running_out = [
            clock
            for kind in ClockKind
            if (clock := running.live(self.ticket.id, kind)) is not None
            and clock.breached_at is None
            and clock.deadline is not None
            and clock.deadline < until
        ]
        for clock in sorted(running_out, key=lambda one: one.deadline or until):
            assert clock.deadline is not None
            with as_of(min(clock.deadline + timedelta(seconds=40), until)):
                clock.breached_at = now()
                promising.note_breach(self.ticket.id, clock.id)

    def _with_leaflets(self, step: Step) -> tuple[str, list[Given]]:
        """The words of a reply, with the articles it rests on."""
        found = [self.company.leaflet(slug) for slug in many(step.more.get("article"))]
        text = wording.with_leaflets(self._text(step.text), found, self.company.public_url)
        return text, [Given(leaflet.id, leaflet.revision) for leaflet in found]

    def _text(self, text: str) -> str:
        return wording.fill(text, self.requester)


def play(part: Part, company: Company) -> Ticket:
    """Tell one story to its end; returns its ticket. Raises BadThread for an impossible one."""
    rng = Random(part.seed)
    owner = company.agents[part.owner]
    try:
        with as_of(part.story.at[0]):
            ticket, told = open_for(part, company, owner, rng)
        Play(part, company, rng, ticket, owner).run(told)
    except (DomainError, KeyError, ValueError) as error:
        raise BadThread(f"{part.story.thread.id}: {type(error).__name__} {error}") from error
    return ticket
