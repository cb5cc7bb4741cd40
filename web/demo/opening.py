"""The first words of a story: a form, a mail, a call, a report, a visit to a help point."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from channels.contact_form.questions import asked_for
from channels.mail.identifiers import new_message_id
from support.intake.models import Channel
from support.kernel.time import now
from support.people.models import Agent, Person
from support.tickets.calling import CallDraft, NewRequest, call_about_new
from support.tickets.facts import note_facts
from support.tickets.journal import Words
from support.tickets.models import Ticket
from support.tickets.opening import TicketDraft, open_ticket
from support.tickets.prioritising import declare_expiry
from web.demo import noticing, wording
from web.demo.casting import Part
from web.demo.company import Company
from web.demo.reading import Step


def open_for(part: Part, company: Company, owner: Agent, rng: Random) -> tuple[Ticket, int]:
    """Open the ticket of ``part`` now; returns it and how many steps that told."""
    first = part.story.cut.steps[0]
    if first.what == "call_note":
        return _by_telephone(part, first, company, owner)
    return _in_writing(part, first, company, owner, rng), 1


def _by_telephone(part: Part, step: Step, company: Company, owner: Agent) -> tuple[Ticket, int]:
    assert part.person is not None
    person = company.persons[part.person]
    following = part.story.cut.steps[1:2]
    solved = bool(following) and following[0].value == "first_contact"
    call = CallDraft(
        note=wording.fill(step.text, person),
        number=person.phone or "",
        started_at=now() - timedelta(seconds=float(step.more.get("duration_s", 300))),
        wrap_up=step.more.get("wrap_up", "answered"),
    )
    request = NewRequest(
        person,
        company.reasons[part.story.thread.reason],
        company.procedures[part.procedure] if part.procedure else None,
        part.subject,
    )
    ticket = call_about_new(call, request, solved=solved, by=owner)
    if not solved:
        noticing.notice(ticket, "acknowledgement")
    return ticket, 2 if solved else 1


def _in_writing(part: Part, step: Step, company: Company, owner: Agent, rng: Random) -> Ticket:
    requester, author = _who(part, company)
    person = requester if isinstance(requester, Person) else None
    text = wording.fill(step.text, requester)
    draft = TicketDraft(
        subject=part.subject,
        words=Words(
            wording.at_the_counter(text, person) if part.helper and person else text,
            channel=part.channel,
            message_id=post_mark(part.channel),
            files=company.drawer.drafts(step.more.get("attachments") or ()),
        ),
        reason=company.reasons[part.story.thread.reason],
        channel=part.channel,
        procedure=company.procedures[part.procedure] if part.procedure else None,
        person=person,
        requester_agent=None if person else _agent(requester),
        team=owner.team,
        language=part.story.thread.language,
        department=_department(requester),
        dossier_number=_dossier_number(part, requester, rng),
    )
    ticket = open_ticket(draft, by=author)
    if person is not None and part.channel is Channel.FORM:
        _answer(ticket, person)
    noticing.notice(ticket, "acknowledgement")
    return ticket


def _answer(ticket: Ticket, person: Person) -> None:
    """What the form asked besides the words, as far as the person's file tells."""
    ends = person.document_expires_on.date() if person.document_expires_on else None
    known = {
        "browser": "Chrome 131, Android",
        "department": person.department or "",
        "expiry_date": ends.isoformat() if ends else "",
    }
    asked = asked_for(ticket.reason)
    note_facts(ticket, {c: words for c, words in known.items() if c in asked}, by=person)
    if ends is not None and "expiry_date" in asked:
        declare_expiry(ticket, ends, now().date())


def _who(part: Part, company: Company) -> tuple[Person | Agent, Person | Agent]:
    """Whose request it is, and who wrote it down."""
    if part.referent is not None:
        referent = company.agents[part.referent]
        return referent, referent
    assert part.person is not None
    person = company.persons[part.person]
    return person, company.agents[part.helper] if part.helper else person


def _agent(requester: Person | Agent) -> Agent:
    assert isinstance(requester, Agent)
    return requester


def _department(requester: Person | Agent) -> str | None:
    if isinstance(requester, Person):
        return requester.department
    return requester.team.site.department if requester.team.site else None


def _dossier_number(part: Part, requester: Person | Agent, rng: Random) -> str | None:
    """The number of the application: known to the half of those who have deposited one."""
    after_deposit = ("status.", "permit.", "form.modify", "form.concurrent", "nationality.")
    if not part.story.thread.reason.startswith(after_deposit) or rng.random() < 0.4:
        return None
    place = (_department(requester) or "75").rjust(2, "0")
    return f"{place}{rng.randint(10**7, 10**8 - 1)}"


def post_mark(channel: Channel) -> str | None:
    """The Message-ID that a person's own mail carries."""
    return new_message_id("example.org") if channel is Channel.EMAIL else None
