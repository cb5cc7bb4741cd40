"""The letters: text and HTML say the same, and each translation has been read by somebody."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import pytest

from channels.mail import notices, post, reviews
from channels.mail.rendering import (
    FOLDER,
    Frame,
    framed,
    in_words,
    language_of,
    plain_letter,
    render_letter,
)
from channels.mail.reviews import Review
from support.catalogue.models import Silence
from support.kernel import db
from support.people.models import SignaturePolicy
from support.tickets.assigning import take
from tests.cast import Cast, again
from tests.channels.mail.conftest import MailRoom, text_of
from tests.channels.mail.test_notices import ALL, FACTS, LANGUAGES, form_ticket

FULL = replace(
    FACTS, agent="Hugo Lambert, conseiller", silence_on=datetime(2027, 1, 20, 8, tzinfo=UTC)
)
BARE = replace(FULL, name="", promised_at=None, address="", phone="", email="", agent="")
CASES = {"full": FULL, "bare": BARE, "accepted": replace(FULL, accepted=True, name="A & <B>")}


def said_in_html(html: str) -> list[str]:
    blocks = re.sub(r"</?(?:p|ul|li|br|div)\b[^>]*>", " ", html)
    return unescape(re.sub(r"<[^>]+>", "", blocks)).split()


def said_in_text(text: str) -> list[str]:
    lines = [re.sub(r"^- ", "", line) for line in text.splitlines()]
    return re.sub("[\u2066\u2068\u2069]", "", " ".join(lines)).split()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", ALL)
def test_text_and_html_of_a_letter_say_the_same_words(
    letter: str, language: str, case: str
) -> None:
    _subject, text, html = render_letter(letter, language, CASES[case])
    assert said_in_html(html) == said_in_text(text)
    assert len(said_in_text(text)) > 20


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("subject", ["", "Mes <papiers> & photos"])
def test_text_and_html_of_a_letter_about_no_ticket_say_the_same(
    language: str, subject: str
) -> None:
    facts = {
        "subject": subject,
        "size": 61,
        "largest": 50,
        "url": "https://relais.example.org/contact",
    }
    _subject, text, html = plain_letter("too_large", language, facts)
    assert said_in_html(html) == said_in_text(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_and_html_of_the_whole_mail_say_the_same_words(language: str) -> None:
    files = (("plan & photo.pdf (12.4 MB)", "https://relais.example.org/telechargements/a.b"),)
    frame = Frame(
        reference="2611-2004-8312",
        follow_url="https://relais.example.org/suivi/a.b",
        signature="Le service\n1 rue",
        language=language,
        files=files,
        files_until=datetime(2026, 12, 20, 9, tzinfo=UTC),
    )
    text, html = framed("Bonjour,\n\nVoici :\n- un\n- deux", frame, language, "Objet")
    body = html.partition("<body")[2].partition(">")[2]
    assert said_in_html(body) == [w for w in said_in_text(text) if w != "--"]
    assert files[0][1] in text
    assert f'href="{files[0][1]}"' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_has_three_files(language: str) -> None:
    for letter in (*ALL, "too_large"):
        there = {path.name for path in (FOLDER / letter / language).iterdir()}
        texts = {"sms.txt"} if letter.startswith("appointment_") else set()
        assert there - {reviews.MARK} == {"subject.txt", "body.txt", "body.html"} | texts


def test_every_translation_that_is_shipped_has_been_read() -> None:
    stale = [t for t in reviews.translations() if t.review is not Review.REVIEWED]
    assert stale == [], "read it, then: relais letters approve LETTER LANGUAGE --by NAME"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Letters that a test may change."""
    folder = Path(shutil.copytree(FOLDER, tmp_path / "letters"))
    monkeypatch.setattr(reviews, "FOLDER", folder)
    reviews._review.cache_clear()
    yield folder
    reviews._review.cache_clear()


@pytest.mark.parametrize("changed", ["fr/body.txt", "es/body.html", "es/reviewed.toml"])
def test_a_translation_is_used_only_as_it_was_read(copy: Path, changed: str) -> None:
    assert language_of("reopened", "es") == "es"
    path = copy / "reopened" / changed
    path.write_text(path.read_text() + "encore")
    reviews._review.cache_clear()
    assert language_of("reopened", "es") == "fr"
    assert language_of("passed_on", "es") == "es"
    standing = {t.review for t in reviews.translations(copy) if t.letter == "reopened"}
    assert standing & {Review.OUTDATED, Review.MISSING}
    made = reviews.approve(
        "reopened", "es", by='Une "relectrice"', on=date(2026, 12, 1), folder=copy
    )
    assert (made.review, made.by, made.on) == (Review.REVIEWED, "Une relectrice", "2026-12-01")
    assert language_of("reopened", "es") == "es"


