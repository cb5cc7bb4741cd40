"""Announced to those it concerns, once; read, corrected, read again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from escalation.announcements import publishing
from escalation.announcements.models import AnnouncementKind
from escalation.announcements.publishing import Audience, Draft
from support.kernel import message_ids
from support.kernel.errors import Forbidden, Invalid
from support.outbox.models import OutboxRow
from support.people import notices
from support.people.notices import StaffNotice
from tests.factories import a_message_id, counted

BODY = "Les renouvellements étudiants se déposent en ligne à partir de lundi."


@pytest.fixture(autouse=True)
def post():
    message_ids.configure(a_message_id)


def draft(audience=None, key="k1", by_mail=False, **more) -> Draft:
    kind = more.get("kind", AnnouncementKind.RELEASE)
    title = more.get("title", "Étudiants en ligne")
    return Draft(kind, title, more.get("body", BODY), audience or Audience(), by_mail, key)


def names(agents) -> set[str]:
    return {agent.email.partition("@")[0] for agent in agents}


def test_nobody_chosen_is_everybody_but_closed_accounts(cast, db_session):
    cast.pan.active = False
    db_session.flush()
    everybody = names(publishing.addressed_by(Audience()))
    assert {"teleadviser", "referent", "natali", "steering", "admin"} <= everybody
    assert "pan" not in everybody


@pytest.mark.parametrize(
    ("audience", "includes", "excludes"),
    [
        (Audience(roles=["site_referent"]), {"referent", "natali"}, {"dp", "teleadviser"}),
        (Audience(departments=["42"]), {"referent", "pan", "dp"}, {"stranger_referent", "natali"}),
        (Audience(roles=["site_referent"], departments=["93"]), {"stranger_referent"},
         {"referent", "natali"}),
        (Audience(procedures=["naturalisation"]), {"natali", "dp"}, {"referent", "pan"}),
        (Audience(procedures=["student"]), {"referent", "dp", "pan"}, {"natali"}),
        (Audience(procedures=["student", "naturalisation"]), {"referent", "natali"}, set()),
    ],
)  # fmt: skip
def test_it_is_addressed_by_role_site_and_procedure(cast, db_session, audience, includes, excludes):
    addressed = names(publishing.addressed_by(audience))
    assert includes <= addressed
    assert not excludes & addressed


def test_it_is_told_once_and_its_reading_is_counted(cast, db_session):
    made = publishing.publish(draft(Audience(roles=["site_referent"]), by_mail=True), by=cast.dp)
    again = publishing.publish(draft(Audience(roles=["site_referent"]), by_mail=True), by=cast.dp)
    assert made is again
    told = db_session.scalars(select(StaffNotice)).all()
    assert {n.agent_id for n in told} == {
        cast.referent.id, cast.stranger_referent.id, cast.natali.id,
    }  # fmt: skip
    rows = select(OutboxRow).where(OutboxRow.topic == notices.TOPIC)
    assert len(db_session.scalars(rows).all()) == len(told) == 3
    assert publishing.is_unread(made, cast.referent)
    notices.read(cast.referent, publishing.KIND, made.id)
    receipts = publishing.receipts(made, cast.dp)
    assert (receipts.told, receipts.read) == (3, 1)
    assert {n.agent_id for n in receipts.unread} == {cast.stranger_referent.id, cast.natali.id}
    assert publishing.receipts(made, cast.referent) is None


def test_corrected_it_is_to_be_read_again(cast, db_session):
    made = publishing.publish(draft(), by=cast.dp)
    notices.read(cast.referent, publishing.KIND, made.id)
    publishing.correct(made, "Étudiants en ligne le 7", BODY, by=cast.dp_colleague)
    db_session.expire_all()
    assert publishing.is_unread(made, cast.referent)
    assert not publishing.is_unread(made, cast.dp_colleague)
    assert made.corrected_at is not None


def test_who_may_not_and_what_is_wrong(cast, db_session):
    with pytest.raises(Forbidden):
        publishing.publish(draft(), by=cast.teleadviser)
    with pytest.raises(Invalid) as refused:
        publishing.publish(draft(title="a", body="b"), by=cast.dp)
    codes = [p.code for p in refused.value.problems]
    assert codes == ["announcement.title", "announcement.body"]
    nobody = Audience(roles=["site_referent"], departments=["75"])
    with pytest.raises(Invalid, match=r"announcement\.nobody"):
        publishing.publish(draft(nobody), by=cast.dp)


def test_the_history_is_read_in_one_query(cast, db_session):
    for n in range(4):
        roles = ["site_referent"] if n % 2 else ["teleadviser"]
        publishing.publish(draft(Audience(roles=roles), key=f"k{n}"), by=cast.dp)
    with counted(db_session) as sql:
        mine = publishing.read_announcements(cast.referent, mine=True)
    assert len(sql) == 1
    assert len(mine) == 2
    everything = publishing.read_announcements(cast.referent, mine=False)
    assert [notice is not None for _a, notice in everything] == [True, False, True, False]
