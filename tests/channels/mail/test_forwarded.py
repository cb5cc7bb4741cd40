"""A person's mail that one of us forwards: its real author is found, and confirmed by somebody."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from channels.mail import forwarded, refiling
from channels.mail.reading import open_mail
from support.intake.models import Outcome
from support.kernel import db
from support.kernel.errors import Conflict
from support.kernel.files import DiskStore
from support.tickets.filing import Why
from support.tickets.timeline import EntryKind
from tests.cast import Cast, again
from tests.channels.mail.conftest import SENDER, MailRoom, a_raw_mail

AGENT = "Sandrine Peyrard <referent@demo.relais>"
BLOCKS = {
    "Gmail, French": "---------- Forwarded message ---------\nDe : Awa Traoré <awa@example.org>\n"
                     "Date: ven. 20 nov. 2026 à 09:30\nSubject: Mon titre\nTo: <aide@x.example>",
    "Outlook, French": "De : Awa Traoré <awa@example.org>\nEnvoyé : vendredi 20 novembre 2026 "
                       "09:30\nÀ : Préfecture <pref@x.example>\nObjet : Mon titre",
    "Outlook, old": "-----Message d'origine-----\nDe : Awa Traoré [mailto:awa@example.org]\n"
                    "Envoyé : vendredi 20 novembre 2026 09:30\nÀ : pref\nObjet : Mon titre",
    "Apple, English": "Begin forwarded message:\n\nFrom: Awa Traoré <awa@example.org>\n"
                      "Subject: Mon titre\nDate: 20 November 2026 at 09:30:00 CET\n"
                      "To: pref@x.example",
    "German": "-------- Weitergeleitete Nachricht --------\nBetreff: Mon titre\nDatum: Fri, 20 Nov "
              "2026 09:30:00 +0100\nVon: Awa Traoré <awa@example.org>\nAn: pref@x.example",
    "Spanish": "---------- Forwarded message ---------\nDe: Awa Traoré <awa@example.org>\n"
               "Fecha: 20 nov 2026\nAsunto: Mon titre\nPara: <aide@x.example>",
    "quoted": "> De : Awa Traoré <awa@example.org>\n> Date : 20 novembre 2026 à 09:30\n"
              "> Objet : Mon titre\n> À : pref@x.example",
}  # fmt: skip


def text_of(block: str) -> str:
    said = "Je n'arrive pas à payer."
    mark = "> " if block.startswith(">") else ""
    return f"Pouvez-vous l'aider ?\n\n{block}\n{mark}\n{mark}{said}\n"


@pytest.mark.parametrize("name", BLOCKS)
def test_the_real_author_is_read_in_the_text(file_store: DiskStore, name: str) -> None:
    found = forwarded.read(open_mail(a_raw_mail(text_of(BLOCKS[name]), sender=AGENT)))
    assert found is not None
    assert (found.sender.name, found.sender.address) == ("Awa Traoré", "awa@example.org")
    assert found.subject == "Mon titre"
    assert found.text == "Je n'arrive pas à payer."
    assert found.note == "Pouvez-vous l'aider ?"


@pytest.mark.parametrize("text", [
    "Bonjour, le portail est en panne.",
    text_of("De : Awa Traoré\nEnvoyé : vendredi 20 novembre 2026 09:30\nObjet : Mon titre"),
])  # fmt: skip
def test_without_an_author_to_write_to_nothing_is_proposed(
    file_store: DiskStore, text: str
) -> None:
    assert forwarded.read(open_mail(a_raw_mail(text, sender=AGENT))) is None


def attached() -> bytes:
    inner = a_raw_mail("Je n'arrive pas à payer.", subject="Mon titre",
                       files=(("page.png", "image/png", b"\x89PNG\r\n\x1a\n"),))  # fmt: skip
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = AGENT, SENDER, "Tr: Mon titre"
    mail["Message-ID"] = "<forward@pref.example>"
    mail.set_content("Pouvez-vous l'aider ?")
    mail.add_attachment(message_from_bytes(inner, policy=SMTP))
    return mail.as_bytes()


@pytest.mark.parametrize("raw", [a_raw_mail(text_of(BLOCKS["Outlook, French"]), sender=AGENT),
                                 attached()], ids=["in the text", "attached"])  # fmt: skip
def test_on_confirmation_it_is_the_person_s_request(
    mail_room: MailRoom, real_cast: Cast, raw: bytes
) -> None:
    received = mail_room.arrive(raw)
    assert (received.outcome, received.reason) == (Outcome.QUARANTINED, Why.STAFF_ADDRESS)
    with db.transaction():
        filed = refiling.open_forwarded(received.id, by=again(real_cast.teleadviser))
        assert filed.ticket is not None
        assert filed.ticket.person_id == real_cast.awa.id
        assert filed.ticket.subject == "Mon titre"
    entries = mail_room.entries(filed.ticket.id)
    (said,) = [e for e in entries if e.kind is EntryKind.MESSAGE]
    (note,) = [e for e in entries if e.kind is EntryKind.NOTE]
    assert said.text == "Je n'arrive pas à payer."
    assert note.text == "Pouvez-vous l'aider ?"
    assert mail_room.events(filed.ticket.id, "forwarded")
    mail_room.drain()
    assert [mail["To"] for mail in mail_room.sent] == ["Awa Traoré <awa@example.org>"]
    with pytest.raises(Conflict), db.transaction():
        refiling.open_forwarded(received.id, by=again(real_cast.teleadviser))


def test_the_files_of_the_person_come_along(mail_room: MailRoom, real_cast: Cast) -> None:
    received = mail_room.arrive(attached())
    with db.transaction():
        filed = refiling.open_forwarded(received.id, by=again(real_cast.teleadviser))
        assert filed.entry is not None
        assert "page.png" in [one.filename for one in filed.entry.attachments]
