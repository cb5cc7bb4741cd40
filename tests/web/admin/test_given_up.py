"""What the outbox gave up, without anybody's words."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from support.kernel import db
from support.kernel.time import now
from support.outbox.models import OutboxRow, OutboxState
from tests.web.conftest import Site
from web.admin.given_up import sign, topic_label, why
from web.wiring import handlers

PATH = "/agent/administration/envois"
REFUSED = "SMTPRecipientsRefused: {'awa@example.org': (550, b'No such user awa, call 0639980001')}"


def a_failure(error: str = REFUSED, topic: str = "message.send") -> OutboxRow:
    row = OutboxRow(
        topic=topic,
        payload={"entry_id": 12, "to": "awa@example.org"},
        state=OutboxState.GIVEN_UP,
        attempts=14,
        done_at=now(),
        last_error=error,
    )
    db.session().add(row)
    db.session().flush()
    return row


def test_it_says_what_and_why_and_names_nobody(site: Site) -> None:
    with db.transaction():
        row = a_failure()
    page = site.as_("admin").get(PATH).text
    assert "Envoyer une réponse par courriel" in page
    assert "Le serveur de courriel refuse ce message pour de bon." in page
    assert "SMTPRecipientsRefused, 550" in page
    assert f">{row.id}" in page
    for personal in ("awa", "0639980001", "No such user", "entry_id"):
        assert personal not in page


def test_another_try_puts_it_back_in_line_once(site: Site) -> None:
    with db.transaction():
        row = a_failure()
    admin = site.as_("admin")
    assert admin.send(f"{PATH}/{row.id}/reprises").status_code == 303
    with db.transaction() as session:
        there = session.get_one(OutboxRow, row.id)
        assert (there.state, there.attempts) == (OutboxState.WAITING, 0)
        assert there.available_at <= now()
    assert admin.send(f"{PATH}/{row.id}/reprises").status_code == 409
    assert "Rien n’est en échec" in admin.get(PATH).text
    assert admin.send(f"{PATH}/987654/reprises").status_code == 404


def test_the_first_page_warns(site: Site) -> None:
    admin = site.as_("admin")
    assert "envois attendus" not in admin.get("/agent/administration").text
    with db.transaction():
        a_failure()
        a_failure("ConnectionRefusedError: [Errno 111]")
    page = admin.get("/agent/administration").text
    assert "2 envois en échec" in page


def test_the_list_is_paged_newest_first(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.admin.given_up.PAGE_SIZE", 2)
    with db.transaction():
        first = [a_failure().id for _ in range(3)]
    admin = site.as_("admin")
    page = admin.get(PATH).text
    assert f"{PATH}/{first[2]}/reprises" in page
    assert f"{PATH}/{first[0]}/reprises" not in page
    assert f"{PATH}/{first[0]}/reprises" in admin.get(f"{PATH}?apres={first[1]}").text


def test_every_topic_has_words(app) -> None:  # type: ignore[no-untyped-def]
    with app.test_request_context():
        for topic in handlers():
            assert topic_label(topic) != topic, f"{topic} has no words"


@pytest.mark.parametrize(
    ("error", "words", "mark"),
    [
        ("no handler for topic x.y", "Cette version ne sait pas", None),
        ("ConnectionRefusedError: [Errno 111]", "n’a pas répondu", "ConnectionRefusedError"),
        ("TimeoutError: timed out", "n’a pas répondu", "TimeoutError"),
        ("SMTPAuthenticationError: (535, b'5.7.8')", "refuse notre identifiant",
         "SMTPAuthenticationError, 535"),
        ("451 try later", "demandait d’attendre", "451"),
        ("OperationalError: (sqlite3) database is locked", "base de données", "OperationalError"),
        ("KeyError: 'Awa Traoré'", "Erreur imprévue", "KeyError"),
        ("Awa Traoré a écrit ceci", "Erreur imprévue", None),
        (None, "Erreur imprévue", None),
    ],
)  # fmt: skip
def test_causes_in_plain_words(app, error, words, mark) -> None:  # type: ignore[no-untyped-def]
    with app.test_request_context():
        assert words in why(error)
    assert sign(error) == mark


def test_nothing_of_the_row_is_lost_by_looking(site: Site) -> None:
    with db.transaction():
        row = a_failure()
    site.as_("admin").get(PATH)
    with db.transaction() as session:
        assert session.scalars(select(OutboxRow.last_error).where(OutboxRow.id == row.id)).one()
