"""The mail by which an owner learns what is to be checked, and the task that sends it."""

from __future__ import annotations

from datetime import UTC, datetime

import time_machine

from knowledge.articles import checking
from support.kernel import db, message_ids
from support.kernel.time import today
from support.people.notices import StaffNotice
from tests.cast import again
from tests.factories import a_message_id
from tests.web.conftest import Site
from web.library import reminding


def test_the_mail_names_each_article_with_its_day(site: Site, write) -> None:
    message_ids.configure(a_message_id)
    with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False):
        for slug, title, every, critical in (
            ("a", "Le timbre", 20, True), ("b", "Le visa", 40, False), ("c", "Tard", 300, False),
        ):  # fmt: skip
            write(slug, title, "x", checked_on=today(), check_every_days=every, critical=critical)
    with time_machine.travel(datetime(2026, 4, 1, 6, tzinfo=UTC), tick=False), db.transaction():
        assert checking.remind(reminding.worded, 30) == 1
        assert checking.remind(reminding.worded, 30) == 0
        notice = db.session().query(StaffNotice).one()
        assert notice.agent_id == again(site.cast.editor).id
        assert notice.subject == "2 fiches à vérifier"
        assert notice.message_id is not None
        assert notice.text.splitlines()[2:] == [
            "- Le timbre (en retard depuis le 22 mars 2026 ; critique : retirée aux lecteurs après "
            "le 21 avril 2026)",
            "- Le visa (avant le 11 avril 2026)",
        ]


def test_two_articles_of_one_week_are_one_mail(site: Site) -> None:
    due = [
        checking.Due(f"Fiche {number}", number, today(), late=False, withdrawn_on=None)
        for number in range(reminding.NAMED + 2)
    ]
    told = reminding.worded(site.cast.editor, due)
    assert told.text.splitlines()[-1] == "- et 2 de plus"
    assert len(told.text.splitlines()) == 2 + reminding.NAMED + 1
