"""What the requester sees, and how they get to see it."""

from __future__ import annotations

import dataclasses
import threading
from datetime import datetime
from enum import Enum
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalation.returning import answer, ask_missing
from support.intake.models import Channel
from support.kernel import db
from support.kernel.errors import NotVisible
from support.people import links
from support.people.models import SignaturePolicy
from support.tickets.assigning import take
from support.tickets.authors import SYSTEM
from support.tickets.calling import CallDraft, call_about_open
from support.tickets.closing import close
from support.tickets.following import (
    PublicState,
    attachment_of,
    by_reference,
    by_token,
    follow_token,
    public_name,
    public_view,
)
from support.tickets.journal import Words, note_event, write
from support.tickets.models import ClosedHow
from support.tickets.noting import add_note
from support.tickets.references import shown
from support.tickets.replying import agent_replies, person_replies
from support.tickets.timeline import PUBLIC_KINDS, Attachment, EntryKind
from support.tickets.visibility import one_visible
from support.tickets.waiting import wait_for_person
from tests.cast import again
from tests.factories import a_file, a_message_id, a_reply, a_report, a_ticket, climb
from tests.support.tickets.test_replying import a_ticket_again

# What has the test's own mark must never be in what the public sees.
SECRET = "SECRET-"


def test_a_link_opens_its_ticket(cast):
    ticket, other = a_ticket(cast), a_ticket(cast)
    assert by_token(follow_token(ticket)) is ticket
    assert by_token(follow_token(other), lock=True) is other


def test_a_link_can_be_revoked(cast, db_session):
    ticket = a_ticket(cast)
    old = follow_token(ticket)
    ticket.follow_salt = "changed"
    db_session.flush()
    with pytest.raises(NotVisible):
        by_token(old)
    assert by_token(follow_token(ticket)) is ticket


def forgeries(ticket):
    token = follow_token(ticket)
    yield ""
    yield "x"
    yield token[:-3]
    yield token + "x"
    yield token[::-1]
    yield links.sign("survey", ticket.id, ticket.follow_salt)  # for something else
    yield links.sign("follow", ticket.id, "")
    yield links.sign("follow", ticket.id + 1, ticket.follow_salt)
    yield links.sign("follow", -1, ticket.follow_salt)
    links.configure("another secret")
    forged = links.sign("follow", ticket.id, ticket.follow_salt)
    links.configure("test secret")
    yield forged


def test_no_other_text_opens_anything(cast):
    ticket = a_ticket(cast)
    for forged in forgeries(ticket):
        with pytest.raises(NotVisible) as refused:
            by_token(forged)
        assert refused.value.code == "follow.unknown"


@pytest.mark.parametrize(
    ("person", "contact", "opens"),
    [
        ("awa", "awa@example.org", True),
        ("awa", "+33639980001", True),
        ("awa", "binta@example.org", False),
        ("awa", "", False),
        ("binta", "+33639980001", True),  # the family's telephone
        ("chen", "+33639980003", True),
        ("chen", "awa@example.org", False),
        ("nobody", "", False),
    ],
)
def test_a_reference_opens_with_where_it_came_from(cast, person, contact, opens):
    ticket = a_ticket(cast, cast.persons[person])
    if opens:
        assert by_reference(shown(ticket.reference), contact) is ticket
        return
    with pytest.raises(NotVisible, match=r"follow\.no_match"):
        by_reference(ticket.reference, contact)


@pytest.mark.parametrize("reference", ["", "2611", "000000000000", "261120048310", "x" * 50])
def test_a_wrong_reference_says_no_more_than_a_wrong_contact(cast, reference):
    with pytest.raises(NotVisible, match=r"follow\.no_match"):
        by_reference(reference, "awa@example.org")


def test_a_referent_follows_with_their_address(cast):
    report = a_report(cast)
    assert by_reference(report.reference, cast.referent.email) is report
    with pytest.raises(NotVisible):
        by_reference(report.reference, cast.stranger_referent.email)


