"""Who plays in each story: the person who asks, the agent who answers, the channel, the words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle
from random import Random

from support.intake.models import Channel
from web.demo.choosing import Promise, Story
from web.demo.foreseeing import Lands
from web.seeds.reading import Organisation, Row

MOST_OPEN = 2  # open requests of one person
THEIRS = 12  # open tickets in the hands of each of the two teleadvisers of the demonstration
TELEADVISERS = ("conseiller@demo.relais", "conseillere@demo.relais")
HELP_POINTS = {"42": "pan@demo.relais", "86": "pan86@demo.relais"}
# How many requests each help point has written with persons: (department, still open, how many).
_WRITTEN_THERE = (("42", True, 5), ("42", False, 7), ("86", True, 2), ("86", False, 4))


@dataclass(frozen=True)
class Part:
    """A story with everybody in it. ``person`` is a place in the list of people.

    ``owner``: the agent of the team that answers. ``helper``: who wrote it for the person.
    """

    story: Story
    subject: str
    channel: Channel
    procedure: str | None
    person: int | None
    referent: str | None
    owner: str
    seed: int
    helper: str | None = None


@dataclass
class Casting:
    people: Sequence[Row]
    organisation: Organisation
    rng: Random
    open_requests: Counter[int] = field(default_factory=Counter)
    asked: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    turns: Counter[str] = field(default_factory=Counter)

    def parts(self, stories: Sequence[Story]) -> list[Part]:
        """A part for each story, in their order."""
        owners = self._owners(stories)
        cast = [self._part(story, owners[id(story)]) for story in stories]
        return self._with_help_points(cast)

    def _part(self, story: Story, owner: str) -> Part:
        thread = story.thread
        channel = self.rng.choice(thread.channels)
        of_site = thread.requester == "referent"
        return Part(
            story=story,
            subject=self._in_turn(thread.id, thread.subjects),
            channel=Channel.STAFF if of_site else channel,
            procedure=self.rng.choice(thread.procedures) if thread.procedures else None,
            person=None if of_site else self._person(story, channel),
            referent=self._referent(story) if of_site else None,
            owner=owner,
            seed=self.rng.getrandbits(32),
        )

    def _in_turn(self, key: str, choice: Sequence[str]) -> str:
        self.turns[key] += 1
        return choice[self.turns[key] % len(choice)]

    def _person(self, story: Story, channel: Channel) -> int:
        """Somebody who speaks the language, has the means, and has not asked this before."""
        means = {Channel.EMAIL: ("email",), Channel.PHONE: ("phone",)}.get(
            channel, ("email", "phone")
        )
        able = [n for n, row in enumerate(self.people) if any(row[m] for m in means)]
        spoken = story.thread.language
        fluent = [n for n in able if self.people[n]["language"] == spoken]
        fluent = able if spoken == "fr" else fluent or able
        waits = story.cut.lands is not Lands.CLOSED
        fresh = [n for n in fluent if story.thread.reason not in self.asked[n]]
        calm = [n for n in fresh if not waits or self.open_requests[n] < MOST_OPEN]
        least = min(self.open_requests[n] for n in fluent)
        chosen = self.rng.choice(calm or [n for n in fluent if self.open_requests[n] == least])
        self.asked[chosen].add(story.thread.reason)
        self.open_requests[chosen] += waits
        return chosen

    def _referent(self, story: Story) -> str:
        """A referent of the named team, or of any prefecture: one who has not told it yet."""
        named = story.thread.requester_team
        teams = [named] if named else _prefectures(self.organisation)
        agents = [a["email"] for a in self.organisation.agents if a["team"] in teams]
        told = {email: f"{email} tells {story.thread.id}" for email in agents}
        chosen = min(agents, key=lambda email: (self.turns[told[email]], self.turns[email]))
        self.turns.update((told[chosen], chosen))
        return str(chosen)

    def _owners(self, stories: Sequence[Story]) -> Mapping[int, str]:
        """Who answers each story: the open ones are dealt so that two desks are just full."""
        found = {}
        project = self._staff("project_directorate")
        for story in stories:
            if story.thread.requester == "referent":
                found[id(story)] = next(project)
        centre = [s for s in stories if s.thread.requester == "person"]
        held = [s for s in centre if _on_a_desk(s)]
        # What is pressing first: it must lie on the desks that the visitor opens.
        self.rng.shuffle(held)
        held.sort(key=lambda s: s.promise is Promise.FINE and s.cut.lands is not Lands.RETURNED)
        for story, owner in zip(held, self._deal(len(held)), strict=True):
            found[id(story)] = owner
        everybody = self._staff("contact_centre")
        for story in centre:
            found.setdefault(id(story), next(everybody))
        return found

    def _deal(self, count: int) -> list[str]:
        others = [
            a["email"]
            for a in self._team("contact_centre")
            if a["email"] not in TELEADVISERS and a["role"] == "teleadviser"
        ]
        pressing = [*TELEADVISERS, others[0]] * 4
        left = [name for name in TELEADVISERS for _ in range(THEIRS - pressing.count(name))]
        rest = [others[n % len(others)] for n in range(max(0, count - len(pressing) - len(left)))]
        later = left + rest
        self.rng.shuffle(later)
        return (pressing + later)[:count]

    def _staff(self, kind: str) -> Iterator[str]:
        agents = [a["email"] for a in self._team(kind) if a["role"] != "supervisor"]
        self.rng.shuffle(agents)
        return cycle(agents)

    def _team(self, kind: str) -> Sequence[Row]:
        teams = {row["code"] for row in self.organisation.teams if row["kind"] == kind}
        return [a for a in self.organisation.agents if a["team"] in teams]

    def _with_help_points(self, parts: list[Part]) -> list[Part]:
        """Let help points have written some of the forms with the persons of their place."""
        left = Counter({(place, is_open): most for place, is_open, most in _WRITTEN_THERE})
        order = list(range(len(parts)))
        self.rng.shuffle(order)
        for n in order:
            part = parts[n]
            if part.person is None or part.channel is not Channel.FORM:
                continue
            place = self.people[part.person]["department"]
            kind = (place, part.story.cut.lands is not Lands.CLOSED)
            if left[kind] > 0:
                left[kind] -= 1
                parts[n] = replace(part, channel=Channel.STAFF, helper=HELP_POINTS[place])
        return parts


def _prefectures(organisation: Organisation) -> list[str]:
    """The teams of referents that deal with residence."""
    return [
        row["code"]
        for row in organisation.teams
        if row["kind"] == "site_referents" and "residence" in row["fields"]
    ]


def _on_a_desk(story: Story) -> bool:
    """Whether a teleadviser owns the ticket today: nobody owns what is new or higher up."""
    return story.cut.lands in (Lands.IN_PROGRESS, Lands.WAITING, Lands.RETURNED, Lands.REOPENED)
