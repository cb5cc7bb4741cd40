"""A person sorts what no rule may file: once, with everything kept."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from channels.mail import inbox, sorting
from support.intake.models import Outcome, Received
from support.intake.receiving import raw_of
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, NotVisible
from support.tickets.filing import Why
from support.tickets.models import State, Ticket
from support.tickets.timeline import EntryKind
from tests.cast import Cast, again
from tests.channels.mail.conftest import MailRoom, a_raw_mail

pytestmark = pytest.mark.mail


@pytest.fixture
def ticket(mail_room: MailRoom, real_cast: Cast) -> Ticket:
    return mail_room.ticket(mail_room.arrive(a_raw_mail(message_id="<q1@mail.example.org>")))


@pytest.fixture
def stray(mail_room: MailRoom, ticket: Ticket) -> Received:
    """A stranger's answer in Awa's thread, with a file."""
    return mail_room.arrive(
        a_raw_mail(
            "Je suis sa sœur.",
            sender="Mariam Traoré <mariam@example.org>",
            message_id="<stray@mail.example.org>",
            in_reply_to="<q1@mail.example.org>",
            files=(("carte.pdf", "application/pdf", b"%PDF-1.4"),),
        )
    )


def sort(mail_room: MailRoom, cast: Cast, stray: Received, ticket: Ticket, **more: bool) -> None:
    with db.transaction():
        held = mail_room.held(ticket.id)
        sorting.attach(stray.id, held, by=again(cast.teleadviser), **more)


def test_what_waits_is_listed_oldest_first_by_pages(
    mail_room: MailRoom, real_cast: Cast, stray: Received, ticket: Ticket
) -> None:
    others = [mail_room.arrive(a_raw_mail(f"{n}", list_id="<l.org>")) for n in range(3)]
    with db.transaction(write=False):
        by = again(real_cast.teleadviser)
        first = sorting.waiting(by=by, limit=2)
        rest = sorting.waiting(by=by, limit=10, after=first[-1].id)
    assert [one.id for one in [*first, *rest]] == [stray.id, *(one.id for one in others)]
    assert first[0].digest is not None
    assert first[0].digest["suggested_ticket_id"] == ticket.id
    assert first[0].digest["attachments"] == 1
    assert first[0].digest["preview"] == "Je suis sa sœur."
    assert first[0].reason == Why.STRANGER


def test_a_message_can_be_read_before_it_is_sorted(
    mail_room: MailRoom, real_cast: Cast, stray: Received
) -> None:
    with db.transaction(write=False):
        received, opened = sorting.one_to_sort(stray.id, by=again(real_cast.teleadviser))
        assert (received.id, opened.text) == (stray.id, "Je suis sa sœur.")
        with pytest.raises(NotVisible):
            sorting.one_to_sort(999_999, by=again(real_cast.teleadviser))


def test_attached_to_the_ticket_it_answers(
    mail_room: MailRoom, real_cast: Cast, stray: Received, ticket: Ticket
) -> None:
    sort(mail_room, real_cast, stray, ticket)
    received = mail_room.received(stray.id)
    entries = mail_room.entries(ticket.id)
    (entry,) = [e for e in entries if e.received_id == stray.id]
    (event,) = mail_room.events(ticket.id, "mail_sorted")
    assert (received.outcome, received.ticket_id) == (Outcome.APPENDED, ticket.id)
    assert received.entry_id == entry.id
    assert entry.data == {"from": "mariam@example.org", "from_name": "Mariam Traoré"}
    assert entry.attachments[0].filename == "carte.pdf"
    assert event.author_agent_id == real_cast.teleadviser.id
    with db.transaction(write=False):
        assert sorting.waiting(by=again(real_cast.teleadviser)) == []
        assert b"Je suis sa" in raw_of(again(received))


@pytest.mark.parametrize(("follows", "outcome"), [(True, Outcome.APPENDED),
                                                  (False, Outcome.QUARANTINED)])  # fmt: skip
def test_the_sender_follows_the_ticket_only_when_told(
    mail_room: MailRoom, real_cast: Cast, stray: Received, ticket: Ticket, follows: bool,
    outcome: Outcome,
) -> None:  # fmt: skip
    sort(mail_room, real_cast, stray, ticket, add_follower=follows)
    later = mail_room.arrive(
        a_raw_mail("Encore", sender="mariam@example.org", in_reply_to="<stray@mail.example.org>")
    )
    assert later.outcome is outcome


def test_a_request_of_its_own(mail_room: MailRoom, real_cast: Cast, stray: Received) -> None:
    with db.transaction():
        opened = sorting.open_new(stray.id, by=again(real_cast.teleadviser)).ticket
        assert opened is not None
        assert opened.person is not None
        assert (opened.person.full_name, opened.state) == ("Mariam Traoré", State.NEW)
    assert mail_room.received(stray.id).outcome is Outcome.CREATED
    mail_room.drain()
    assert "mariam@example.org" in mail_room.sent[-1]["To"]


def test_what_a_machine_sent_opens_a_ticket_without_an_answer(
    mail_room: MailRoom, real_cast: Cast
) -> None:
    newsletter = mail_room.arrive(a_raw_mail("Nouvelles", list_id="<l.example.org>"))
    with db.transaction():
        sorting.open_new(newsletter.id, by=again(real_cast.teleadviser))
    mail_room.drain()
    assert mail_room.sent == []


def test_set_aside_it_waits_no_more_and_is_still_there(
    mail_room: MailRoom, real_cast: Cast, stray: Received
) -> None:
    with db.transaction():
        sorting.set_aside(stray.id, "publicité", by=again(real_cast.teleadviser))
    received = mail_room.received(stray.id)
    assert (received.outcome, received.reason) == (Outcome.SET_ASIDE, "publicité")
    assert received.digest is not None
    assert received.digest["sorted_by"] == "Hugo Lambert"
    with db.transaction(write=False):
        assert sorting.waiting(by=again(real_cast.teleadviser)) == []
        assert raw_of(again(received))


def test_the_unreadable_stays_readable(
    mail_room: MailRoom, real_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = inbox.take_in(a_raw_mail("Tout va bien"), "test").received
    with monkeypatch.context() as broken:
        broken.setattr(inbox, "settle_mail", lambda *_: 1 / 0)
        assert inbox.understand_now(kept.id) is None
    assert mail_room.received(kept.id).reason == Why.UNREADABLE
    with db.transaction():
        by = again(real_cast.teleadviser)
        assert sorting.one_to_sort(kept.id, by=by)[1].text == "Tout va bien"
        sorting.open_new(kept.id, by=by)
    assert mail_room.received(kept.id).outcome is Outcome.CREATED


Act = Callable[[int, Ticket, Cast], object]
ACTS: dict[str, Act] = {
    "waiting": lambda _id, _ticket, cast: sorting.waiting(by=again(cast.steering)),
    "read": lambda id_, _ticket, cast: sorting.one_to_sort(id_, by=again(cast.dp)),
    "attach": lambda id_, ticket, cast: sorting.attach(id_, again(ticket), by=again(cast.pan)),
    "open": lambda id_, _ticket, cast: sorting.open_new(id_, by=again(cast.referent)),
    "set aside": lambda id_, _ticket, cast: sorting.set_aside(id_, "x", by=again(cast.editor)),
}


@pytest.mark.parametrize("act", ACTS)
def test_only_those_who_may_sort(
    real_cast: Cast, stray: Received, ticket: Ticket, act: str
) -> None:
    with pytest.raises(Forbidden), db.transaction():
        ACTS[act](stray.id, ticket, real_cast)


def test_what_is_sorted_is_not_sorted_again(
    mail_room: MailRoom, real_cast: Cast, stray: Received, ticket: Ticket
) -> None:
    sort(mail_room, real_cast, stray, ticket)
    with pytest.raises(Conflict, match=r"mail\.sorted"):
        sort(mail_room, real_cast, stray, ticket)


def test_of_two_who_sort_at_once_one_has_it(
    mail_room: MailRoom, real_cast: Cast, stray: Received, ticket: Ticket
) -> None:
    told: list[str] = []
    start = threading.Barrier(2, timeout=30)

    def agent(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            told.append("done")
        except Conflict as refusal:
            told.append(refusal.code)

    def open_it() -> None:
        with db.transaction():
            sorting.open_new(stray.id, by=again(real_cast.colleague))

    acts = (lambda: sort(mail_room, real_cast, stray, ticket), open_it)
    agents = [threading.Thread(target=agent, args=(act,)) for act in acts]
    for one in agents:
        one.start()
    for one in agents:
        one.join(60)
    messages = [
        e
        for t in {ticket.id, mail_room.received(stray.id).ticket_id}
        for e in mail_room.entries(t)
        if e.kind is EntryKind.MESSAGE and e.text == "Je suis sa sœur."
    ]
    assert sorted(told) == ["done", "mail.sorted"]
    assert len(messages) == 1