def test_the_view_holds_the_public_words_in_order(cast):
    ticket = a_ticket(cast, text="Bonjour", reason="account.blocked")
    agent_replies(ticket, a_reply("Un instant.", files=[a_file()]), by=cast.teleadviser)
    write(ticket, EntryKind.NOTICE, Words("Bien reçu."), by=SYSTEM)
    view = public_view(ticket)
    said = [(entry.kind, entry.author, entry.text) for entry in view.entries]
    assert said == [
        (EntryKind.MESSAGE, None, "Bonjour"),
        (EntryKind.REPLY, "Hugo Lambert", "Un instant."),
        (EntryKind.NOTICE, "le service CCC, équipe A", "Bien reçu."),
    ]
    assert [file.filename for file in view.entries[1].attachments] == ["capture.pdf"]
    assert (view.reference, view.subject) == (ticket.reference, ticket.subject)
    assert view.promised_at == ticket.promised_at
    assert by_token(view.token) is ticket


@pytest.mark.parametrize(
    ("policy", "pseudonym", "name"),
    [
        (SignaturePolicy.NAMED, None, "Hugo Lambert"),
        (SignaturePolicy.NAMED, "Agathe Morin", "Hugo Lambert"),
        (SignaturePolicy.PSEUDONYM, "Agathe Morin", "Agathe Morin"),
        (SignaturePolicy.SERVICE_ONLY, "Agathe Morin", "le service"),
    ],
)
def test_agents_sign_as_they_may(cast, policy, pseudonym, name):
    cast.teleadviser.signature_policy, cast.teleadviser.pseudonym = policy, pseudonym
    assert public_name(cast.teleadviser, "le service") == name
    assert public_name(None, "le service") == "le service"


def test_an_agent_whose_pseudonym_is_missing_is_not_named(cast):
    cast.teleadviser.signature_policy = SignaturePolicy.PSEUDONYM
    assert public_name(cast.teleadviser, "le service") == "le service"


def steps(cast):
    """A ticket's whole way, with what the person is told at each step."""
    ticket = a_ticket(cast)
    yield ticket, PublicState.RECEIVED, True
    take(ticket, by=cast.teleadviser)
    yield ticket, PublicState.IN_HAND, True
    climb(ticket, "dp", cast, by=cast.teleadviser)
    yield ticket, PublicState.WITH_SPECIALISTS, True
    climb(ticket, "sdst", cast, by=cast.dp)
    yield ticket, PublicState.WITH_SPECIALISTS, True
    answer(ticket, "Refaire.", by=cast.sdst)
    yield ticket, PublicState.WITH_SPECIALISTS, True
    answer(ticket, "Refaire.", by=cast.dp)
    yield ticket, PublicState.IN_HAND, True
    wait_for_person(ticket, by=cast.teleadviser)
    yield ticket, PublicState.WAITING_FOR_YOU, False
    person_replies(ticket, Words("Voici."), by=cast.awa)
    yield ticket, PublicState.IN_HAND, True
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    yield ticket, PublicState.ANSWERED, False
    person_replies(ticket, Words("Encore."), by=cast.awa)
    yield ticket, PublicState.IN_HAND, True


def test_where_it_stands_in_plain_words_all_the_way(cast):
    for ticket, state, promised in steps(cast):
        view = public_view(ticket)
        assert (view.state, view.promised_at is not None) == (state, promised)


def texts(value):
    """Every text that can be reached from what a page is given."""
    if isinstance(value, Enum) or value is None:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, Attachment):
        yield from (value.filename, value.content_type, value.file_key)
    elif dataclasses.is_dataclass(value):
        for item in dataclasses.fields(value):
            yield from texts(getattr(value, item.name))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts(item)
    else:
        assert isinstance(value, (int, datetime)), value


INTERNAL = ("note", "call", "event", "exchange", "asked", "answered")


