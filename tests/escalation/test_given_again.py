"""What came back as missing is not sent up again unchanged; a date is a date."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from escalation.handover import items_for, prefilled
from escalation.raising import HandoverDraft, escalate
from escalation.returning import ask_missing
from support.kernel.errors import Invalid
from support.tickets.timeline import Entry, EntryKind
from tests.factories import GIVEN, QUESTION, a_file, a_ticket


@pytest.fixture
def returned(cast, db_session):
    ticket = a_ticket(cast, reason="account.blocked")
    escalate(ticket, cast.teams["dp"], HandoverDraft(QUESTION, GIVEN), by=cast.teleadviser)
    ask_missing(ticket, ["exact_message", "visa_number"], "", by=cast.dp)
    return ticket


def refused(ticket, cast, **given) -> list[tuple[str, str | None]]:
    draft = HandoverDraft(QUESTION, {**GIVEN, **given})
    with pytest.raises(Invalid) as error:
        escalate(ticket, cast.teams["dp"], draft, by=cast.teleadviser)
    return [(p.code, p.field) for p in error.value.problems]


def test_what_is_missing_is_asked_again_and_not_filled_in(cast, returned):
    assert prefilled(returned).keys() & {"exact_message", "visa_number"} == set()
    assert prefilled(returned)["step_reached"] == GIVEN["step_reached"]
    items = {i.code: i.required for i in items_for(returned.reason, ["visa_number"])}
    assert items["visa_number"]


def test_the_same_words_are_refused_and_others_go_up(cast, returned):
    assert refused(returned, cast) == [
        ("handover.item_unchanged", "exact_message"),
        ("handover.item_missing", "visa_number"),
    ]
    given = {**GIVEN, "exact_message": "Erreur 503, page 4", "visa_number": "F123"}
    escalate(returned, cast.teams["dp"], HandoverDraft(QUESTION, given), by=cast.teleadviser)


@pytest.mark.parametrize("typed", ["2026-12-31", "31/12/2026"])
def test_an_end_is_a_date(cast, db_session, typed):
    ticket = a_ticket(cast, reason="account.blocked")
    assert refused(ticket, cast, expiry_date="bientôt") == [("handover.bad_date", "expiry_date")]
    draft = HandoverDraft(QUESTION, {**GIVEN, "expiry_date": typed})
    raised = escalate(ticket, cast.teams["dp"], draft, by=cast.teleadviser)
    assert raised.handover["expiry_date"] == "31/12/2026"


def test_a_picture_goes_up_with_it(cast, db_session):
    ticket = a_ticket(cast, reason="account.blocked")
    draft = HandoverDraft(QUESTION, GIVEN, [a_file()])
    escalate(ticket, cast.teams["dp"], draft, by=cast.teleadviser)
    exchange = db_session.scalars(select(Entry).where(Entry.kind == EntryKind.EXCHANGE)).one()
    assert [a.filename for a in exchange.attachments] == ["capture.pdf"]
