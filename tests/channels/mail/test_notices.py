"""Letters that leave by themselves: right in what they say, and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from channels.mail import notices, post
from channels.mail.notices import render_letter
from channels.mail.rendering import FOLDER, Facts, Frame, framed, in_words
from escalation import asking
from escalation.raising import HandoverDraft, escalate
from support.help_sessions import telling
from support.intake.models import Channel
from support.kernel import db
from support.kernel.time import now
from support.tickets import announcing
from support.tickets.calling import CallDraft, NewRequest, call_about_new
from support.tickets.journal import Words
from support.tickets.opening import TicketDraft, open_ticket
from support.tickets.references import shown
from support.tickets.timeline import Entry, EntryKind
from tests.cast import Cast, again
from tests.channels.mail.conftest import PUBLIC_URL, MailRoom, a_raw_mail, html_of, text_of
from tests.factories import GIVEN
from web.i18n import said_in

pytestmark = pytest.mark.mail

FACTS = Facts(
    name="Awa Traoré",
    reference="2611-2004-8312",
    subject="Ma demande",
    received_at=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
    promised_at=datetime(2026, 12, 1, 16, tzinfo=UTC),
    service="Centre de contact citoyens",
    address="1 rue du Port, 08000 Charleville-Mézières",
    phone="09 69 39 80 00",
    email="contact@relais.example.org",
)
LANGUAGES = ("fr", "en", "es", "ar")
ALL = sorted({*notices.LETTERS, notices.OF_REQUEST})
APPOINTMENTS = (telling.GIVEN, telling.REMINDER, telling.CANCELLED)


def notice_count() -> int:
    with db.transaction(write=False) as session:
        query = select(func.count()).select_from(Entry).where(Entry.kind == EntryKind.NOTICE)
        return session.scalar(query) or 0


def form_ticket(cast: Cast, language: str = "fr", **person: object) -> int:
    """A ticket of Awa from the form, in her language."""
    with db.transaction():
        awa = again(cast.awa)
        draft = TicketDraft(
            subject="Je suis bloquée",
            words=Words("Bonjour", channel=Channel.FORM),
            reason=again(cast.reasons["other"]),
            channel=Channel.FORM,
            person=awa,
            language=language,
        )
        return open_ticket(draft, by=awa).id


def test_the_acknowledgement_says_what_the_law_asks(mail_room: MailRoom, real_cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 11, 20, 23, 30, tzinfo=UTC), tick=True):
        ticket_id = form_ticket(real_cast)
        with db.transaction():
            ticket = mail_room.held(ticket_id)
            ticket.home_team.address, ticket.home_team.phone = "1 rue du Port", "+33969398000"
        mail_room.drain()
    (mail,) = mail_room.sent
    text = text_of(mail)
    assert mail["Subject"] == f"[#{shown(ticket.reference)}] Nous avons bien reçu votre message"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "fr"
    for words in (
        "le samedi 21 novembre 2026",  # it was past midnight in Paris
        shown(ticket.reference),
        ticket.home_team.public_label,
        "1 rue du Port",
        "09 69 39 80 00",
        ticket.home_team.email,
        f"au plus tard le {in_words(ticket.promised_at or now(), 'fr')}",
        f"{PUBLIC_URL}/suivi/",
        "ne remplace aucune démarche",
        "n’arrête et ne prolonge aucun délai légal",
        "ne décide pas de votre dossier",
        "peut valoir refus",
    ):
        assert words in text
        assert words in html_of(mail).replace("&#39;", "'")


def test_the_secret_link_is_not_kept_in_the_thread(mail_room: MailRoom, real_cast: Cast) -> None:
    ticket_id = form_ticket(real_cast)
    mail_room.drain()
    (notice,) = [e for e in mail_room.entries(ticket_id) if e.kind is EntryKind.NOTICE]
    assert "/suivi/" in text_of(mail_room.sent[0])
    assert "/suivi/" not in notice.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", ALL)
def test_every_letter_is_whole_in_every_language(letter: str, language: str) -> None:
    subject, text, html = render_letter(letter, language, FACTS)
    assert subject
    assert "\n" not in subject
    for words in (FACTS.name, FACTS.reference, FACTS.subject):
        assert words in text
    assert FACTS.promised_at is not None
    assert in_words(FACTS.promised_at, language) in text
    assert "{" not in text
    assert "None" not in text
    assert html.startswith("<p>")
    bare = replace(FACTS, name="", promised_at=None, address="", phone="", email="")
    short = render_letter(letter, language, bare)[1]
    assert "\n\n\n" not in short
    assert "  " not in short
    assert in_words(FACTS.promised_at, language) not in short


def test_numbers_keep_their_order_in_arabic() -> None:
    _subject, text, html = render_letter("acknowledgement", "ar", FACTS)
    for words in (FACTS.reference, FACTS.address, FACTS.phone):
        assert f"\u2066{words}\u2069" in text
        assert f'<bdi dir="ltr">{words}</bdi>' in html
    assert f"\u2066{FACTS.email}\u2069" in text
    assert f'<bdi dir="ltr"><a href="mailto:{FACTS.email}">{FACTS.email}</a></bdi>' in html
    assert f"\u2068{FACTS.subject}\u2069" in text
    assert not set("\u2066\u2068\u2069") & set(html)
    assert not set("\u2066\u2068\u2069") & set(render_letter("acknowledgement", "fr", FACTS)[1])


def test_marks_in_a_subject_do_not_end_ours() -> None:
    facts = replace(FACTS, subject="\u2069<b>x\u2066")
    _subject, text, html = render_letter("reopened", "ar", facts)
    assert "\u2068<b>x\u2069" in text
    assert '<bdi dir="auto">&lt;b&gt;x</bdi>' in html


def test_the_frame_keeps_the_order_of_the_reference_and_the_link() -> None:
    frame = Frame("2611-2004-8312", "https://relais.example.org/suivi/a.b", "Le service", "ar")
    text, html = framed("مرحبًا", frame, "ar", "رسالة")
    assert "\u20662611-2004-8312\u2069" in text
    assert '<bdi dir="ltr">2611-2004-8312</bdi>' in html
    assert '"><bdi dir="ltr">https://relais.example.org/suivi/a.b</bdi></a>' in html
    assert "\nhttps://relais.example.org/suivi/a.b\n" in text  # bare: readers link what they see


def test_every_folder_of_letters_has_the_same_languages() -> None:
    folders = {path.name for path in FOLDER.iterdir()}
    assert folders == {*ALL, "frame", "too_large", *APPOINTMENTS}
    for folder in folders:
        assert {p.name for p in (FOLDER / folder).iterdir() if p.is_dir()} == set(LANGUAGES)


def test_what_a_person_typed_is_not_markup_in_a_letter() -> None:
    facts = replace(FACTS, subject="<script>alert(1)</script>", name="A & B")
    assert "<script" not in render_letter("acknowledgement", "fr", facts)[2]
    assert "A &amp; B" in render_letter("acknowledgement", "fr", facts)[2]


def test_a_subject_with_template_signs_is_only_words() -> None:
    facts = replace(FACTS, subject="{{ 7 * 7 }} {% raw %}")
    assert "{{ 7 * 7 }} {% raw %}" in render_letter("reopened", "fr", facts)[1]


@pytest.mark.parametrize(("language", "written"), [("ar", "ar"), ("es", "es"), ("wo", "fr")])
def test_it_is_in_the_language_of_the_person_when_we_have_it(
    mail_room: MailRoom, real_cast: Cast, language: str, written: str
) -> None:
    form_ticket(real_cast, language)
    mail_room.drain()
    (mail,) = mail_room.sent
    assert mail["Content-Language"] == written
    assert ('dir="rtl"' in html_of(mail)) == (written == "ar")


def test_a_letter_leaves_once_however_often_it_is_asked(
    mail_room: MailRoom, real_cast: Cast
) -> None:
    ticket_id = form_ticket(real_cast)
    for _ in range(3):
        notices.send({"ticket_id": ticket_id, "letter": "acknowledgement"})
        mail_room.drain()
    assert len(mail_room.sent) == 1
    for about in (7, 7, 8):
        notices.send({"ticket_id": ticket_id, "letter": "reopened", "about": about})
    mail_room.drain()
    assert len(mail_room.sent) == 3
    assert len({mail["Message-ID"] for mail in mail_room.sent}) == 3


def test_an_unknown_letter_is_a_fault(mail_room: MailRoom, real_cast: Cast) -> None:
    with pytest.raises(ValueError, match="no letter"):
        notices.send({"ticket_id": 1, "letter": "../../etc"})


def test_a_call_answered_at_once_gets_no_letter(mail_room: MailRoom, real_cast: Cast) -> None:
    with db.transaction():
        call = CallDraft("Réponse donnée", "+33639980001", now(), "answered")
        request = NewRequest(again(real_cast.awa), again(real_cast.reasons["other"]))
        ticket = call_about_new(call, request, solved=True, by=again(real_cast.teleadviser))
    notices.send({"ticket_id": ticket.id, "letter": "acknowledgement"})
    assert notice_count() == 0


def test_nobody_reads_a_machines_mail(mail_room: MailRoom, real_cast: Cast) -> None:
    received = mail_room.arrive(a_raw_mail(sender="noreply@example.org"))
    for letter in sorted(notices.LETTERS):
        notices.send({"ticket_id": received.ticket_id, "letter": letter, "about": 1})
    assert notice_count() == 0


def test_a_person_without_address_gets_none(mail_room: MailRoom, real_cast: Cast) -> None:
    ticket_id = form_ticket(real_cast)
    with db.transaction() as session:
        for contact in again(real_cast.awa).contacts:
            session.delete(contact)
    mail_room.drain()
    assert notice_count() == 0
    assert mail_room.events(ticket_id, "delivery_refused") == []


def test_passing_on_is_told_in_plain_words(mail_room: MailRoom, real_cast: Cast) -> None:
    ticket_id = form_ticket(real_cast)
    with db.transaction():
        draft = HandoverDraft("SDST pourra-t-elle répondre ?", GIVEN)
        escalate(
            mail_room.held(ticket_id),
            again(real_cast.teams["dp"]),
            draft,
            by=again(real_cast.teleadviser),
        )
    mail_room.drain()
    mail = mail_room.sent[-1]
    assert "spécialistes" in mail["Subject"]
    for inside in ("DP ANEF", "SDST", *GIVEN.values()):
        assert inside not in text_of(mail)


def test_ten_letters_a_day_and_the_next_day_again(mail_room: MailRoom, real_cast: Cast) -> None:
    tickets = [form_ticket(real_cast) for _ in range(12)]
    mail_room.drain()
    assert len(mail_room.sent) == notices.MOST_A_DAY
    capped = [e for t in tickets for e in mail_room.events(t, "letter_capped")]
    assert [e.data["letter"] for e in capped] == ["acknowledgement"] * 2
    with time_machine.travel(now() + timedelta(days=1, minutes=1), tick=True):
        form_ticket(real_cast)
        mail_room.drain()
    assert len(mail_room.sent) == notices.MOST_A_DAY + 1


@pytest.mark.parametrize("language", ["fr", "en", "es", "ar"])
def test_another_date_is_told_with_its_reason(
    mail_room: MailRoom, real_cast: Cast, language: str
) -> None:
    ticket = mail_room.ticket(mail_room.arrive(a_raw_mail()))
    why = "Nous attendons la réponse des spécialistes <du séjour>."
    with db.transaction():
        held = mail_room.held(ticket.id)
        held.language = language
        day = (now() + timedelta(days=14)).date()
        day += timedelta(days=(1 - day.weekday()) % 7)
        announcing.announce(held, day, why, by=again(real_cast.teleadviser))
    mail_room.drain()
    mail_room.drain()
    letter = next(e for e in mail_room.entries(ticket.id) if e.data.get("letter") == "new_date")
    assert letter.data["language"] == language
    assert why in letter.text
    assert letter.text.count(str(day.year)) == 2  # the new date, and the one it replaces
    (sent,) = [m for m in mail_room.sent if m["Message-ID"] == letter.message_id]
    assert sent["Auto-Submitted"] == "auto-replied"


@pytest.mark.parametrize(
    ("language", "asked"),
    [("fr", "À quelle étape êtes-vous bloqué ?"), ("en", "At which step"), ("es", "¿En qué")],
)
def test_the_person_is_asked_in_their_language(
    mail_room: MailRoom, real_cast: Cast, language: str, asked: str
) -> None:
    ticket = mail_room.ticket(mail_room.arrive(a_raw_mail()))
    post.configure(replace(post.current(), said_in=said_in))
    with db.transaction():
        held = mail_room.held(ticket.id)
        held.language = language
        said = {"step_reached": "À quelle étape êtes-vous bloqué ?"}
        asking.ask_person(held, ["step_reached"], said, by=again(real_cast.teleadviser))
    mail_room.drain()
    mail_room.drain()
    letter = next(e for e in mail_room.entries(ticket.id) if e.data.get("letter") == "items_asked")
    assert letter.data["language"] == language
    assert f"- {asked}" in letter.text
    assert f"<li>{asked}" in (letter.html or "")
