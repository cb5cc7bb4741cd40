"""What GLPI answers comes back between levels, once, in whatever order it is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from escalation import raising
from escalation.glpi import linking, pulling
from escalation.glpi.markup import to_html
from escalation.glpi.settings import Settings
from escalation.models import Escalation, EscalationState
from escalation.raising import HandoverDraft
from escalation.shared_mailbox import arranging
from escalation.shared_mailbox.arranging import Arrangement
from support.kernel import db, files
from support.kernel.errors import Invalid
from support.kernel.time import now
from support.tickets.models import State
from support.tickets.timeline import Entry, EntryKind
from tests.cast import again
from tests.escalation.glpi.conftest import Bridge, settle, work
from tests.factories import GIVEN
from tests.servers.glpi import ZONE, GlpiServer


@pytest.fixture
def there(bridge: Bridge, server: GlpiServer) -> int:
    """The number of the ticket in GLPI, whose clock is as ours."""
    server.clock = now().astimezone(ZONE).replace(microsecond=0)
    bridge.hand_over()
    settle()
    return int(bridge.remote()["id"])


def read() -> None:
    pulling.poll()
    settle()


def said(bridge: Bridge, move: str) -> list[Entry]:
    return [e for e in bridge.entries(EntryKind.EXCHANGE) if e.data.get("move") == move]


def test_a_follow_up_is_read_between_levels_and_moves_nothing(
    bridge: Bridge, there: int, server: GlpiServer
) -> None:
    server.follow_up(there, "<p>Nous <b>regardons</b>.</p><p>Lucas</p>")
    server.follow_up(there, "Vu avec l’éditeur.", private=True)
    read()
    read()
    with db.transaction(write=False):
        first, second = said(bridge, "glpi")
        assert (first.text, first.is_public) == ("Nous regardons.\n\nLucas", False)
        assert (first.data["glpi_private"], second.data["glpi_private"]) == (False, True)
        assert first.data["glpi_author"] == "Lucas Berger"
        assert bridge.ticket().team.code == "support"
    assert len(server.followups) == 2


def test_a_solution_is_the_answer_and_goes_back_to_who_asked(
    bridge: Bridge, there: int, server: GlpiServer
) -> None:
    server.solve(there, "<p>Corrigé en version 4.2.</p>")
    read()
    read()
    with db.transaction(write=False):
        ticket = bridge.ticket()
        assert (ticket.team.code, ticket.state) == ("dp", State.RETURNED)
        assert ticket.owner_id == bridge.cast.dp.id
        (answer,) = said(bridge, "answered")
        assert (answer.text, answer.data["glpi_author"]) == (
            "Corrigé en version 4.2.",
            "Lucas Berger",
        )
        assert [e.data["to"] for e in bridge.events("glpi_status")] == [5]
    assert bridge.remote()["status"] == 5
    assert len(server.solutions) == 1


def test_pending_brings_it_back_with_what_was_asked_and_asking_again_reopens_there(
    bridge: Bridge, there: int, server: GlpiServer
) -> None:
    server.follow_up(there, "Quelle version du navigateur ?")
    server.set_status(there, 4)
    read()
    with db.transaction():
        ticket = bridge.ticket()
        assert (ticket.team.code, ticket.state) == ("dp", State.RETURNED)
        assert said(bridge, "glpi")[-1].text == "Quelle version du navigateur ?"
        (_, last) = db.session().scalars(select(Escalation).order_by(Escalation.id))
        assert last.state is EscalationState.RETURNED
    settle()
    assert bridge.remote()["status"] == 4  # waiting for us is theirs to say
    with db.transaction():
        draft = HandoverDraft("C’est Firefox 128, sur un PC.", GIVEN)
        raising.escalate(bridge.ticket(), again(bridge.support), draft, by=bridge.dp())
    settle()
    assert bridge.remote()["status"] == 2
    assert len(server.tickets) == 1
    assert "Firefox 128" in list(server.followups.values())[-1]["content"]


def test_closed_without_a_solution_still_comes_back(
    bridge: Bridge, there: int, server: GlpiServer
) -> None:
    server.follow_up(there, "Rien à faire de notre côté.")
    server.set_status(there, 6)
    read()
    with db.transaction(write=False):
        assert bridge.ticket().team.code == "dp"
        (_, last) = db.session().scalars(select(Escalation).order_by(Escalation.id))
        assert (last.state, last.answer) == (
            EscalationState.ANSWERED, "Rien à faire de notre côté.",
        )  # fmt: skip


def test_what_comes_too_late_is_kept(bridge: Bridge, there: int, server: GlpiServer) -> None:
    with db.transaction():
        raising.withdraw(bridge.ticket(), by=again(bridge.cast.teleadviser))
    server.solve(there, "Corrigé.")
    read()
    with db.transaction(write=False):
        assert [e.text for e in said(bridge, "late")] == ["Corrigé."]
        assert bridge.ticket().team.code == "ccc_a"


def test_a_task_is_read_too(bridge: Bridge, there: int, server: GlpiServer) -> None:
    server.task(there, "Vérifier le journal du serveur.")
    read()
    with db.transaction(write=False):
        (entry,) = said(bridge, "glpi")
        assert (entry.text, entry.data["glpi_private"]) == ("Vérifier le journal du serveur.", True)
        assert bridge.ticket().team.code == "support"


def test_nothing_is_asked_about_tickets_that_are_none_of_ours(
    bridge: Bridge, there: int, server: GlpiServer
) -> None:
    other = server.open_ticket("Une imprimante", "…")
    before = len(server.calls)
    read()
    asked = server.calls[before:]
    assert not [call for call in asked if call.endswith((f"/{other}", f"/{other}/Timeline"))]


def test_a_team_leaves_glpi_only_when_nothing_waits_there(
    bridge: Bridge, there: int, server: GlpiServer
) -> None:
    with db.transaction(), pytest.raises(Invalid, match=r"team\.still_there"):
        arranging.arrange(again(bridge.support), Arrangement(), by=again(bridge.cast.admin))
    server.solve(there, "Fait.")
    read()
    with db.transaction():
        arranging.arrange(again(bridge.support), Arrangement(), by=again(bridge.cast.admin))
        assert again(bridge.support).bridge is None


def test_a_file_comes_with_it(bridge: Bridge, there: int, server: GlpiServer) -> None:
    server.attach(there, "journal.txt", b"trace")
    read()
    with db.transaction(write=False):
        (entry,) = said(bridge, "glpi")
        (file,) = entry.attachments
        assert (file.filename, file.content_type) == ("journal.txt", "text/plain")
        assert files.store().read(file.file_key) == b"trace"


def test_a_file_too_large_stays_there_and_is_named(
    bridge: Bridge, there: int, server: GlpiServer, glpi: Settings
) -> None:
    from tests.escalation.glpi.conftest import change

    change(glpi, largest_file=3)
    server.attach(there, "film.mp4", b"too large")
    read()
    with db.transaction(write=False):
        (entry,) = said(bridge, "glpi")
        assert (entry.attachments, entry.data["glpi_file_left"]) == ([], "film.mp4")


def test_a_technician_who_quotes_us_is_heard(
    bridge: Bridge, there: int, server: GlpiServer
) -> None:
    ours = bridge.remote()["content"]
    server.follow_up(there, f"<p>Ce message ?</p><blockquote>{ours}</blockquote>")
    read()
    with db.transaction(write=False):
        assert said(bridge, "glpi")[0].text.startswith("Ce message ?")


def test_what_is_no_markup_of_ours_is_only_text(
    bridge: Bridge, there: int, server: GlpiServer
) -> None:
    server.encode_content = True
    server.follow_up(
        there, "<p>Essayez <script>alert(1)</script><a href='https://x.example/a'>ici</a></p>"
    )
    read()
    with db.transaction(write=False):
        assert said(bridge, "glpi")[0].text == "Essayez ici (https://x.example/a)"


def test_a_ticket_that_is_no_more_there_comes_back(
    bridge: Bridge, there: int, server: GlpiServer
) -> None:
    del server.tickets[there]
    with db.transaction():
        from support.outbox.publishing import publish

        publish(linking.PULL, remote_id=there)
    settle()
    with db.transaction(write=False):
        assert bridge.ticket().team.code == "dp"
        assert len(bridge.events("glpi_gone")) == 1


def test_many_changes_are_read_page_by_page(bridge: Bridge, there: int, server: GlpiServer) -> None:
    server.page = 3
    for number in range(8):
        server.open_ticket(f"Autre {number}", "…")
    server.follow_up(there, "Le nôtre.")
    read()
    with db.transaction(write=False):
        assert [e.text for e in said(bridge, "glpi")] == ["Le nôtre."]
    assert server.count(r"GET .*(search/Ticket|Assistance/Ticket)$") >= 3


def test_a_ticket_that_cannot_be_read_waits_and_keeps_no_other_waiting(
    bridge: Bridge, there: int, server: GlpiServer
) -> None:
    server.follow_up(there, "Une réponse.")
    server.fail(r"GET .*(ITILFollowup|Timeline)$", 500)
    pulling.poll()
    with db.transaction(write=False):
        assert said(bridge, "glpi") == []
    work()
    with db.transaction(write=False):
        assert [e.text for e in said(bridge, "glpi")] == ["Une réponse."]


def test_the_polling_starts_again_where_it_stopped(
    bridge: Bridge, there: int, server: GlpiServer
) -> None:
    server.fail(r"GET .*(search/Ticket|Assistance/Ticket)$", 503)
    server.follow_up(there, "Pendant la panne.")
    pulling.poll()
    with time_machine.travel(now() + timedelta(hours=6), tick=True):
        server.lose_sessions()
        read()
    with db.transaction(write=False):
        assert [e.text for e in said(bridge, "glpi")] == ["Pendant la panne."]


def test_words_survive_the_way_there_and_back() -> None:
    from escalation.glpi.markup import to_text

    for words in ("a < b & c > d", "une\nligne\n\nun paragraphe", "« déjà » l’été", "<p>non</p>"):
        assert to_text(to_html(words)) == words
