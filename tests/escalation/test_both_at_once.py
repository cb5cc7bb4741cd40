"""Two of us do the same thing at the same instant: it is done once, and the second is told."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func, select

from escalation.announcements import publishing
from escalation.announcements.models import Announcement, AnnouncementKind
from escalation.announcements.publishing import Audience, Draft
from escalation.reviews import holding
from escalation.reviews.models import ReviewMeeting
from support.kernel import db, message_ids
from support.kernel.errors import Conflict
from support.kernel.time import today
from support.people.notices import StaffNotice
from tests.cast import Cast, again
from tests.factories import a_message_id


def at_once(what: Callable[[], object]) -> list[object]:
    """Both are past their look before either writes."""
    ready, found = threading.Barrier(2), []

    def run() -> None:
        ready.wait(10)
        try:
            with db.transaction():
                found.append(what())
        except Conflict as refusal:
            found.append(refusal.code)

    threads = [threading.Thread(target=run) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def count(model: type) -> int:
    with db.transaction(write=False) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_there_is_one_next_meeting(
    real_db: Engine, real_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Barrier(2)
    look = holding.next_meeting

    def look_together(**more: object) -> object:
        found = look(**more)  # type: ignore[arg-type]
        if real_db.dialect.name == "postgresql":  # on SQLite one writes at a time anyway
            looked.wait(10)
        return found

    monkeypatch.setattr(holding, "next_meeting", look_together)
    found = at_once(lambda: holding.prepare(today(), by=again(real_cast.dp)).id)
    assert "review.there" in found
    assert count(ReviewMeeting) == 1


def test_an_announcement_sent_twice_is_one(real_db: Engine, real_cast: Cast) -> None:
    message_ids.configure(a_message_id)
    audience = Audience(roles=["site_referent"])
    draft = Draft(AnnouncementKind.NEWS, "Un titre", "Un texte assez long.", audience, True, "k")
    found = at_once(lambda: publishing.publish(draft, by=again(real_cast.dp)).id)
    assert len(found) == 2
    assert found[0] == found[1]
    assert (count(Announcement), count(StaffNotice)) == (1, 3)
