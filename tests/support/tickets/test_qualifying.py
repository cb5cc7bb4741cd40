"""Who may say what a ticket is about: those who have it in hand, while it is open."""

from __future__ import annotations

import pytest

from support.kernel.errors import Conflict, Forbidden
from support.tickets.closing import close
from support.tickets.models import ClosedHow
from support.tickets.qualifying import Qualification, can_qualify, qualify
from tests.factories import a_report, a_ticket, climb


@pytest.mark.parametrize(
    ("who", "level", "allowed"),
    [
        ("teleadviser", "home", True),
        ("other_team", "home", True),  # the centre's teams help each other
        ("admin", "home", False),
        ("dp", "home", False),
        ("teleadviser", "dp", True),  # it answers the person
        ("dp", "dp", True),
        ("dp", "sdst", False),  # had it, handed it on
        ("sdst", "sdst", True),
        ("sdanf", "sdst", False),
    ],
)
def test_only_who_has_it_or_answers_for_it(cast, who, level, allowed):
    ticket = a_ticket(cast, reason="account.blocked")
    if level in ("dp", "sdst"):
        climb(ticket, "dp", cast, by=cast.teleadviser)
    if level == "sdst":
        climb(ticket, "sdst", cast, by=cast.dp)
    by = getattr(cast, who)
    what = Qualification(cast.reasons["other"], None)
    assert can_qualify(ticket, by) is allowed
    if allowed:
        qualify(ticket, what, by=by)
        assert ticket.reason.code == "other"
        return
    with pytest.raises(Forbidden, match=r"assign\.not_yours"):
        qualify(ticket, what, by=by)
    assert ticket.reason.code == "account.blocked"


def test_the_project_says_what_a_report_is_about(cast):
    ticket = a_report(cast)
    qualify(ticket, Qualification(cast.reasons["other"], None), by=cast.dp)
    assert ticket.reason.code == "other"


def test_a_closed_ticket_keeps_its_reason(cast):
    ticket = a_ticket(cast)
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    assert not can_qualify(ticket, cast.teleadviser)
    with pytest.raises(Conflict, match=r"qualify\.closed"):
        qualify(ticket, Qualification(cast.reasons["work.authorisation"], None),
                by=cast.teleadviser)  # fmt: skip
    assert ticket.reason.code == "other"
