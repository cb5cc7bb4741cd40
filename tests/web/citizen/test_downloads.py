"""Files too big for the mail, by their secret link: handed out safely, and not for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from support.kernel import db
from support.kernel.time import now
from support.tickets import downloading, withdrawing
from support.tickets.following import follow_token
from support.tickets.models import Ticket
from support.tickets.replying import Then
from tests.cast import again
from tests.factories import a_file, a_reply, a_ticket
from tests.web.conftest import Site


@pytest.fixture
def ticket(site: Site) -> Ticket:
    with db.transaction():
        return a_ticket(site.cast)


def link(site: Site, ticket: Ticket, undo_for: timedelta = timedelta()) -> str:
    with db.transaction():
        draft = a_reply(files=[a_file(b"<script>alert(1)</script>", "plan.html")],
                        undo_for=undo_for)  # fmt: skip
        entry = withdrawing.answer(again(ticket), draft, Then.STAY, by=again(site.cast.teleadviser))
        token = downloading.download_token(again(ticket), entry.attachments[0], entry)
    return f"/telechargements/{token}"


def test_a_file_is_handed_out_as_a_download_and_nothing_else(site: Site, ticket: Ticket) -> None:
    answer = site.anyone().get(link(site, ticket))
    assert answer.data == b"<script>alert(1)</script>"
    headers = answer.headers
    assert headers["Content-Length"] == str(len(answer.data))
    assert headers["Content-Disposition"].startswith("attachment")
    assert "plan.html" in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in headers["Cache-Control"]


def test_a_link_ends_after_thirty_days_or_with_the_follow_link(site: Site, ticket: Ticket) -> None:
    path = link(site, ticket)
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        over = site.anyone().get(path)
    assert over.status_code == 404
    assert "n’est plus valable" in over.text
    with db.transaction():
        again(ticket).follow_salt = "another"
    assert site.anyone().get(path).status_code == 404


@pytest.mark.parametrize("token", ["x", "a.b.c", "WzFd.AAAA", "%00"])
def test_a_forged_link_opens_nothing(site: Site, token: str) -> None:
    assert site.anyone().get(f"/telechargements/{token}").status_code == 404


def test_a_follow_link_is_no_link_to_a_file(site: Site, ticket: Ticket) -> None:
    assert site.anyone().get(f"/telechargements/{follow_token(ticket)}").status_code == 404


def test_a_file_that_has_not_left_is_not_handed_out(site: Site, ticket: Ticket) -> None:
    path = link(site, ticket, timedelta(seconds=15))
    assert site.anyone().get(path).status_code == 404
    with time_machine.travel(now() + timedelta(minutes=1), tick=True):
        assert site.anyone().get(path).status_code == 200