def test_a_request_is_told_what_silence_means(mail_room: MailRoom, real_cast: Cast) -> None:
    with db.transaction():
        reason = again(real_cast.reasons["other"])
        reason.silence_means, reason.silence_months = Silence.REFUSAL, 2
    ticket_id = form_ticket(real_cast)
    mail_room.drain()
    (mail,) = mail_room.sent
    with db.transaction(write=False):
        ticket = mail_room.held(ticket_id)
        silence = in_words(notices._months_later(ticket.first_received_at, 2), "fr")
    assert "Nous avons bien reçu votre demande" in mail["Subject"]
    text = text_of(mail)
    assert f"le {silence}, votre demande est considérée comme refusée" in text
    assert "acceptée" not in text
    assert "tribunal administratif" in text
    for both in ("ne remplace aucune démarche", "aucun délai légal", "Affaire suivie par :"):
        assert both in text
    assert "peut valoir refus" not in text


@pytest.mark.parametrize(("ours", "said"), [(True, "[es] {}"), (False, "{}")])
def test_what_we_call_things_is_said_in_the_language_of_the_letter(
    mail_room: MailRoom, real_cast: Cast, ours: bool, said: str
) -> None:
    plain = post.current()
    post.configure(replace(plain, said_in=lambda words, language: f"[{language}] {words}"))
    ticket_id = form_ticket(real_cast, language="es")
    with db.transaction():
        ticket = mail_room.held(ticket_id)
        subject = ticket.reason.plain_label if ours else "Mi tarjeta"
        ticket.subject, service = subject, ticket.home_team.public_label
    mail_room.drain()
    text = text_of(mail_room.sent[0])
    assert f"Asunto: {said.format(subject)}\n" in text
    assert f"solicitud:\n[es] {service}\n" in text
    post.configure(plain)


def test_a_delay_that_nobody_set_is_not_made_up(mail_room: MailRoom, real_cast: Cast) -> None:
    with db.transaction():
        again(real_cast.reasons["other"]).silence_means = Silence.REFUSAL
    form_ticket(real_cast)
    mail_room.drain()
    text = text_of(mail_room.sent[0])
    assert "Nous avons bien reçu votre message" in text
    assert "considérée comme" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", ALL)
def test_no_letter_holds_a_legal_delay_of_its_own(letter: str, language: str) -> None:
    text = render_letter(letter, language, FULL)[1]
    for delay in ("deux mois", "two months", "dos meses", "شهرين", "Aucune décision implicite"):
        assert delay not in text


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [((2026, 12, 31), 2, (2027, 2, 28)), ((2026, 1, 5), 12, (2027, 1, 5))],
)
def test_months_end_where_they_end(day: tuple[int, int, int], months: int, later: object) -> None:
    found = notices._months_later(datetime(*day, 9, tzinfo=UTC), months)
    assert (found.year, found.month, found.day) == later


@pytest.mark.parametrize(
    ("own", "team", "named"),
    [
        (SignaturePolicy.NAMED, None, True),
        (SignaturePolicy.NAMED, SignaturePolicy.SERVICE_ONLY, False),
        (SignaturePolicy.SERVICE_ONLY, SignaturePolicy.NAMED, False),
    ],
)
def test_who_follows_it_is_named_unless_they_or_their_team_are_not(
    mail_room: MailRoom, real_cast: Cast, own: SignaturePolicy, team: SignaturePolicy | None,
    named: bool,
) -> None:  # fmt: skip
    ticket_id = form_ticket(real_cast)
    with db.transaction():
        agent = again(real_cast.teleadviser)
        agent.signature_policy, agent.team.signature_policy = own, team
        take(mail_room.held(ticket_id), by=agent)
    mail_room.drain()
    with db.transaction(write=False):
        ticket = mail_room.held(ticket_id)
    mail_room.reply(real_cast, ticket)
    mail_room.drain()
    for mail in mail_room.sent:
        assert ("Hugo Lambert" in text_of(mail)) is named
        assert "le service CCC, équipe" in text_of(mail).replace("Le", "le")
