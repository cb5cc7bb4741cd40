"""A second reader, a moment that was set, and what time does by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from knowledge.articles import (
    checking,
    editors,
    health,
    journal,
    publishing,
    queries,
    reviewing,
    sharing,
    writing,
)
from knowledge.articles.models import ArticleState, Audience, Happening
from knowledge.articles.writing import About, Words
from knowledge.search import finding
from knowledge.search.index import NodeIndex
from support.kernel import db, message_ids
from support.kernel.errors import Conflict, Forbidden, Invalid, NotVisible
from support.kernel.time import now, today
from support.people.notices import StaffNotice, Told
from tests.cast import Cast
from tests.knowledge.conftest import Write

EVERY = 90


@pytest.fixture(autouse=True)
def _post() -> None:
    message_ids.configure(lambda: f"<{uuid4()}@example.org>")


def draft(cast: Cast, slug: str = "neuf", body: str = "Un texte."):
    return writing.draft(slug, Words("Neuf", "", body), About(Audience.PUBLIC), by=cast.editor)


def body_of(slug: str, audience: Audience = Audience.PUBLIC) -> str:
    return queries.by_slug(slug, audience).body_markdown


def kinds(article) -> list[Happening]:
    return [event.kind for event in journal.of_article(article.id)]


def test_somebody_else_approves(cast: Cast) -> None:
    article = draft(cast)
    reviewing.submit(article, by=cast.editor, said="Relire les montants")
    assert [one.title for one in editors.submitted(by=cast.dp)] == ["Neuf"]
    assert editors.waiting_count(cast.dp) == 1
    assert editors.waiting_count(cast.editor) == 0
    with pytest.raises(Conflict, match=r"review\.own"):
        reviewing.approve(article, 1, by=cast.editor)
    with pytest.raises(Forbidden):
        reviewing.approve(article, 1, by=cast.teleadviser)
    reviewing.approve(article, 1, by=cast.dp)
    assert article.state is ArticleState.PUBLISHED
    assert kinds(article) == [Happening.APPROVED, Happening.SUBMITTED]
    assert editors.submitted(by=cast.dp) == []
    with pytest.raises(Conflict, match=r"review\.nothing_new"):
        reviewing.submit(article, by=cast.editor)


def test_other_words_ask_for_another_reading(cast: Cast) -> None:
    article = draft(cast)
    reviewing.submit(article, by=cast.editor)
    writing.revise(article, Words("Neuf", "", "Autre."), based_on=1, by=cast.editor)
    with pytest.raises(Conflict, match=r"review\.gone"):
        reviewing.approve(article, 1, by=cast.dp)
    assert article.submitted_number is None


def test_sent_back_with_a_remark(cast: Cast) -> None:
    article = draft(cast)
    reviewing.submit(article, by=cast.editor)
    with pytest.raises(Invalid, match=r"review\.say_why"):
        reviewing.send_back(article, 1, by=cast.sdst, said=" ")
    reviewing.send_back(article, 1, by=cast.sdst, said="Le délai est de deux mois")
    assert article.submitted_number is None
    (last, *_before) = journal.of_article(article.id)
    assert (last.kind, last.note) == (Happening.RETURNED, "Le délai est de deux mois")


def test_what_cannot_wait_is_published_with_its_reason(cast: Cast) -> None:
    article = draft(cast)
    with pytest.raises(Invalid, match=r"review\.say_why"):
        reviewing.publish_unread(article, by=cast.editor, said="")
    reviewing.publish_unread(article, by=cast.editor, said="Panne")
    assert kinds(article) == [Happening.PUBLISHED_UNREAD]


def test_a_reader_sees_only_what_their_level_reads(cast: Cast) -> None:
    article = writing.draft(
        "interne", Words("Interne", "", "x"), About(Audience.DIRECTORATE), by=cast.editor
    )
    reviewing.submit(article, by=cast.editor)
    assert editors.submitted(by=cast.dp) == []
    assert len(editors.submitted(by=cast.sdst)) == 1
    with pytest.raises(NotVisible):
        editors.one_submitted(article.id, by=cast.dp)


def test_nobody_approves_a_passage_that_they_may_not_read(cast: Cast) -> None:
    secret = "Pour tous.\n\n::: directions\nZorglub.\n:::\n"
    article = draft(cast, body=secret)
    reviewing.submit(article, by=cast.editor)
    for outside in (cast.supervisor, cast.dp):
        assert editors.submitted(by=outside) == []
        assert editors.waiting_count(outside) == 0
        with pytest.raises(NotVisible):
            editors.one_submitted(article.id, by=outside)
        with pytest.raises(NotVisible):
            reviewing.approve(article, 1, by=outside)
    assert editors.waiting_count(cast.sdst) == 1
    reviewing.approve(article, 1, by=cast.sdst)
    # What is taken away is a change of it as well.
    writing.revise(article, Words("Neuf", "", "Pour tous."), based_on=1, by=cast.editor)
    reviewing.submit(article, by=cast.editor)
    assert editors.submitted(by=cast.dp) == []


def test_published_at_its_moment_and_once(cast: Cast) -> None:
    article = draft(cast)
    at = now() + timedelta(hours=5)
    with pytest.raises(Invalid, match=r"article\.date_past"):
        reviewing.submit(article, by=cast.editor, publish_at=now() - timedelta(minutes=1))
    reviewing.submit(article, by=cast.editor, publish_at=at)
    reviewing.approve(article, 1, by=cast.dp)
    assert article.state is ArticleState.DRAFT
    assert publishing.publish_due() == 0
    with time_machine.travel(at + timedelta(seconds=1)):
        assert publishing.publish_due() == 1
        assert publishing.publish_due() == 0
    assert article.state is ArticleState.PUBLISHED
    assert article.publish_at is None


def test_a_moment_can_be_called_off(cast: Cast) -> None:
    article = draft(cast)
    reviewing.submit(article, by=cast.editor, publish_at=now() + timedelta(hours=1))
    assert publishing.publish_due() == 0
    reviewing.approve(article, 1, by=cast.dp)
    publishing.unschedule(article, by=cast.editor)
    with time_machine.travel(now() + timedelta(hours=2)):
        assert publishing.publish_due() == 0
    with pytest.raises(Conflict, match=r"article\.not_scheduled"):
        publishing.unschedule(article, by=cast.editor)


def test_a_passage_begins_on_its_day_in_the_index_too(
    cast: Cast, write: Write, node: NodeIndex
) -> None:
    body = "Avant.\n\n::: à partir du 2027-01-01\nTarifzorg.\n:::\n"
    with time_machine.travel(datetime(2026, 12, 30, 12, tzinfo=UTC), tick=False):
        article = write("tarif", body=body)
        assert article.next_change_on is not None
        assert "Tarifzorg" not in body_of("tarif")
        assert publishing.follow_days() == 0
    # One in the morning of the first in Paris is still the thirty-first at Greenwich.
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False):
        before = article.change_number
        assert publishing.follow_days() == 1
        assert publishing.follow_days() == 0
        assert article.change_number > before
        assert "Tarifzorg" in body_of("tarif")


def test_checked_again_in_time(cast: Cast, write: Write) -> None:
    article = write("a", checked_on=today(), check_every_days=EVERY)
    assert article.check_due_on == today() + timedelta(days=EVERY)
    with time_machine.travel(now() + timedelta(days=EVERY + 1)):
        assert queries.by_slug("a", Audience.PUBLIC).late
        assert [line.slug for line in editors.for_editors(by=cast.editor, late=True)] == ["a"]
        checking.mark_checked(article, by=cast.editor)
        assert not queries.by_slug("a", Audience.PUBLIC).late
        assert editors.for_editors(by=cast.editor, late=True) == []


def test_a_critical_article_is_withdrawn_and_comes_back(cast: Cast, write: Write) -> None:
    critical = write("c", checked_on=today(), check_every_days=EVERY, critical=True)
    write("d", checked_on=today(), check_every_days=EVERY)
    with time_machine.travel(now() + timedelta(days=EVERY + 30)):
        assert checking.withdraw_late(30) == 0
    with time_machine.travel(now() + timedelta(days=EVERY + 31)):
        assert checking.withdraw_late(30) == 1
        assert checking.withdraw_late(30) == 0
        with pytest.raises(NotVisible):
            queries.by_slug("c", Audience.PUBLIC)
        assert queries.by_slug("d", Audience.PUBLIC)
        checking.mark_checked(critical, by=cast.editor)
        assert queries.by_slug("c", Audience.PUBLIC)


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"critical": True}, "article.critical_unchecked"),
        ({"check_every_days": 90}, "article.never_checked"),
        ({"check_every_days": 0, "checked_on": today()}, "article.bad_period"),
    ],
)
def test_a_period_that_makes_no_sense(cast: Cast, about: dict, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        writing.draft("x", Words("X", "", "x"), About(**about), by=cast.editor)
    assert code in [problem.code for problem in refusal.value.problems]


def test_owners_are_reminded_once_a_week(cast: Cast, write: Write) -> None:
    write("a", checked_on=today(), check_every_days=10)
    write("b", checked_on=today(), check_every_days=200)
    said: list[list[str]] = []

    def word(_owner, due) -> Told:
        said.append([one.title for one in due])
        week = today().isocalendar()
        return Told("articles", 1, f"due:{week.year}-{week.week}", "s", "t", "/")

    assert checking.remind(word) == 1
    assert checking.remind(word) == 0
    assert said[0] == ["a"]
    with time_machine.travel(now() + timedelta(days=7)):
        assert checking.remind(word) == 1


def test_what_is_wrong_reaches_its_owner_with_the_words(cast: Cast, write: Write) -> None:
    article = write("a")
    with pytest.raises(Invalid, match=r"article\.say_what"):
        checking.report_wrong(article, by=cast.teleadviser, said=" ")
    checking.report_wrong(
        article, by=cast.teleadviser, said="Le prix a changé", passage="225 €",
        ticket="2611-2004-8317",
    )  # fmt: skip
    notice = db.session().query(StaffNotice).one()
    assert notice.agent_id == cast.editor.id
    for words in ("Le prix a changé", "« 225 € »", "2611-2004-8317"):
        assert words in notice.text
    assert kinds(article)[0] is Happening.WRONG


def test_an_old_address_still_leads_there(cast: Cast, write: Write) -> None:
    article = write("ancien", body="x")
    write("autre", body="Voir [[ancien]].")
    writing.rename(article, "nouveau", by=cast.editor)
    assert queries.moved_to("ancien", Audience.PUBLIC) == "nouveau"
    assert [(one.slug, one.moved) for one in health.dead_links(by=cast.editor)] == [
        ("ancien", True)
    ]
    with pytest.raises(Invalid, match=r"article\.slug_taken"):
        writing.rename(article, "autre", by=cast.editor)
    writing.rename(article, "ancien", by=cast.editor)
    assert queries.moved_to("ancien", Audience.PUBLIC) is None
    assert queries.moved_to("nouveau", Audience.PUBLIC) == "ancien"


def test_an_archived_article_leads_to_the_one_that_replaces_it(cast: Cast, write: Write) -> None:
    first, second = write("un"), write("deux")
    write("trois")
    with pytest.raises(Invalid, match=r"article\.no_replacement"):
        publishing.archive(first, by=cast.editor, replaced_by="nulle-part")
    publishing.archive(first, by=cast.editor, replaced_by="deux")
    publishing.archive(second, by=cast.editor, replaced_by="trois")
    assert queries.moved_to("un", Audience.PUBLIC) == "trois"
    publishing.publish(first, by=cast.editor)
    assert queries.moved_to("un", Audience.PUBLIC) is None


def test_links_that_lead_nowhere_and_articles_that_nothing_leads_to(
    cast: Cast, write: Write
) -> None:
    write("a", title="A", body="Voir [[b]] et [là](/aide/rien).")
    write("b", title="B")
    write("c", title="C", reasons=["other"])
    assert [(one.title, one.slug, one.moved) for one in health.dead_links(by=cast.editor)] == [
        ("A", "rien", False)
    ]
    assert [title for _id, title in health.orphans(by=cast.editor)] == ["A"]


def test_a_shared_block_changes_everywhere_at_once(cast: Cast, write: Write) -> None:
    block = sharing.create("tarif", "200 €", by=cast.editor)
    article = write("a", body="Il coûte {{tarif}}.")
    write("b", body="Rien.")
    before = article.change_number
    assert body_of("a") == "Il coûte 200 €.\n"
    assert sharing.revise(block, "225 €", based_on=1, by=cast.editor, comment="Loi") == 1
    assert body_of("a") == "Il coûte 225 €.\n"
    assert article.change_number > before
    (line,) = sharing.listing(by=cast.editor)
    assert [title for _id, title in line.used_by] == ["a"]
    assert [h.comment for h in sharing.history(block, by=cast.editor)] == ["Loi", ""]
    with pytest.raises(Conflict, match=r"block\.revised_meanwhile"):
        sharing.revise(block, "1 €", based_on=1, by=cast.editor)


@pytest.mark.parametrize("body", ["{{autre}}", "[[a]]", "::: agents\nx\n:::"])
def test_a_block_holds_only_text(cast: Cast, body: str) -> None:
    with pytest.raises(Invalid, match=r"block\.nested"):
        sharing.create("x", body, by=cast.editor)


def test_block_names(cast: Cast) -> None:
    sharing.create("tarif", "1", by=cast.editor)
    with pytest.raises(Invalid, match=r"block\.taken"):
        sharing.create("tarif", "2", by=cast.editor)
    with pytest.raises(Invalid, match=r"block\.bad_name"):
        sharing.create("Tarif !", "2", by=cast.editor)
    assert sharing.missing("{{tarif}} {{rien}}") == ["rien"]


def test_each_reader_searches_what_they_may_read(cast: Cast, write: Write, node: NodeIndex) -> None:
    write("mixte", body="Citoyens.\n\n::: agents\nZorglub.\n:::\n\n::: directions\nGlubzor.\n:::\n")
    node.follow()

    def found(word: str, audience: Audience) -> str:
        hits = finding.find(word, audience=audience, unfinished=False)
        return "".join(text for hit in hits for text, _match in hit.extract)

    assert "Zorglub" not in found("citoyens", Audience.PUBLIC)
    assert found("zorglub", Audience.PUBLIC) == ""
    assert "Zorglub" in found("zorglub", Audience.STAFF)
    assert found("glubzor", Audience.PROGRAMME) == ""
    assert "Glubzor" in found("glubzor", Audience.DIRECTORATE)
    assert len(finding.find("citoyens", audience=Audience.DIRECTORATE)) == 1
