"""The contact form: nothing lost, sent once, bounded. The pages on the way: test_guiding.py."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from support.intake.models import Received
from support.kernel import db
from support.outbox.models import OutboxRow
from support.people.guessing import note_sending
from support.tickets.models import Ticket
from support.tickets.timeline import Attachment
from tests.web.conftest import Browser, Site

PNG = b"\x89PNG\r\n\x1a\n"
GOOD = {
    "cle": "one-form",
    "reason": "account.blocked",
    "procedure": "student",
    "text": "Je ne peux plus me connecter.",
    "given_name": "Awa",
    "family_name": "Sow",
    "email": "Awa.Sow@Example.org",
    "phone": "06 39 98 01 02",
    "foreigner_number": "99 12 34 56 78",
    "language": "fr",
}


def count(model: type[Any]) -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def post(browser: Browser, **changes: Any) -> Any:
    return browser.send("/contact", {**GOOD, **changes}, content_type="multipart/form-data")


def test_a_form_becomes_a_ticket_with_a_reference_a_date_and_a_link(site: Site) -> None:
    browser = site.anyone()
    answer = post(browser)
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"]).text
    assert re.search(r"\d{4}-\d{4}-\d{4}", page)
    assert "Nous vous répondrons le" in page
    assert "/suivi/" in page
    with db.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert ticket.person is not None
        assert ticket.person.email == "awa.sow@example.org"
        assert ticket.person.phone == "+33639980102"
        assert ticket.person.foreigner_number == "9912345678"
        topics = set(session.scalars(select(OutboxRow.topic)))
        assert "notice.send" in topics


def test_sent_twice_is_one_ticket(site: Site) -> None:
    browser = site.anyone()
    first, second = post(browser), post(browser)
    assert first.headers["Location"] == second.headers["Location"]
    assert count(Ticket) == 1
    assert count(Received) == 1


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("email", "awa@", "n’est pas complète"),
        ("phone", "12", "n’est pas complet"),
        ("foreigner_number", "991234567", "9 chiffres"),
        ("foreigner_number", "abc", "10 chiffres"),
        ("family_name", " ", "À remplir"),
        ("text", "", "À remplir"),
        ("reason", "does.not.exist", "Choisissez dans la liste"),
        ("language", "quenya", "Choisissez dans la liste"),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_is_kept(
    site: Site, field: str, typed: str, words: str
) -> None:
    answer = post(site.anyone(), **{field: typed})
    assert answer.status_code == 422
    assert words in answer.text
    for name, value in GOOD.items():
        if name not in (field, "cle"):
            assert value in answer.text, name
    assert count(Ticket) == count(Received) == 0


def test_one_of_address_and_telephone_is_enough(site: Site) -> None:
    assert post(site.anyone(), email="", cle="a").status_code == 303
    assert post(site.anyone(), phone="", cle="b").status_code == 303
    neither = post(site.anyone(), email="", phone="", cle="c")
    assert neither.status_code == 422
    assert "sans l’un des deux" in neither.text


def test_whoever_knows_a_number_learns_no_address(site: Site) -> None:
    """Recognised by number and name, somebody else is not told where the person reads mail."""
    awa = site.cast.awa
    sent = {"family_name": awa.family_name, "foreigner_number": awa.foreigner_number or ""}
    answer = post(site.anyone(), email="curieux@example.org", phone="", **sent)
    page = site.anyone().get(answer.headers["Location"])
    assert page.status_code == 200
    assert awa.email is not None
    assert awa.email not in page.text


def test_files_are_kept_while_the_form_is_mended(site: Site) -> None:
    browser = site.anyone()
    answer = post(browser, email="faux", files=(io.BytesIO(PNG), "écran.png"))
    assert answer.status_code == 422
    kept = re.findall(r'name="kept" value="([^"]+)"', answer.text)
    assert len(kept) == 1
    assert post(browser, kept=kept[0]).status_code == 303
    with db.transaction() as session:
        assert session.scalars(select(Attachment.filename)).all() == ["écran.png"]


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"MZ\x90\x00" + b"\0" * 99, "photo.png", "n’est ni une image ni un PDF"),
        (b"<svg onload='alert(1)'/>", "plan.svg", "n’est ni une image ni un PDF"),
        (b"", "vide.pdf", "« vide.pdf » est vide"),
    ],
)
def test_what_is_no_picture_is_refused_whatever_its_name(
    site: Site, content: bytes, name: str, told: str
) -> None:
    browser = site.anyone()
    both = [(io.BytesIO(content), name, "image/png"), (io.BytesIO(b"%PDF-1.4"), "bon.pdf")]
    answer = post(browser, files=both)
    assert answer.status_code == 422
    assert told in answer.text
    kept = re.findall(r'name="kept" value="([^"]+)"', answer.text)
    assert len(kept) == 1
    assert post(browser, kept=kept[0]).status_code == 303
    with db.transaction() as session:
        assert session.scalars(select(Attachment.filename)).all() == ["bon.pdf"]


def test_a_file_is_of_the_type_of_its_bytes(site: Site) -> None:
    sent = (io.BytesIO(b"%PDF-1.4"), "écran.png", "image/png")
    assert post(site.anyone(), files=sent).status_code == 303
    with db.transaction() as session:
        assert session.scalars(select(Attachment.content_type)).all() == ["application/pdf"]


def test_a_forged_file_token_is_left_out(site: Site) -> None:
    assert post(site.anyone(), kept="AAAA.BBBB").status_code == 303
    assert count(Attachment) == 0


def test_too_large_a_file_is_named_and_the_rest_kept(site: Site) -> None:
    site.app.config["SETTINGS"].largest_upload = 10
    answer = post(site.anyone(), files=(io.BytesIO(b"x" * 11), "gros.pdf"))
    assert answer.status_code == 422
    assert "gros.pdf" in answer.text
    assert count(Ticket) == 0


def test_far_too_large_a_form_is_told_so_in_the_language_of_the_page(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(site.app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(site.app.config, "MAX_CONTENT_LENGTH", 2000)
    browser = site.anyone()
    browser.get("/contact?lang=es")
    answer = post(browser, files=(io.BytesIO(PNG + b"x" * 3000), "gros.png"))
    assert answer.status_code == 413
    assert "Los archivos enviados pesan demasiado" in answer.text


def test_the_link_is_on_our_own_address_whatever_the_request_says(site: Site) -> None:
    thanks = post(site.anyone()).headers["Location"]
    page = site.anyone().get(thanks, headers={"Host": "evil.example"}).text
    assert "evil.example" not in page
    assert 'value="http://localhost/suivi/' in page


def test_a_step_with_thousands_of_digits_is_a_step(site: Site) -> None:
    wanted = {"etape": "1", "aller": "etape-" + "9" * 5000}
    assert site.anyone().send("/contact", {**GOOD, **wanted}).status_code == 200


def test_other_words_under_the_same_key_are_another_request(site: Site) -> None:
    browser = site.anyone()
    first, other = post(browser), post(browser, text="Une tout autre question.")
    assert first.headers["Location"] != other.headers["Location"]
    assert (
        post(browser, text="Une tout autre question.").headers["Location"]
        == (other.headers["Location"])
    )
    assert count(Ticket) == count(Received) == 2


def test_a_good_file_stays_when_one_beside_it_is_too_large(site: Site) -> None:
    site.app.config["SETTINGS"].largest_upload = 10
    both = [(io.BytesIO(b"x" * 11), "gros.pdf"), (io.BytesIO(b"%PDF-1.4"), "petit.pdf")]
    answer = post(site.anyone(), files=both)
    assert answer.status_code == 422
    assert "gros.pdf" in answer.text
    kept = re.findall(r'name="kept" value="([^"]+)"', answer.text)
    assert post(site.anyone(), kept=kept[0]).status_code == 303
    with db.transaction() as session:
        assert session.scalars(select(Attachment.filename)).all() == ["petit.pdf"]


def test_one_connection_sends_so_many_forms_an_hour_and_loses_no_word(site: Site) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False) as clock:
        with db.transaction():
            for _ in range(60):
                note_sending("contact", "127.0.0.1")
        clock.shift(timedelta(minutes=50))
        refused = post(site.anyone())
        assert refused.status_code == 429
        assert "dans 11 minutes" in refused.text
        assert "Je ne peux plus me connecter." in refused.text
        assert count(Ticket) == 0
        clock.shift(timedelta(minutes=11))
        assert post(site.anyone()).status_code == 303
