"""Two agents reply at the same instant, for real: two connections, two threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from support.kernel import db
from support.tickets.references import shown
from support.tickets.timeline import Entry, EntryKind
from tests.factories import a_ticket
from tests.web.conftest import Site


def test_of_two_replies_at_once_the_second_is_stopped(real_site: Site) -> None:
    with db.transaction() as session:
        ticket = a_ticket(real_site.cast, person=session.merge(real_site.cast.awa))
        seen, path = ticket.last_entry_id, f"/agent/tickets/{shown(ticket.reference)}/reponses"
    browsers = [real_site.as_("teleadviser"), real_site.as_("colleague")]
    for browser in browsers:
        browser.token()
    together = Barrier(2)

    def reply(n: int) -> int:
        together.wait()
        fields = {"text": f"Réponse {n}", "then": "stay", "seen": seen}
        return browsers[n].send(path, fields).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(reply, range(2)))
    assert statuses == [302, 409]
    with db.transaction() as session:
        replies = select(func.count()).where(Entry.kind == EntryKind.REPLY)
        assert session.scalar(replies) == 1
