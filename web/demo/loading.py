"""Loading the demonstration: once, all or nothing, as old as if the centre had worked for weeks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from sqlalchemy import func, select

from channels.mail import post
from knowledge.articles import learned
from knowledge.gaps import typed_again
from knowledge.importing.markdown_folder import import_folder
from support.clocks.calendars import hours_of
from support.kernel import db
from support.kernel.time import as_of, now
from support.people.models import Agent
from support.tickets.models import Ticket
from web.demo import reading
from web.demo.accounts import ACCOUNTS
from web.demo.casting import Casting, Part
from web.demo.choosing import WEEKS, Chooser
from web.demo.company import Company, leaflets
from web.demo.curating import curate
from web.demo.informing import inform
from web.demo.mailing import compare_mailbox, receive_mails, refuse_some
from web.demo.neighbouring import neighbour
from web.demo.organising import organise
from web.demo.peopling import people
from web.demo.playing import play
from web.demo.proving import prove
from web.demo.receiving import receive
from web.demo.scheduling import Pace
from web.demo.settling import settle
from web.demo.telephoning import let_telephone_ring
from web.seeds import seeding
from web.seeds.reading import read_catalogue

SEED = 2611
EDITOR = "redaction@demo.relais"
WHAT = "Chargement de la démonstration"
STEP = 20  # tickets between two words about the progress

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class DemoSummary:
    """``loaded`` is False when the demonstration was there already."""

    loaded: bool
    agents: int = 0
    persons: int = 0
    articles: int = 0
    tickets: int = 0


def load_demo(
    progress: Progress = lambda done, total, what: None, *, share: float = 1
) -> DemoSummary:
    """Load everything, once: a second call finds it there and changes nothing.

    Opens its own transaction, so call it outside any; the file store, the links and the mail
    room must be configured. ``progress`` is given what is done, how much there is, and what
    it is. ``share``: how many of the tickets, 1 being all. Raises BadThread when a file of the
    demonstration cannot be played.
    """
    with db.transaction():
        if _is_there():
            return DemoSummary(loaded=False)
        seeding.seed()
        summary = _load(progress, share)
        settle()
    return summary


def _is_there() -> bool:
    known = select(func.count()).select_from(Agent).where(Agent.email == ACCOUNTS[0].email)
    return bool(db.session().scalar(known))


def _load(progress: Progress, share: float) -> DemoSummary:
    rng = Random(SEED)
    organisation = reading.read_demo_organisation()
    rows = reading.read_people()
    today = now()
    with as_of(today - timedelta(weeks=WEEKS + 1)):
        agents = organise(organisation)
        persons = people(rows, today)
        articles = import_folder(reading.ARTICLES, by=agents[EDITOR])
    pace = Pace(centre=hours_of("contact_centre"), office=hours_of("standard"))
    company = Company(agents, persons, leaflets(), post.current().public_url, pace.office)
    hours = {row["code"]: row["answer_hours"] for row in read_catalogue().reasons}
    stories = Chooser(reading.read_threads(), hours, pace, today, rng, share).stories()
    parts = Casting(rows, organisation, rng).parts(stories)
    tickets = _play(parts, company, progress)
    opened = receive_mails(tickets)
    compare_mailbox()
    refuse_some(tickets)
    let_telephone_ring(agents, tickets)
    inform(reading.read_news(), agents, tickets, today)
    curate(agents, today)
    receive(agents, persons, rng)
    prove(agents)
    neighbour(agents)
    # What a night would have learned by now of all these answers.
    typed_again.collect(len(tickets) * 10)
    learned.recount()
    numbers = (len(agents), len(persons), len(articles.files), len(tickets) + len(opened))
    return DemoSummary(True, *numbers)


def _play(parts: Sequence[Part], company: Company, progress: Progress) -> list[Ticket]:
    tickets = []
    # The verbs flush what they read again: to flush before every question takes half as long.
    with db.session().no_autoflush:
        for number, part in enumerate(parts):
            if number % STEP == 0:
                progress(number, len(parts), WHAT)
            tickets.append(play(part, company))
    db.session().flush()
    progress(len(parts), len(parts), WHAT)
    return tickets
