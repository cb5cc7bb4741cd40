"""A hand-over becomes a ticket there: once, with the least that is needed, and goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from escalation import raising
from escalation.glpi import health, pulling, pushing, settings
from escalation.glpi.composing import external_id
from escalation.glpi.markup import to_text
from escalation.glpi.models import ExternalRef
from escalation.glpi.settings import Mode, Settings
from support.kernel import db, files
from support.kernel.time import now
from support.outbox import draining
from support.outbox.models import OutboxRow, OutboxState
from support.tickets.journal import FileDraft, Words, note_event
from support.tickets.replying import person_replies
from support.tickets.timeline import EntryKind
from tests.cast import again
from tests.escalation.glpi.conftest import Bridge, change, settle, work
from tests.servers.glpi import GlpiServer


def test_it_is_made_once_with_what_is_needed_and_nothing_of_who_it_is(
    bridge: Bridge, server: GlpiServer
) -> None:
    bridge.hand_over()
    settle()
    made = bridge.remote()
    said = to_text(made["content"])
    assert "Le bouton « Suivant » ne répond plus" in said
    assert "Message exact : Erreur 500" in said
    assert "Démarche" not in said or "student" in said
    assert not [word for word in ("Awa", "Traoré", "awa@example.org", "7503012345") if word in said]
    assert (made["urgency"], made["type"], made["itilcategories_id"]) == (4, 2, 9)
    with db.transaction(write=False):
        ticket = bridge.ticket()
        assert made["name"].startswith(f"[{external_id(ticket)}] ")
        assert made["externalid"] == external_id(ticket)
        assert bridge.link().remote_id == made["id"]
        (event,) = bridge.events("glpi_made")
        assert event.data["number"] == made["id"]
        assert set(event.data["items"]) == {"exact_message", "step_reached"}
        assert event.data["masked"] == 3  # given name, family name, address
    assert server.followups == {}


def test_who_it_is_leaves_only_when_its_readers_may_know(bridge: Bridge, glpi: Settings) -> None:
    change(glpi, entitled=True)
    bridge.hand_over()
    settle()
    said = to_text(bridge.remote()["content"])
    assert "Awa Traoré, awa@example.org" in said
    assert "Numéro étranger : 7503012345" in said


@pytest.mark.parametrize("fault", ["time-out", "500", "429", "cut"])
def test_whatever_fails_at_the_making_it_is_made_once(
    bridge: Bridge, server: GlpiServer, fault: str
) -> None:
    """Done there, and no answer: it must be found again instead of made twice."""
    where = r"POST .*/Ticket$"
    if fault == "time-out":
        server.fail(where, 200, after=True, hang=0.9)
    elif fault == "429":
        server.fail(where, 429, headers={"Retry-After": "30"})
    elif fault == "500":
        server.fail(where, 500, after=True)
    else:
        server.fail(where, 502, after=True, body="<html>Bad gateway</html>")
    bridge.hand_over()
    work()
    with db.transaction(write=False):
        waiting = select(OutboxRow).where(
            OutboxRow.topic == "glpi.push", OutboxRow.state == OutboxState.WAITING
        )
        row = db.session().scalars(waiting.order_by(OutboxRow.id)).first()
        assert row is not None
        assert "GLPI" in (row.last_error or "")
        assert bridge.link().problem
        if fault == "429":
            assert timedelta(seconds=25) < row.available_at - now() <= timedelta(seconds=30)
    with time_machine.travel(now() + timedelta(minutes=2), tick=True):
        settle()
    assert len(server.tickets) == 1
    with db.transaction(write=False):
        assert bridge.link().remote_id == bridge.remote()["id"]
        assert bridge.link().problem is None
        assert len(bridge.events("glpi_made")) == 1


def test_a_session_that_is_lost_is_opened_again(bridge: Bridge, server: GlpiServer) -> None:
    bridge.hand_over()
    settle()
    server.lose_sessions()
    with db.transaction():
        person_replies(bridge.ticket(), Words("Cela recommence."), by=again(bridge.cast.awa))
    settle()
    assert [to_text(one["content"]).splitlines()[0] for one in server.followups.values()] == [
        "La personne ajoute :"
    ]


def test_what_the_person_adds_follows_in_private_and_what_a_team_notes_does_not(
    bridge: Bridge, server: GlpiServer
) -> None:
    bridge.hand_over()
    settle()
    with db.transaction():
        ticket = bridge.ticket()
        person_replies(ticket, Words("Au 06 39 98 00 01."), by=again(bridge.cast.awa))
        note_event(ticket, "qualified", by=bridge.dp(), to="x")
    settle()
    (said,) = server.followups.values()
    assert said["is_private"] == 1
    assert "Au [téléphone]." in to_text(said["content"])


def test_a_follow_up_made_without_our_knowing_is_not_made_again(
    bridge: Bridge, server: GlpiServer
) -> None:
    bridge.hand_over()
    settle()
    with db.transaction():
        person_replies(bridge.ticket(), Words("Encore."), by=again(bridge.cast.awa))
    server.fail(r"POST .*Followup$", 200, after=True, hang=0.9)
    work()
    with time_machine.travel(now() + timedelta(minutes=2), tick=True):
        settle()
        pulling.poll()
        settle()
    assert len(server.followups) == 1
    with db.transaction(write=False):
        assert [e.text for e in bridge.entries(EntryKind.MESSAGE)].count("Encore.") == 1
        assert len(bridge.entries(EntryKind.EXCHANGE)) == 2  # to DP ANEF, and to the support


def test_killed_between_the_making_and_the_noting_it_is_made_once(
    bridge: Bridge, server: GlpiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge.hand_over()
    settle()
    with db.transaction():
        person_replies(bridge.ticket(), Words("Encore."), by=again(bridge.cast.awa))

    def killed(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(pushing, "_note", killed)
        with pytest.raises(SystemExit):
            work()
    assert len(server.followups) == 1
    with time_machine.travel(now() + timedelta(minutes=11), tick=True):
        server.lose_sessions()
        settle()
    assert len(server.followups) == 1
    with db.transaction(write=False):
        assert bridge.link().busy_until is None


def test_a_file_that_an_agent_joins_goes_too(bridge: Bridge, glpi: Settings) -> None:
    stored = files.store().put(b"\x89PNG ecran")
    screen = FileDraft("ecran.png", "image/png", stored.key, stored.size)
    large = FileDraft("film.mp4", "video/mp4", files.store().put(b"x" * 2000).key, 2000)
    change(glpi, largest_file=1000)
    bridge.hand_over("Voir la copie d’écran, le bouton est gris.", screen, large)
    settle()
    documents = [d["_content"] for d in bridge.server.documents.values()]
    said = [to_text(f["content"]) for f in bridge.server.followups.values()]
    if glpi.version == "v1":
        assert documents == [b"\x89PNG ecran"]
        assert said == ["Fichiers à lire dans Relais : film.mp4"]
    else:  # this interface takes no files yet
        assert documents == []
        assert said == ["Fichiers à lire dans Relais : ecran.png, film.mp4"]


def test_called_back_it_is_said_there_and_solved(bridge: Bridge, server: GlpiServer) -> None:
    bridge.hand_over()
    settle()
    with db.transaction():
        raising.withdraw(bridge.ticket(), by=again(bridge.cast.teleadviser))
    settle()
    (said,) = server.followups.values()
    assert "Plus de réponse attendue" in to_text(said["content"])
    assert bridge.remote()["status"] == 5


def test_refused_for_good_it_is_given_up_loudly_and_can_be_tried_again(
    bridge: Bridge, server: GlpiServer
) -> None:
    server.fail(r"POST .*/Ticket$", 400, body=["ERROR_GLPI_ADD", "non"])
    bridge.hand_over()
    work()
    with db.transaction():
        how = health.health(by=again(bridge.cast.admin))
        assert (how.given_up, "Refused" in (how.problem or "")) == (1, True)
        assert "non" not in (how.problem or "")  # it may quote what was sent
        (row,) = db.session().scalars(
            select(OutboxRow).where(OutboxRow.state == OutboxState.GIVEN_UP)
        )
        assert draining.retry(row.id)
    with time_machine.travel(now() + timedelta(minutes=2), tick=True):
        settle()
    assert len(server.tickets) == 1


def test_wrong_tokens_are_told_apart_and_waited_for(bridge: Bridge, glpi: Settings) -> None:
    change(glpi, user_token="faux", client_secret="faux")
    bridge.hand_over()
    work()
    with db.transaction(write=False):
        assert (bridge.link().problem or "").startswith("NotLetIn")
    change(glpi)
    with time_machine.travel(now() + timedelta(minutes=2), tick=True):
        settle()
    assert len(bridge.server.tickets) == 1


def test_paused_nothing_goes_and_nothing_is_lost(bridge: Bridge, server: GlpiServer) -> None:
    with db.transaction():
        health.pause(by=again(bridge.cast.admin))
    bridge.hand_over()
    settle()
    assert pulling.poll() == 0
    assert server.calls == []
    with db.transaction():
        health.resume(by=again(bridge.cast.admin))
    settle()
    assert len(server.tickets) == 1


def test_a_dry_run_shows_what_would_leave_and_sends_nothing(
    bridge: Bridge, glpi: Settings, server: GlpiServer
) -> None:
    dry = change(glpi, mode=Mode.DRY)
    bridge.hand_over()
    settle()
    assert server.calls == []
    with db.transaction():
        (one,) = health.waiting(dry)
        assert one.plan.make is not None
        assert one.plan.first is not None
        assert "[courriel]" in one.plan.first.text
    change(glpi)
    settle()
    assert to_text(server.tickets[bridge.remote()["id"]]["content"]).endswith(
        one.plan.first.text.splitlines()[-1]
    )


def test_without_a_glpi_nothing_is_asked_for(bridge: Bridge) -> None:
    settings.configure(None)
    bridge.hand_over()
    settle()
    with db.transaction(write=False):
        assert db.session().scalars(select(ExternalRef)).all() == []