def add_internal(kind: str, ticket, cast, words: str) -> None:
    secret = SECRET + words
    if kind == "note":
        add_note(ticket, secret, by=cast.teleadviser, files=[a_file(b"x", secret)])
    elif kind == "call":
        write(ticket, EntryKind.CALL, Words(secret, channel=Channel.PHONE), by=cast.teleadviser)
    elif kind == "event":
        note_event(ticket, "test", by=cast.dp, detail=secret)
    else:
        full = Words(secret, full_text=secret * 2, html=secret, files=[a_file(b"y", secret)])
        write(ticket, EntryKind.EXCHANGE, full, by=cast.sdst)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.sampled_from([*INTERNAL, "reply", "message"]), st.text(max_size=20)),
        max_size=8,
    )
)
def test_nothing_internal_is_ever_in_the_view(cast, kinds):
    ticket, said = a_ticket(cast, text="dit 0"), ["dit 0"]
    for number, (kind, words) in enumerate(kinds, 1):
        if kind == "reply":
            agent_replies(ticket, a_reply(f"dit {number}"), by=cast.teleadviser)
            said.append(f"dit {number}")
        elif kind == "message":
            person_replies(ticket, Words(f"dit {number}"), by=cast.awa)
            said.append(f"dit {number}")
        else:
            add_internal(kind, ticket, cast, words)
    view = public_view(ticket)
    assert [entry.text for entry in view.entries] == said
    assert not [text for text in texts(view) if SECRET in text]


def test_nothing_of_the_chain_is_ever_in_the_view(cast):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    ask_missing(ticket, ["visa_number"], SECRET, by=cast.dp)
    climb(ticket, "dp", cast, by=cast.teleadviser, visa_number=f"FRA {SECRET}")
    climb(ticket, "sdst", cast, by=cast.dp)
    answer(ticket, SECRET, by=cast.sdst)
    said = " ".join(texts(public_view(ticket)))
    assert SECRET not in said
    for name in ("DP ANEF", "SDST", "Sarrazin", "Montaigu", "Erreur 500"):
        assert name not in said


def test_only_files_of_public_words_of_this_ticket_open(cast):
    ticket, other = a_ticket(cast), a_ticket(cast)
    note = add_note(ticket, "vu", by=cast.teleadviser, files=[a_file()])
    sent = agent_replies(ticket, a_reply(files=[a_file()]), by=cast.teleadviser)
    theirs = person_replies(other, Words("x", files=[a_file()]), by=cast.awa)
    assert attachment_of(ticket, sent.attachments[0].id) is sent.attachments[0]
    for hidden in (note.attachments[0].id, theirs.attachments[0].id, 999_999):
        with pytest.raises(NotVisible):
            attachment_of(ticket, hidden)


def test_a_call_is_noted_and_not_shown(cast):
    ticket = a_ticket(cast)
    call = CallDraft(SECRET, "+33639980001", ticket.created_at, "answered")
    call_about_open(call, ticket, solved=False, by=cast.teleadviser)
    assert SECRET not in " ".join(texts(public_view(ticket)))


def test_internal_kinds_are_internal():
    assert set(EntryKind) - set(PUBLIC_KINDS) == {
        EntryKind.NOTE,
        EntryKind.EXCHANGE,
        EntryKind.CALL,
        EntryKind.EVENT,
    }
    assert a_message_id() != a_message_id()


def test_a_link_holds_its_ticket_while_it_climbs(real_cast):
    with db.transaction():
        ticket = a_ticket_again(real_cast)
        token, reference = follow_token(ticket), ticket.reference
    climbing, written = threading.Event(), []

    def write_meanwhile() -> None:
        assert climbing.wait(timeout=10)
        with db.transaction():
            held = by_token(token, lock=True)
            person_replies(held, Words("Encore."), by=held.person)
            written.append((held.team.code, held.chasers))

    thread = threading.Thread(target=write_meanwhile)
    thread.start()
    with db.transaction():
        agent = again(real_cast.teleadviser)
        held = one_visible(reference, agent, lock=True)
        climb(held, "dp", SimpleNamespace(teams={"dp": again(real_cast.teams["dp"])}), by=agent)
        db.session().flush()
        climbing.set()
    thread.join()
    assert written == [("dp", 1)]
