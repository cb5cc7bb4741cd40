"""The same call sent twice at the same instant, for real: two connections, two threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from support.intake.models import Received
from support.kernel import db
from support.tickets.models import Ticket
from support.tickets.timeline import Call
from tests.web.conftest import Site
from tests.web.desk.test_calls import about_something_new, opened


def test_a_double_press_is_one_call(real_site: Site) -> None:
    agent = real_site.as_("teleadviser")
    sent = {**opened(agent), **about_something_new(real_site)}
    browsers = [agent, real_site.as_("teleadviser")]
    for browser in browsers:
        browser.token()
    together = Barrier(2)

    def press(n: int) -> str:
        together.wait()
        return browsers[n].send("/agent/appels", sent).location

    with ThreadPoolExecutor(2) as pool:
        places = set(pool.map(press, range(2)))
    assert len(places) == 1
    with db.transaction() as session:
        for model in (Received, Ticket, Call):
            assert session.scalar(select(func.count()).select_from(model)) == 1
