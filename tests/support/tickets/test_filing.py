"""Where a mail belongs: known ticket, new ticket, or a person must sort."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from support.intake.models import Channel, Outcome
from support.kernel import db
from support.kernel.time import now
from support.outbox.models import OutboxRow
from support.people.models import ContactKind, Person
from support.tickets.authors import SYSTEM
from support.tickets.closing import close
from support.tickets.filing import Why, belongs, file, open_from
from support.tickets.following import public_view
from support.tickets.journal import Words, write
from support.tickets.models import ClosedHow, Follower, State, Ticket
from support.tickets.replying import agent_replies
from support.tickets.timeline import Entry, EntryKind
from tests.factories import a_file, a_mail, a_message_id, a_reply, a_report, a_ticket, counted

STRANGER = "stranger@example.org"


def how_many(model) -> int:
    return db.session().scalar(select(func.count()).select_from(model))


def answered(ticket, cast) -> str:
    """The Message-ID of a mail that we sent on the ticket."""
    by = cast.teleadviser if ticket.person else cast.dp
    return agent_replies(ticket, a_reply(), by=by).message_id


def test_a_first_mail_opens_a_ticket(cast, db_session):
    mail = a_mail("new@example.org", "Bonjour", subject="Titre perdu", name="Ali Khan")
    filed = file(mail)
    ticket = filed.ticket
    assert (filed.outcome, filed.why) == (Outcome.CREATED, None)
    assert (ticket.subject, ticket.channel, ticket.reason.code) == (
        "Titre perdu",
        Channel.EMAIL,
        "other",
    )
    assert (ticket.person.full_name, ticket.person.email) == ("Ali Khan", "new@example.org")
    assert ticket.first_received_at == mail.received.received_at
    assert filed.entry.id == ticket.last_entry_id
    assert (filed.entry.text, filed.entry.message_id) == ("Bonjour", mail.words.message_id)
    assert filed.entry.received_id == mail.received.id


def test_a_known_sender_is_the_same_person(cast):
    before = how_many(Person)
    assert file(a_mail("awa@example.org")).ticket.person is cast.awa
    assert file(a_mail("awa@example.org", name="")).ticket.person is cast.awa
    assert how_many(Person) == before


@pytest.mark.parametrize("may", [True, False])
def test_robots_are_not_acknowledged(cast, db_session, may):
    file(a_mail(may_acknowledge=may))
    rows = db_session.scalars(select(OutboxRow).where(OutboxRow.topic == "notice.send")).all()
    assert len(rows) == int(may)


def test_a_mail_without_a_sender_is_for_a_person(cast):
    filed = file(a_mail(""))
    assert (filed.outcome, filed.why, filed.ticket) == (Outcome.QUARANTINED, Why.NO_SENDER, None)


# threads (nearest first) of message names, the ticket that should be found
THREADS = {
    "our reply": (["reply 1"], 1),
    "the nearest of two tickets": (["reply 2", "reply 1"], 2),
    "an older one when the nearest is unknown": (["<lost@example.org>", "reply 1"], 1),
    "their own first mail": (["first 2"], 2),
    "none that we know": (["<lost@example.org>"], None),
    "none": ([], None),
}


@pytest.mark.parametrize("case", THREADS)
def test_a_reply_finds_its_ticket_by_the_messages_it_answers(cast, case):
    names, expected = THREADS[case]
    known, tickets = {}, {}
    for number in (1, 2):
        first = a_mail()
        tickets[number] = file(first).ticket
        known[f"first {number}"] = first.words.message_id
        known[f"reply {number}"] = answered(tickets[number], cast)
    filed = file(a_mail(threads=[known.get(name, name) for name in names]))
    if expected is None:
        assert (filed.outcome, filed.ticket in tickets.values()) == (Outcome.CREATED, False)
    else:
        assert (filed.outcome, filed.ticket) == (Outcome.APPENDED, tickets[expected])


def test_our_notices_can_be_answered_too(cast):
    ticket, message_id = a_ticket(cast), a_message_id()
    write(ticket, EntryKind.NOTICE, Words("Bien reçu.", message_id=message_id), by=SYSTEM)
    assert file(a_mail(threads=[message_id])).ticket is ticket


def test_then_by_the_tag_in_the_subject(cast):
    ticket = a_ticket(cast)
    filed = file(a_mail(reference=ticket.reference))
    assert (filed.outcome, filed.ticket) == (Outcome.APPENDED, ticket)


def test_the_thread_is_believed_before_the_tag(cast):
    ticket, other = a_ticket(cast), a_ticket(cast)
    filed = file(a_mail(threads=[answered(ticket, cast)], reference=other.reference))
    assert filed.ticket is ticket


def test_an_unknown_reference_opens_a_ticket_and_loses_nothing(cast):
    filed = file(a_mail(text="Ma demande 2611…", reference="261100000000"))
    assert (filed.outcome, filed.entry.text) == (Outcome.CREATED, "Ma demande 2611…")


@pytest.mark.parametrize("way", ["thread", "tag"])
def test_a_stranger_does_not_join_a_ticket(cast, way):
    ticket = a_ticket(cast)
    thread = answered(ticket, cast)
    before = ticket.last_entry_id, how_many(Person), how_many(Ticket)
    by = {"threads": [thread]} if way == "thread" else {"reference": ticket.reference}
    filed = file(a_mail(STRANGER, **by))
    assert (filed.outcome, filed.why) == (Outcome.QUARANTINED, Why.STRANGER)
    assert (filed.ticket, filed.entry) == (ticket, None)
    assert (ticket.last_entry_id, how_many(Person), how_many(Ticket)) == before


def test_the_family_is_not_the_requester_unless_it_shares_the_address(cast):
    ticket = a_ticket(cast)
    assert file(a_mail("binta@example.org", reference=ticket.reference)).why is Why.STRANGER


def test_who_follows_a_ticket_belongs_to_it(cast, db_session):
    ticket, other = a_ticket(cast), a_ticket(cast, cast.dmytro)
    db_session.add(Follower(ticket_id=ticket.id, address="lawyer@example.org"))
    assert belongs("lawyer@example.org", ticket)
    assert not belongs("lawyer@example.org", other)
    filed = file(a_mail("lawyer@example.org", reference=ticket.reference))
    assert (filed.outcome, filed.ticket) == (Outcome.APPENDED, ticket)
    # The tag of another ticket opens nothing to them.
    assert file(a_mail("lawyer@example.org", reference=other.reference)).why is Why.STRANGER


def test_what_a_follower_writes_is_not_the_requesters_word(cast, db_session):
    ticket = a_ticket(cast)
    db_session.add(Follower(ticket_id=ticket.id, address="lawyer@example.org"))
    message_id = answered(ticket, cast)
    mail = a_mail("lawyer@example.org", "Ma cliente attend.", name="Me Roy", threads=[message_id])
    file(mail)
    said = [(e.author, e.text) for e in public_view(ticket).entries]
    assert ("Me Roy", "Ma cliente attend.") in said


@pytest.mark.parametrize("agent", ["teleadviser", "dp", "sdst", "admin", "pan"])
def test_a_mail_that_says_it_is_from_one_of_us_is_for_a_person(cast, agent):
    email = cast.agents[agent].email
    filed = file(a_mail(email))
    assert (filed.outcome, filed.why) == (Outcome.QUARANTINED, Why.STAFF_ADDRESS)
    ticket = a_ticket(cast)
    filed = file(a_mail(email, threads=[answered(ticket, cast)]))
    assert (filed.outcome, filed.ticket) == (Outcome.QUARANTINED, ticket)
    assert filed.why is Why.STAFF_ADDRESS


def test_a_referents_address_opens_nothing_by_itself(cast):
    # An address is easily forged, and a referent's report goes straight to the next level.
    before = how_many(Ticket)
    filed = file(a_mail(cast.referent.email, name="S. Peyrard"))
    assert (filed.outcome, filed.why) == (Outcome.QUARANTINED, Why.STAFF_ADDRESS)
    assert how_many(Ticket) == before


def test_a_person_may_open_it_as_the_referents(cast):
    ticket = open_from(a_mail(cast.referent.email), cast.referent).ticket
    assert (ticket.requester_agent, ticket.person) == (cast.referent, None)
    assert ticket.team is cast.teams["dp"]


def test_a_referent_answers_on_their_report_by_the_message_they_had(cast):
    report = a_report(cast)
    message_id = answered(report, cast)
    filed = file(a_mail(cast.referent.email, threads=[message_id]))
    assert (filed.outcome, filed.ticket) == (Outcome.APPENDED, report)
    assert filed.entry.author_agent is cast.referent
    # The tag can be guessed, a Message-ID of ours cannot.
    tagged = file(a_mail(cast.referent.email, reference=report.reference))
    assert (tagged.outcome, tagged.ticket) == (Outcome.QUARANTINED, report)
    assert tagged.why is Why.STAFF_ADDRESS


def test_a_referent_does_not_join_anothers_report(cast):
    report = a_report(cast)
    filed = file(a_mail(cast.stranger_referent.email, reference=report.reference))
    assert (filed.outcome, filed.why) == (Outcome.QUARANTINED, Why.STAFF_ADDRESS)


def test_a_referent_who_has_left_is_for_a_person(cast):
    cast.referent.active = False
    assert file(a_mail(cast.referent.email)).why is Why.STAFF_ADDRESS


def test_the_same_message_id_with_other_words_is_another_message(cast):
    first = file(a_mail(message_id="<same@example.org>"))
    second = file(a_mail(text="Autre chose", message_id="<same@example.org>"))
    assert (second.outcome, second.entry.message_id) == (Outcome.CREATED, None)
    third = file(
        a_mail(text="Encore", message_id="<same@example.org>", threads=["<same@example.org>"])
    )
    assert (third.outcome, third.ticket) == (Outcome.APPENDED, first.ticket)
    assert third.entry.message_id is None


def test_a_mail_reopens_a_closed_ticket(cast):
    ticket = a_ticket(cast)
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    filed = file(a_mail(reference=ticket.reference))
    assert (filed.ticket, ticket.state) == (ticket, State.REOPENED)


def test_files_and_the_whole_text_are_kept(cast):
    ticket = a_ticket(cast)
    filed = file(a_mail(text="", files=[a_file(b"one"), a_file(b"two")], threads=[]))
    assert len(filed.entry.attachments) == 2
    filed = file(a_mail(files=[a_file(b"one")], reference=ticket.reference))
    assert len(filed.entry.attachments) == 1


def test_a_mail_that_names_thousands_of_messages_costs_no_more(cast):
    ticket = a_ticket(cast)
    near = answered(ticket, cast)
    endless = [near, *(f"<{n}@example.org>" for n in range(70_000))]
    with counted() as sql:
        assert file(a_mail(threads=endless)).ticket is ticket
    assert max(map(len, sql)) < 20_000


def test_every_message_has_one_entry(cast):
    for text in ("a", "b"):
        file(a_mail(text=text))
    entries = db.session().scalars(select(Entry.received_id).where(Entry.received_id.is_not(None)))
    numbers = list(entries)
    assert len(numbers) == len(set(numbers)) == 2


def test_who_answers_from_an_address_that_failed_is_reached_there_again(cast):
    ticket = a_ticket(cast)
    message_id = answered(ticket, cast)
    contact = next(c for c in ticket.person.contacts if c.kind is ContactKind.EMAIL)
    contact.failed_at = now()
    # An address that anybody may write proves nothing, a Message-ID of ours does.
    file(a_mail(contact.value, reference=ticket.reference))
    assert ticket.person.email_failed
    file(a_mail(contact.value, threads=[message_id]))
    assert not ticket.person.email_failed
