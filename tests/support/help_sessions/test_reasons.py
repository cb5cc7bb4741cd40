"""The reasons of appointments, as administrators keep them."""

from __future__ import annotations

import pytest
import time_machine
from sqlalchemy import select

from support.help_sessions import reasons, soonest
from support.help_sessions.first_places import FirstPlace
from support.help_sessions.reasons import ReasonDraft
from support.kernel import db
from support.kernel.errors import Forbidden, Invalid, NotVisible
from tests.cast import Cast
from tests.support.help_sessions.conftest import FRIDAY_BEFORE

DRAFT = {
    "label": "Envoyer un complément", "public_label": "Compléter ma demande", "group": "Aide",
    "minutes": 20, "bring": " Passeport \n\n Photo ",
}  # fmt: skip


def test_added_at_the_end_with_a_code_of_its_own(cast: Cast, reason) -> None:
    first = reasons.save(None, ReasonDraft(**DRAFT), by=cast.admin)
    second = reasons.save(None, ReasonDraft(**DRAFT), by=cast.admin)
    assert (first.code, second.code) == ("envoyer_un_complement", "envoyer_un_complement_2")
    assert (first.group, first.bring) == ("aide", "Passeport\nPhoto")
    assert [one.code for one in reasons.every(by=cast.admin)][-2:] == [first.code, second.code]


def test_a_shorter_one_may_be_served_earlier(cast: Cast, point, reason) -> None:
    with time_machine.travel(FRIDAY_BEFORE, tick=False):
        point.public_booking = True
        db.session().flush()
        soonest.refresh_one(point.id)
        known = {row.reason_id for row in db.session().scalars(select(FirstPlace))}
        assert known == {one.id for one in reason.values()}
        changed = reason["deposit"]
        reasons.save(changed, ReasonDraft(**DRAFT), by=cast.admin)
        left = {row.reason_id for row in db.session().scalars(select(FirstPlace))}
        assert left == {reason["account"].id}
        assert changed.code == "deposit"  # what others know it by stays


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"label": " "}, ["label"]),
        ({"group": "–"}, ["group"]),
        ({"minutes": None}, ["minutes"]),
        ({"minutes": 17}, ["minutes"]),
        ({"minutes": 0}, ["minutes"]),
        ({"minutes": 245}, ["minutes"]),
        ({"bring": "x" * 2001, "public_label": ""}, ["public_label", "bring"]),
        ({"label": "x" * 161}, ["label"]),
    ],
    ids=["label", "group", "none", "odd", "zero", "long", "two", "long_label"],
)
def test_what_is_wrong_with_one(cast: Cast, wrong, fields) -> None:
    with pytest.raises(Invalid) as refusal:
        reasons.save(None, ReasonDraft(**{**DRAFT, **wrong}), by=cast.admin)
    assert [p.field for p in refusal.value.problems] == fields


def test_by_administrators_only(cast: Cast, reason) -> None:
    with pytest.raises(Forbidden):
        reasons.save(None, ReasonDraft(**DRAFT), by=cast.pan)
    with pytest.raises(NotVisible):
        reasons.one(99999, by=cast.admin)
