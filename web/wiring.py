"""The one page that says where everything goes: settings into rooms, topics to handlers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

from sqlalchemy import Engine

import web.models  # noqa: F401  (every table is known before the first query)
from channels.contact_form import taking
from channels.mail import (
    appointments,
    authenticating,
    delivering,
    inbox,
    limits,
    notices,
    site_figures,
    staff_mail,
    too_large,
)
from channels.mail.post import fresh_message_id
from channels.mail.sending import transport_for
from channels.pages import understanding as pages
from channels.phone import understanding as calls
from channels.sms import appointments as texts
from channels.sms import gateway as sms
from escalation import agreements
from escalation.glpi import linking as glpi
from escalation.glpi import pulling, pushing
from escalation.glpi import settings as glpi_settings
from escalation.known_issues import telling
from escalation.shared_mailbox import posting, unreached
from escalation.shared_mailbox import receiving as level_mail
from knowledge.recalls import correcting
from knowledge.search import index
from support.clocks import warning
from support.help_sessions import telling as appointment_telling
from support.help_sessions import watching
from support.intake import receiving
from support.intake.models import Channel
from support.kernel import db, files, message_ids
from support.outbox.draining import Handler
from support.people import links
from support.people import notices as staff_notices
from support.tickets import filing, first_words, following_up, measuring, promising, rescheduling
from web import i18n
from web.config import Settings
from web.desk.labels import item_label


def configure(settings: Settings) -> Engine:
    """Give every room what it needs to work. Called once a process."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = db.make_engine(settings.database_url)
    db.configure(engine)
    files.configure(files.DiskStore(settings.data_dir / "files"))
    links.configure(settings.secret_key)
    receiving.configure(timedelta(seconds=settings.outbox_lease))
    index.configure(settings.data_dir / "index", index.ENGINES[settings.search_engine]())
    delivering.configure(
        delivering.Post(
            # Whoever holds the row must be done before somebody else takes it up; yet a lease of
            # seconds leaves a busy server its time.
            transport=transport_for(
                settings.smtp_url,
                settings.data_dir / "outbox",
                within=max(0.75 * settings.outbox_lease, 20),
            ),
            sender=parseaddr(settings.mail_from),
            public_url=settings.public_url.rstrip("/"),
            service_name=settings.service_name,
            files_limit=settings.mail_files_limit,
            said_in=i18n.said_in,
            item_label=item_label,
        )
    )
    message_ids.configure(fresh_message_id)
    filing.configure(level_mail.take)
    authenticating.configure(settings.trusted_authserv.split())
    limits.configure(limits.Limits(settings.largest_mail, settings.imap_archive))
    following_up.configure(
        following_up.Rules(
            same_matter=timedelta(hours=settings.same_matter_hours),
            reopens=timedelta(days=settings.reopen_days),
        )
    )
    first_words.configure(
        first_words.Rules(settings.acknowledgement_hours, settings.first_answer_hours)
    )
    sms.configure(
        sms.gateway_for(
            settings.sms_url, settings.data_dir / "sms", token=settings.sms_token,
            sender=settings.sms_from,
        )
    )  # fmt: skip
    appointment_telling.configure(appointment_telling.Rules(texts=bool(settings.sms_url)))
    glpi_settings.configure(settings.glpi)
    measuring.configure(measuring.Rules(settings.promise_percent, settings.promise_least))
    return engine


def handlers() -> Mapping[str, Handler]:
    """Topic by topic: what happens after the commit. Each is safe to run twice."""
    return {
        receiving.TOPIC: _understand,
        receiving.LEFT_OVER: _take_up_left_over,
        "message.send": delivering.deliver,
        "level.added": _tell_addition,
        "level.unreached": _bring_back,
        "notice.send": notices.send,
        "issue.ended": _tell_ended,
        staff_notices.TOPIC: staff_mail.deliver,
        "mail.too_large": too_large.send,
        "clock.breached": _tell_breach,
        warning.TOPIC: _tell_warning,
        rescheduling.TOPIC: _reschedule,
        rescheduling.AGREED: _follow_agreement,
        "knowledge.changed": _follow_changes,
        correcting.TOPIC: _tell_correction,
        appointment_telling.TOPIC: _tell_of_appointment,
        watching.TOPIC: site_figures.tell,
        glpi.PUSH: pushing.push,
        glpi.PULL: pulling.pull,
    }


def _tell_of_appointment(payload: Mapping[str, Any]) -> None:
    """By mail or by text: each knows whom it is for."""
    appointments.tell(payload)
    texts.tell(payload)


def _understand(payload: Mapping[str, Any]) -> None:
    received_id = int(payload["received_id"])
    if payload["channel"] == Channel.EMAIL:
        inbox.understand(received_id)
    elif payload["channel"] == Channel.FORM:
        with db.transaction():
            taking.take_up(received_id)
    elif payload["channel"] == Channel.PHONE:
        with db.transaction():
            calls.understand(received_id)
    elif payload["channel"] in pages.CHANNELS:
        with db.transaction():
            pages.understand(received_id)


def _take_up_left_over(payload: Mapping[str, Any]) -> None:
    with db.transaction():
        receiving.take_up_left_over(Channel(payload["channel"]), payload["received_ids"])


def _tell_breach(payload: Mapping[str, Any]) -> None:
    with db.transaction():
        promising.note_breach(int(payload["ticket_id"]), int(payload["clock_id"]))


def _tell_warning(payload: Mapping[str, Any]) -> None:
    with db.transaction():
        promising.note_warning(
            int(payload["ticket_id"]), int(payload["clock_id"]), int(payload["stage"])
        )


def _reschedule(payload: Mapping[str, Any]) -> None:
    with db.transaction():
        rescheduling.recompute(payload)


def _follow_agreement(payload: Mapping[str, Any]) -> None:
    with db.transaction():
        agreements.follow(payload)


def _tell_ended(payload: Mapping[str, Any]) -> None:
    with db.transaction():
        telling.tell_ticket(payload)


def _tell_addition(payload: Mapping[str, Any]) -> None:
    with db.transaction():
        posting.tell_addition(payload)


def _bring_back(payload: Mapping[str, Any]) -> None:
    with db.transaction():
        unreached.bring_back(payload)


def _tell_correction(payload: Mapping[str, Any]) -> None:
    with db.transaction():
        correcting.tell_ticket(payload)


def _follow_changes(_payload: Mapping[str, Any]) -> None:
    index.follow()
