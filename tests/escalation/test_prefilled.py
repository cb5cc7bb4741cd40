"""What one level gave, the next hand-over starts from."""

from __future__ import annotations

from escalation.handover import prefilled
from escalation.raising import HandoverDraft, escalate
from escalation.returning import ask_missing
from tests.factories import QUESTION, a_ticket

GIVEN = {"exact_message": "Erreur 500", "step_reached": "Paiement"}


def test_the_next_level_types_nothing_again(cast, db_session):
    ticket = a_ticket(cast, cast.chen, reason="account.blocked")
    escalate(ticket, cast.teams["dp"], HandoverDraft(QUESTION, GIVEN), by=cast.teleadviser)
    assert prefilled(ticket) == GIVEN


def test_what_comes_back_for_want_of_something_is_kept(cast, db_session):
    ticket = a_ticket(cast, cast.awa, reason="account.blocked", dossier_number="D1")
    first = {**GIVEN, "account_email": "autre@example.org"}
    escalate(ticket, cast.teams["dp"], HandoverDraft(QUESTION, first), by=cast.teleadviser)
    ask_missing(ticket, ["browser"], "", by=cast.dp)
    # What an agent typed says more than what the file of the person says.
    assert prefilled(ticket) == {**first, "dossier_number": "D1"}
