"""Mail to our own people: one notice, one mail, under one Message-ID however often it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import joinedload

from channels.mail import post
from channels.mail.addresses import normalise
from channels.mail.composing import CannotCompose, OutgoingMail, compose
from channels.mail.rendering import laid_out
from channels.mail.sending import PermanentFailure, TemporaryFailure
from support.kernel import db
from support.kernel.time import now
from support.outbox.draining import GiveUp, TryLater
from support.people.notices import StaffNotice


def deliver(payload: Mapping[str, Any]) -> None:
    """Send the mail of ``payload["notice_id"]``, once.

    Raises TryLater while the server cannot take it, GiveUp when it never will.
    """
    with db.transaction(write=False) as session:
        notice = session.get(
            StaffNotice, int(payload["notice_id"]), options=[joinedload(StaffNotice.agent)]
        )
        if notice is None or notice.sent_at is not None or notice.message_id is None:
            return
        if not notice.agent.active:
            return
        mail, address = _mail(notice), notice.agent.email
    here = post.current()
    try:
        here.transport.send(compose(mail), here.sender[1], [address])
    except TemporaryFailure as failure:
        raise TryLater(str(failure)) from failure
    except (PermanentFailure, CannotCompose) as failure:
        raise GiveUp(str(failure)) from failure
    with db.transaction() as session:
        session.get_one(StaffNotice, notice.id).sent_at = now()


def _mail(notice: StaffNotice) -> OutgoingMail:
    here = post.current()
    words = {
        "follow": "Lire et répondre dans l’outil :",
        "follow_url": f"{here.public_url}{notice.path}",
        "files": (),
    }
    text, html = laid_out(notice.text, words, here.service_name, notice.subject)
    assert notice.message_id is not None
    return OutgoingMail(
        message_id=notice.message_id,
        date=notice.created_at,
        sender_name=here.sender[0] or here.service_name,
        sender_address=here.sender[1],
        to=((notice.agent.full_name, normalise(notice.agent.email)),),
        subject=notice.subject,
        text=text,
        html=html,
        automatic=True,
    )
