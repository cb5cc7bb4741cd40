"""Mail to our own people: once, under one Message-ID."""

from __future__ import annotations

import pytest

from channels.mail import post, staff_mail
from support.kernel import db, message_ids
from support.outbox.draining import GiveUp, TryLater
from support.people import notices
from support.people.notices import StaffNotice, Told
from tests.cast import Cast, again
from tests.channels.mail.conftest import PUBLIC_URL, MailRoom, text_of

pytestmark = pytest.mark.mail


@pytest.fixture
def notice(mail_room: MailRoom, real_cast: Cast) -> int:
    message_ids.configure(post.fresh_message_id)
    told = Told("announcement", 7, "a:7", "Étudiants en ligne", "Dès lundi.", "/agent/annonces/7")
    with db.transaction() as session:
        assert notices.tell([again(real_cast.referent)], told, by_mail=True) == 1
        assert notices.tell([again(real_cast.referent)], told, by_mail=True) == 0
        return session.query(StaffNotice.id).scalar()


def test_it_leaves_once(mail_room: MailRoom, notice: int) -> None:
    mail_room.smtp.drop_after_data()
    with pytest.raises(TryLater):
        staff_mail.deliver({"notice_id": notice})
    mail_room.smtp.drop_after_data(False)
    staff_mail.deliver({"notice_id": notice})
    staff_mail.deliver({"notice_id": notice})
    first, second = mail_room.smtp.messages
    assert first.data == second.data  # the server that hung up may have kept it
    mail = mail_room.sent[0]
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("Étudiants en ligne", "auto-generated")
    assert "Dès lundi." in text_of(mail)
    assert f"{PUBLIC_URL}/agent/annonces/7" in text_of(mail)


def test_a_closed_account_gets_none_and_a_refusal_is_given_up(
    mail_room: MailRoom, notice: int, real_cast: Cast
) -> None:
    mail_room.smtp.set_reply("rcpt", 550, "5.1.1 no such user", times=1)
    with pytest.raises(GiveUp):
        staff_mail.deliver({"notice_id": notice})
    with db.transaction():
        again(real_cast.referent).active = False
    staff_mail.deliver({"notice_id": notice})
    assert mail_room.smtp.messages == []
