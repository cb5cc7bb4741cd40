"""The chain changed on paper first: the path of last month's tickets, before and after."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from escalation import charting
from escalation.charting import Arrow, Question, climb
from escalation.models import ChainStep, Requester
from support.catalogue.models import Field, Nature
from support.kernel.errors import Forbidden, Invalid, NotVisible
from support.kernel.time import as_of, now
from support.people.models import TeamKind
from tests.factories import a_report, a_ticket, counted

CENTRE, PROJECT = TeamKind.CONTACT_CENTRE, TeamKind.PROJECT_DIRECTORATE
BUSINESS = TeamKind.BUSINESS_DIRECTORATE
KINDS = {1: PROJECT, 2: BUSINESS, 3: BUSINESS}
ASKED = Question(CENTRE, Field.RESIDENCE, Nature.BUSINESS, Requester.PERSON)


@pytest.mark.parametrize(
    ("arrows", "path"),
    [
        ([], ()),
        ([Arrow(CENTRE, 1)], (1,)),
        ([Arrow(CENTRE, 1), Arrow(PROJECT, 2)], (1, 2)),
        ([Arrow(CENTRE, 1, position=2), Arrow(CENTRE, 2, position=1)], (2,)),
        ([Arrow(CENTRE, 1, Field.ASYLUM), Arrow(CENTRE, 2)], (2,)),
        ([Arrow(CENTRE, 1, nature=Nature.COMPLAINT)], ()),
        ([Arrow(CENTRE, 1, requester=Requester.REFERENT), Arrow(CENTRE, 3)], (3,)),
        # Of equal rank, the one that was there first, as for a real ticket.
        ([Arrow(CENTRE, 2, id=9), Arrow(CENTRE, 3, id=4)], (3,)),
    ],
)
def test_the_way_up(arrows, path):
    assert climb(arrows, KINDS, ASKED) == path


def test_round_in_circles_is_refused():
    round_ = [Arrow(CENTRE, 1), Arrow(PROJECT, 2), Arrow(BUSINESS, 1)]
    with pytest.raises(Invalid, match=r"chain\.loop"):
        climb(round_, KINDS, ASKED)


def test_paper_and_reality_agree(cast, db_session):
    """What the rehearsal says of the present chain is what each ticket is really proposed."""
    from escalation.chain import next_teams, requester_of

    kinds = {team.id: team.kind for team in cast.teams.values()}
    tickets = [a_ticket(cast, reason=reason) for reason in cast.reasons]
    tickets += [a_report(cast, reason=reason) for reason in cast.reasons]
    for ticket in tickets:
        question = Question(
            ticket.team.kind, ticket.field, ticket.reason.nature, requester_of(ticket)
        )
        first = climb(charting.arrows(), kinds, question)[:1]
        assert [team.id for team in next_teams(ticket)][:1] == list(first)


def test_it_counts_whose_way_would_change(cast, db_session):
    with as_of(now() - timedelta(days=40)):
        a_ticket(cast, reason="renewal.business")  # too long ago
    for _ in range(3):
        a_ticket(cast, reason="renewal.business")
    a_report(cast, reason="renewal.business")
    a_ticket(cast, reason="nationality.decree")
    to = cast.teams["asylum"].id
    arrow = Arrow(CENTRE, to, Field.RESIDENCE, position=-1)
    with counted() as sql:
        found = charting.rehearse(charting.with_change(arrow, None, by=cast.admin), by=cast.admin)
    assert len(sql) <= 8
    assert (found.total, found.changed, found.stuck) == (5, 3, 0)
    (one,) = found.changes
    assert (one.reason, one.requester, one.count) == (
        "Motif renewal.business", Requester.PERSON, 3,
    )  # fmt: skip
    assert (one.before, one.after) == (["DP ANEF", "SDST"], ["Direction de l'asile"])


def test_it_says_who_would_be_left_without_a_way(cast, db_session):
    a_ticket(cast, reason="other")
    step = db_session.scalars(
        select(ChainStep).where(ChainStep.from_kind == CENTRE, ChainStep.field.is_(None))
    ).one()
    planned = charting.with_change(None, step.id, by=cast.admin)
    assert charting.rehearse(planned, by=cast.admin).stuck == 1
    assert len(charting.arrows()) == 7  # nothing is changed yet
    charting.apply(None, step.id, by=cast.admin)
    assert len(charting.arrows()) == 6


def test_what_is_wrong_is_refused(cast, db_session):
    dp, sdst = cast.teams["dp"].id, cast.teams["sdst"].id
    for arrow, code in (
        (Arrow(TeamKind.STEERING, dp), "chain.from"),
        (Arrow(CENTRE, cast.teams["ccc_b"].id), "chain.to"),
        (Arrow(CENTRE, 10**6), "chain.to"),
        (Arrow(CENTRE, dp, position=9), "chain.twice"),
        (Arrow(BUSINESS, dp), "chain.loop"),
        (Arrow(PROJECT, dp, position=-5), "chain.loop"),
    ):
        with pytest.raises(Invalid) as refused:
            charting.with_change(arrow, None, by=cast.admin)
        assert refused.value.code == code
    with pytest.raises(NotVisible):
        charting.with_change(None, 10**6, by=cast.admin)
    with pytest.raises(Forbidden):
        charting.with_change(Arrow(CENTRE, sdst), None, by=cast.dp)


def test_a_step_that_is_changed_stays_one(cast, db_session):
    step = db_session.scalars(
        select(ChainStep).where(ChainStep.from_kind == CENTRE, ChainStep.field.is_(None))
    ).one()
    changed = Arrow(CENTRE, cast.teams["sdst"].id, requester=Requester.PERSON, position=4)
    charting.apply(changed, step.id, by=cast.admin)
    db_session.refresh(step)
    assert (step.to_team.code, step.requester, step.position) == ("sdst", Requester.PERSON, 4)
    assert len(charting.arrows()) == 7
