"""What leaves: said once, signed as decided, with nothing internal in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from channels.mail import delivering, post
from channels.mail.enveloping import enveloped, follow_url
from escalation.raising import HandoverDraft, escalate
from escalation.returning import answer
from support.kernel import db
from support.kernel.errors import NotVisible
from support.kernel.time import now
from support.outbox.draining import MAX_ATTEMPTS, GiveUp, TryLater
from support.outbox.models import OutboxRow, OutboxState
from support.people.models import SignaturePolicy
from support.tickets import downloading
from support.tickets.models import Ticket
from support.tickets.noting import add_note
from support.tickets.references import shown
from support.tickets.timeline import DeliveryState, Entry, EntryKind
from tests.cast import Cast, again
from tests.channels.mail.conftest import PUBLIC_URL, SENDER, MailRoom, a_raw_mail, html_of, text_of
from tests.factories import GIVEN, a_file, a_report

pytestmark = pytest.mark.mail
SECRET = "CONFIDENTIEL-7391"


@pytest.fixture
def ticket(mail_room: MailRoom, real_cast: Cast) -> Ticket:
    """A ticket of Awa whose acknowledgement has left; what the server took is forgotten."""
    found = mail_room.ticket(mail_room.arrive(a_raw_mail(message_id="<q1@mail.example.org>")))
    mail_room.drain()
    mail_room.smtp.clear()
    return found


def doubted(cast: Cast) -> bool:
    with db.transaction(write=False):
        return any(one.failed_at is not None for one in again(cast.awa).contacts)


def test_a_reply_leaves_whole(mail_room: MailRoom, real_cast: Cast, ticket: Ticket) -> None:
    mail_room.reply(real_cast, ticket, "Bonjour,\n\nVoici : <https://exemple.fr/?a=1&b=2>\n- un")
    mail_room.drain()
    (mail,) = mail_room.sent
    with db.transaction(write=False):
        link = follow_url(mail_room.held(ticket.id), "awa@example.org")
    assert (mail["From"], mail["To"]) == (f"Relais <{SENDER}>", "Awa Traoré <awa@example.org>")
    assert mail["Subject"] == f"Re: [#{shown(ticket.reference)}] Ma demande de titre"
    assert mail["Auto-Submitted"] is None
    assert link.startswith(f"{PUBLIC_URL}/suivi/")
    assert "Bonjour,\n\nVoici : <https://exemple.fr/?a=1&b=2>\n- un" in text_of(mail)
    assert link in text_of(mail)
    assert f'href="{link}"' in html_of(mail)
    assert "&amp;b=2" in html_of(mail)
    assert "<script" not in html_of(mail)
    assert mail_room.smtp.messages[0].rcpts == ["awa@example.org"]
    assert mail_room.smtp.messages[0].envelope_from == SENDER


def test_html_of_an_agent_is_words(mail_room: MailRoom, real_cast: Cast, ticket: Ticket) -> None:
    mail_room.reply(real_cast, ticket, "<img src=x onerror=alert(1)> & <b>gras</b>")
    mail_room.drain()
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; &lt;b&gt;" in html_of(mail_room.sent[0])


def test_files_leave_with_the_reply(mail_room: MailRoom, real_cast: Cast, ticket: Ticket) -> None:
    content = bytes(range(256)) * 100
    mail_room.reply(real_cast, ticket, files=[a_file(content, "Reçu n°1.pdf")])
    mail_room.drain()
    (file,) = mail_room.sent[0].iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("Reçu n°1.pdf", content)


def test_files_beyond_the_limit_leave_as_links(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    here = post.current()
    delivering.configure(replace(here, files_limit=1000))
    with db.transaction():
        mail_room.held(ticket.id).language = "en"
    files = [a_file(b"a" * 2000, "Plan & photo.pdf"), a_file(b"b" * 400, "petit.pdf"),
             a_file(b"c" * 500, "moyen.pdf"), a_file(b"d" * 300, "trop.pdf")]  # fmt: skip
    entry_id = mail_room.reply(real_cast, ticket, files=files)
    mail_room.smtp.drop_after_data()
    mail_room.drain()
    mail_room.smtp.drop_after_data(False)
    with time_machine.travel(now() + timedelta(hours=3), tick=True):
        delivering.deliver({"entry_id": entry_id})
    first, again_ = mail_room.smtp.messages
    assert first.data == again_.data  # the links too are the same at each try
    mail = mail_room.sent[0]
    names = [one.get_filename() for one in mail.iter_attachments()]
    text, html = text_of(mail), html_of(mail)
    linked = re.findall(rf"- (.+) \(\d+\.\d MB\)\n({PUBLIC_URL}/telechargements/\S+)", text)
    assert "Files to download (personal links, valid until" in text
    assert sorted(names + [name for name, _ in linked]) == sorted(f.filename for f in files)
    assert names == ["petit.pdf", "trop.pdf"]
    with db.transaction(write=False):
        for name, url in linked:
            assert f'href="{url}"' in html
            assert downloading.by_download_token(url.rpartition("/")[2]).filename == name
    token = linked[0][1].rpartition("/")[2]
    with db.transaction():
        mail_room.held(ticket.id).follow_salt = "another"
    with db.transaction(write=False), pytest.raises(NotVisible):
        downloading.by_download_token(token)


def test_what_was_sent_is_not_sent_again(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    entry_id = mail_room.reply(real_cast, ticket)
    for _ in range(3):
        delivering.deliver({"entry_id": entry_id})
    delivery = mail_room.delivery(entry_id)
    assert len(mail_room.sent) == 1
    assert (delivery.state, delivery.attempts) == (DeliveryState.SENT, 1)
    assert delivery.sent_at is not None


def test_refused_for_now_then_sent_with_the_same_bytes(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    mail_room.smtp.drop_after_data()
    entry_id = mail_room.reply(real_cast, ticket)
    mail_room.drain()
    mail_room.smtp.drop_after_data(False)
    mail_room.smtp.set_reply("rcpt", 451, "4.7.1 greylisted, come back", times=1)
    mail_room.drain(after=timedelta(minutes=1))
    delivery = mail_room.delivery(entry_id)
    assert (delivery.state, delivery.attempts) == (DeliveryState.DELAYED, 2)
    assert "greylisted" in (delivery.last_words or "")
    # Somebody writes meanwhile: the copy that goes again must not change for that.
    mail_room.arrive(a_raw_mail("Encore moi", in_reply_to="<q1@mail.example.org>"))
    mail_room.drain(after=timedelta(minutes=15))
    first, again_ = [mail.data for mail in mail_room.smtp.messages]
    assert first == again_
    delivery = mail_room.delivery(entry_id)
    assert (delivery.state, delivery.attempts) == (DeliveryState.SENT, 3)
    assert delivery.last_words is None


def test_a_line_cut_after_the_mail_was_taken_sends_the_same_again(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    entry_id = mail_room.reply(real_cast, ticket)
    mail_room.smtp.drop_after_data()
    with pytest.raises(TryLater):
        delivering.deliver({"entry_id": entry_id})
    mail_room.smtp.drop_after_data(False)
    delivering.deliver({"entry_id": entry_id})
    first, second = mail_room.smtp.messages
    assert first.data == second.data
    assert mail_room.delivery(entry_id).state is DeliveryState.SENT


def test_refused_for_good_is_told_to_the_agent(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    entry_id = mail_room.reply(real_cast, ticket)
    mail_room.smtp.set_reply("rcpt", 550, "5.1.1 no such mailbox")
    mail_room.drain()
    delivery = mail_room.delivery(entry_id)
    (event,) = mail_room.events(ticket.id, "delivery_refused")
    assert delivery.state is DeliveryState.REFUSED
    assert "550 5.1.1 no such mailbox" in (delivery.last_words or "")
    assert "no such mailbox" in event.data["words"]
    assert event.data["entry_id"] == entry_id
    assert doubted(real_cast)
    assert mail_room.waiting_rows("message.send") == []
    mail_room.smtp.clear()
    delivering.deliver({"entry_id": entry_id})
    assert mail_room.sent == []
    assert len(mail_room.events(ticket.id, "delivery_refused")) == 1


def test_a_mail_refused_for_its_size_leaves_the_address_in_peace(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    entry_id = mail_room.reply(real_cast, ticket)
    mail_room.smtp.set_reply("data", 552, "5.3.4 message too big")
    mail_room.drain()
    assert mail_room.delivery(entry_id).state is DeliveryState.REFUSED
    assert not doubted(real_cast)


def test_a_server_that_stays_away_is_given_up_loudly_and_can_be_tried_by_hand(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    entry_id = mail_room.reply(real_cast, ticket)
    mail_room.smtp.set_reply("mail", 421, "4.3.2 closed for repairs")
    for _ in range(MAX_ATTEMPTS):
        mail_room.drain(after=timedelta(days=1))
        with db.transaction() as session:  # let the next try be due
            row = session.scalars(select(OutboxRow).where(OutboxRow.topic == "message.send",
                                  OutboxRow.key == f"message:{entry_id}")).one()  # fmt: skip
            row.available_at = row.created_at
    assert row.state is OutboxState.GIVEN_UP
    assert mail_room.delivery(entry_id).state is DeliveryState.REFUSED
    assert len(mail_room.events(ticket.id, "delivery_refused")) == 1
    assert not doubted(real_cast)
    with pytest.raises(GiveUp):
        delivering.deliver({"entry_id": entry_id})
    mail_room.smtp.clear()
    delivering.deliver({"entry_id": entry_id})
    assert mail_room.delivery(entry_id).state is DeliveryState.SENT
    assert len(mail_room.sent) == 1


def test_an_address_that_is_none_is_refused_not_tried_for_ever(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    entry_id = mail_room.reply(real_cast, ticket)
    delivery = mail_room.delivery(entry_id)
    with db.transaction():
        again(delivery).address = "awa@example.org>\r\nBcc: all@example.org"
    mail_room.drain()
    assert mail_room.sent == []
    assert mail_room.delivery(entry_id).state is DeliveryState.REFUSED
    assert mail_room.waiting_rows("message.send") == []


@pytest.mark.parametrize(
    ("policy", "expected", "absent"),
    [
        (SignaturePolicy.NAMED, ["Hugo Lambert", "Conseiller"], ["Agent 12"]),
        (SignaturePolicy.PSEUDONYM, ["Agent 12", "Conseiller"], ["Hugo", "Lambert"]),
        (SignaturePolicy.SERVICE_ONLY, [], ["Hugo", "Lambert", "Agent 12", "Conseiller"]),
    ],
)
def test_the_signature_follows_the_agents_policy(
    mail_room: MailRoom,
    real_cast: Cast,
    ticket: Ticket,
    policy: SignaturePolicy,
    expected: list[str],
    absent: list[str],
) -> None:
    with db.transaction():
        agent = again(real_cast.teleadviser)
        agent.signature_policy, agent.pseudonym, agent.title = policy, "Agent 12", "Conseiller"
        again(agent.team).address = "1 rue du Port, 08000 Charleville-Mézières"
    mail_room.reply(real_cast, ticket)
    mail_room.drain()
    (mail,) = mail_room.sent
    signed = text_of(mail).partition("\n-- \n")[2]
    for words in [*expected, "1 rue du Port", "ccc_a@demo.relais", "Le service CCC"]:
        assert words in signed
        assert words in html_of(mail)
    for words in absent:
        assert words not in mail.as_string() + text_of(mail) + html_of(mail)


def test_nothing_internal_ever_leaves(mail_room: MailRoom, real_cast: Cast) -> None:
    received = mail_room.arrive(a_raw_mail("Mon souci", message_id="<q9@mail.example.org>"))
    with db.transaction():
        ticket = mail_room.held(received.ticket_id)
        agent, dp = again(real_cast.teleadviser), again(real_cast.dp)
        add_note(ticket, f"{SECRET} note", by=agent, files=[a_file(SECRET.encode(), SECRET)])
        given = {key: f"{SECRET} {value}" for key, value in GIVEN.items()}
        escalate(
            ticket, again(real_cast.teams["dp"]), HandoverDraft(f"{SECRET} ?", given), by=agent
        )
        add_note(ticket, f"{SECRET} entre nous", by=dp)
        answer(ticket, f"{SECRET} : dites-lui non", by=dp)
    mail_room.drain()
    with db.transaction():
        add_note(mail_room.held(received.ticket_id), SECRET, by=again(real_cast.teleadviser))
    mail_room.reply(real_cast, mail_room.ticket(received), "Votre dossier est complet.")
    mail_room.drain()
    assert [mail["Auto-Submitted"] for mail in mail_room.sent].count(None) == 1
    assert len(mail_room.sent) == 3
    for mail in mail_room.sent:
        for part in mail.walk():
            content = "" if part.is_multipart() else str(part.get_content())
            assert SECRET not in content + str(part.items())
        assert "SDST" not in text_of(mail)
        assert "DP ANEF" not in text_of(mail)


@pytest.mark.parametrize("kind", [EntryKind.NOTE, EntryKind.EXCHANGE, EntryKind.EVENT])
def test_only_public_entries_can_be_put_into_an_envelope(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket, kind: EntryKind
) -> None:
    with db.transaction(write=False) as session:
        entry = Entry(id=1, ticket_id=ticket.id, kind=kind, message_id="<a@b>", text=SECRET)
        with pytest.raises(ValueError, match="not a mail of ours"):
            enveloped(session.get_one(Ticket, ticket.id), entry, "awa@example.org")


def test_a_referent_is_answered_by_the_project(mail_room: MailRoom, real_cast: Cast) -> None:
    with db.transaction():
        referent = again(real_cast.referent)
        cast = Cast(real_cast.sites, real_cast.teams, {"referent": referent}, real_cast.persons,
                    {"renewal.business": again(real_cast.reasons["renewal.business"])},
                    real_cast.procedures)  # fmt: skip
        report = a_report(cast, referent)
    mail_room.drain()
    mail_room.reply(real_cast, report, by=real_cast.dp)
    mail_room.drain()
    assert [mail["To"] for mail in mail_room.sent] == [
        "Sandrine Peyrard <referent@demo.relais>"
    ] * 2
    assert "Olivier Sarrazin" in text_of(mail_room.sent[-1])


def test_a_reply_without_an_address_waits_on_the_follow_page(
    mail_room: MailRoom, real_cast: Cast, ticket: Ticket
) -> None:
    with db.transaction() as session:
        for contact in again(real_cast.awa).contacts:
            session.delete(contact)
    entry_id = mail_room.reply(real_cast, ticket)
    mail_room.drain()
    assert mail_room.delivery(entry_id).state is DeliveryState.NO_ADDRESS
    assert mail_room.sent == []
