"""A referent reports: one ticket, straight to the project directorate, nothing typed lost."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from escalation.handover import prefilled
from support.intake.models import Channel, Outcome, Received
from support.kernel import db, files
from support.outbox.models import OutboxRow
from support.tickets.models import Ticket
from support.tickets.thread import read_thread
from support.tickets.timeline import EntryKind
from tests.cast import again
from tests.factories import a_report
from tests.web.conftest import Browser, Site

PATH = "/agent/signalements/nouveau"
FIELDS = {
    "cle": "one-key",
    "reason": "account.blocked",
    "procedure": "student",
    "text": "L'écran reste blanc. Cela dure depuis ce matin.",
    "exact_message": "Erreur 500",
    "step_reached": "Enregistrer",
    "browser": "Firefox",
    "affected": "3",
    "dossiers": "4212, 4213\n4214",
}


def tickets() -> list[Ticket]:
    with db.transaction(write=False) as session:
        return list(session.scalars(select(Ticket).order_by(Ticket.id)))


def test_a_report_goes_straight_to_the_project_directorate(site: Site) -> None:
    answer = site.as_("referent").send(PATH, FIELDS)
    assert answer.status_code == 303
    with db.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert answer.location.endswith(ticket.reference[-4:])
        assert ticket.requester_agent_id == site.cast.referent.id
        assert ticket.person_id is None
        assert ticket.team.code == ticket.home_team.code == "dp"
        assert (ticket.channel, ticket.department) == (Channel.STAFF, "42")
        assert ticket.subject == "L'écran reste blanc"
        assert ticket.dossier_number is None  # three: each is in the message
        assert ticket.promised_at is not None
        (entry,) = read_thread(ticket, by=again(site.cast.referent))
        assert entry.text == (
            "L'écran reste blanc. Cela dure depuis ce matin.\n\n"
            "Message d’erreur exact : Erreur 500\n"
            "Étape atteinte : Enregistrer\n"
            "Navigateur et appareil : Firefox\n"
            "Dossiers concernés : 3\n"
            "Numéros : 4212, 4213, 4214"
        )
        received = session.scalars(select(Received)).one()
        assert (received.outcome, received.ticket_id) == (Outcome.CREATED, ticket.id)
        topics = session.scalars(select(OutboxRow.topic)).all()
    assert "notice.send" in topics  # the acknowledgement


def test_what_was_reported_starts_the_next_hand_over(site: Site) -> None:
    site.as_("referent").send(PATH, FIELDS | {"dossiers": "4212"})
    with db.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert ticket.dossier_number == "4212"
        assert prefilled(ticket) == {
            "exact_message": "Erreur 500",
            "step_reached": "Enregistrer",
            "browser": "Firefox",
            "dossier_number": "4212",
        }
    page = site.as_("dp").get(f"{_path(ticket)}/escalades/nouvelle").text
    assert "Erreur 500" in page


def _path(ticket: Ticket) -> str:
    reference = ticket.reference
    return f"/agent/tickets/{reference[:4]}-{reference[4:8]}-{reference[8:]}"


def test_a_double_click_makes_one_ticket(site: Site) -> None:
    browser = site.as_("referent")
    first, second = browser.send(PATH, FIELDS), browser.send(PATH, FIELDS)
    assert first.location == second.location
    assert len(tickets()) == 1
    other = site.as_("natali").send(PATH, FIELDS)  # the same key from somebody else is another
    assert other.location != first.location
    assert len(tickets()) == 2


def test_two_at_the_same_instant_make_one_ticket(real_site: Site) -> None:
    browsers = [real_site.as_("referent") for _ in range(4)]
    for browser in browsers:
        browser.token()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda b: b.send(PATH, FIELDS), browsers))
    assert {a.status_code for a in answers} == {303}
    assert len({a.location for a in answers}) == 1
    assert len(tickets()) == 1


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"reason": ""}, {"reason"}),
        ({"reason": "no.such"}, {"reason"}),
        ({"reason": "other"}, {"reason"}),  # a person's question, not a site's
        ({"text": " "}, {"text"}),
        ({"affected": "beaucoup"}, {"affected"}),
        ({"affected": "0"}, {"affected"}),
        ({"reason": "", "text": "", "affected": "-1"}, {"reason", "text", "affected"}),
        ({"browser": "x" * 501}, {"browser"}),
        ({"text": "x" * 20_001}, {"text"}),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    site: Site, changes: dict[str, str], fields: set[str]
) -> None:
    answer = site.as_("referent").send(PATH, FIELDS | changes)
    assert answer.status_code == 422
    assert set(re.findall(r'id="(\w+)-error"', answer.text)) == fields
    for name in fields:
        assert f'href="#{name}"' in answer.text
    assert tickets() == []


def test_a_mistake_loses_nothing_typed_nor_attached(site: Site) -> None:
    browser = site.as_("referent")
    file = (io.BytesIO(b"a picture"), "écran.png")
    answer = browser.send(
        PATH,
        FIELDS | {"affected": "beaucoup", "files": file},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    for typed in ("depuis ce matin", "Erreur 500", "Enregistrer", "Firefox", "beaucoup", "4213"):
        assert typed in answer.text
    assert "écran.png" in answer.text
    kept = re.findall(r'name="kept" value="([^"]+)"', answer.text)
    assert len(kept) == 1
    assert 'name="cle" value="one-key"' in answer.text
    assert browser.send(PATH, FIELDS | {"kept": kept}).status_code == 303
    with db.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        (entry,) = read_thread(ticket, by=again(site.cast.referent))
        assert [a.filename for a in entry.attachments] == ["écran.png"]
        assert files.store().read(entry.attachments[0].file_key) == b"a picture"


def test_a_file_taken_away_is_not_sent(site: Site) -> None:
    browser = site.as_("referent")
    file = (io.BytesIO(b"x"), "erreur.png")
    page = browser.send(PATH, FIELDS | {"text": "", "files": file},
                        content_type="multipart/form-data").text  # fmt: skip
    kept = re.findall(r'name="kept" value="([^"]+)"', page)
    browser.send(PATH, FIELDS | {"kept": kept, "retirer": kept})
    with db.transaction() as session:
        (entry,) = read_thread(session.scalars(select(Ticket)).one(), by=again(site.cast.referent))
        assert entry.attachments == []


@pytest.fixture
def reported(site: Site) -> Ticket:
    """A report of a colleague of the Loire on the same reason."""
    with db.transaction():
        colleague = again(site.cast.stranger_referent)
        colleague.team = again(site.cast.teams["referents_42"])
        return a_report(site.cast, colleague, reason="account.blocked")


def test_what_the_site_reported_already_is_shown_first(site: Site, reported: Ticket) -> None:
    browser = site.as_("referent")
    stopped = browser.send(PATH, FIELDS)
    assert stopped.status_code == 422
    assert "Déjà signalé ?" in stopped.text
    assert "Rien n’est encore envoyé" in stopped.text
    assert _path(reported) in stopped.text
    assert "Erreur 500" in stopped.text  # all that was typed is there
    seen = re.findall(r'name="vu" value="([^"]+)"', stopped.text)
    assert seen == ["account.blocked"]
    assert browser.send(PATH, FIELDS | {"vu": seen}).status_code == 303
    assert len(tickets()) == 2


def test_another_reason_is_not_stopped(site: Site, reported: Ticket) -> None:
    answer = site.as_("referent").send(PATH, FIELDS | {"reason": "renewal.business"})
    assert answer.status_code == 303


def test_choosing_the_reason_shows_them_in_place(site: Site, reported: Ticket) -> None:
    path = "/agent/signalements/semblables"
    fragment = site.as_("referent").get(path, query_string={"reason": "account.blocked"}).text
    assert _path(reported) in fragment
    assert 'name="vu" value="account.blocked"' in fragment
    other = site.as_("referent").get(path, query_string={"reason": "renewal.business"}).text
    assert "Aucun signalement ouvert" in other
    assert _path(reported) not in other
    elsewhere = site.as_("natali").get(path, query_string={"reason": "account.blocked"}).text
    assert _path(reported) not in elsewhere


def test_the_form_offers_what_a_site_may_report(site: Site) -> None:
    browser: Browser = site.as_("natali")
    page = browser.get(PATH).text
    reasons = re.findall(r'<option value="([^"]+)"', page)
    assert "account.blocked" in reasons
    assert "other" not in reasons  # information: the public's own question
    # A naturalisation platform finds its own procedure first.
    procedures = [v for v in reasons if v in ("student", "naturalisation", "asylum_request")]
    assert procedures[0] == "naturalisation"


def test_the_whole_site_follows_and_nobody_else(site: Site) -> None:
    location = site.as_("referent").send(PATH, FIELDS).location
    with db.transaction():
        again(site.cast.pan).team = again(site.cast.teams["referents_93"])
    assert site.as_("referent").get(location).status_code == 200
    assert site.as_("stranger_referent").get(location).status_code == 404
    assert site.as_("natali").get(location).status_code == 404
    assert "L&#39;écran reste blanc" in site.as_("dp").get("/agent/tickets?vue=team").text
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 1
        assert session.scalars(select(Ticket)).one().last_entry_id is not None


def test_the_first_entry_is_the_referents_message(site: Site) -> None:
    site.as_("referent").send(PATH, FIELDS)
    with db.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        (entry,) = read_thread(ticket, by=again(site.cast.referent))
        assert (entry.kind, entry.author_agent_id) == (EntryKind.MESSAGE, site.cast.referent.id)
