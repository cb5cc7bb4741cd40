from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from knowledge.articles import editors, publishing, queries, writing
from knowledge.articles.models import Article, ArticleState, Audience, Revision
from knowledge.articles.writing import About, Words
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.outbox.models import OutboxRow
from tests.cast import Cast

WORDS = Words("Retirer son titre", "Où et quand.", "Prenez rendez-vous.")


def said(session: Session, article: Article) -> list[str]:
    return list(
        session.scalars(
            select(Revision.title)
            .where(Revision.article_id == article.id)
            .order_by(Revision.number)
        )
    )


def test_a_draft_is_read_by_nobody(cast: Cast, db_session: Session) -> None:
    article = writing.draft("retirer", WORDS, About(audience=Audience.PUBLIC), by=cast.editor)
    assert (article.state, article.latest_number) == (ArticleState.DRAFT, 1)
    assert article.change_number == 0
    assert queries.published(Audience.STAFF) == []


def test_of_two_who_revise_the_same_revision_the_second_is_told(
    cast: Cast, db_session: Session
) -> None:
    article = writing.draft("retirer", WORDS, About(), by=cast.editor)
    writing.revise(article, Words("Premier", "", "a"), based_on=1, by=cast.editor)
    with pytest.raises(Conflict) as refused:
        writing.revise(article, Words("Second", "", "b"), based_on=1, by=cast.editor)
    assert refused.value.code == "article.revised_meanwhile"
    assert refused.value.problems[0].params["number"] == 2
    assert said(db_session, article) == ["Retirer son titre", "Premier"]
    # The second looks at what the first wrote, and nothing of either is lost.
    writing.revise(article, Words("Second", "", "b"), based_on=2, by=cast.editor)
    assert said(db_session, article) == ["Retirer son titre", "Premier", "Second"]


def test_a_revision_made_elsewhere_is_seen_even_by_a_stale_object(
    cast: Cast, db_session: Session
) -> None:
    article = writing.draft("retirer", WORDS, About(), by=cast.editor)
    db_session.execute(
        update(Article).values(latest_number=5).execution_options(synchronize_session=False)
    )
    assert article.latest_number == 1
    with pytest.raises(Conflict):
        writing.revise(article, WORDS, based_on=1, by=cast.editor)
    assert article.latest_number == 5


def test_a_revision_is_never_edited(cast: Cast, db_session: Session) -> None:
    article = writing.draft("retirer", WORDS, About(), by=cast.editor)
    _article, revision = editors.one_for_editor(article.id, by=cast.editor)
    revision.title = "Autre"
    with pytest.raises(RuntimeError, match="never edited"):
        db_session.flush()


def test_a_slug_is_taken_once(cast: Cast) -> None:
    writing.draft("retirer", WORDS, About(), by=cast.editor)
    with pytest.raises(Invalid) as refused:
        writing.draft("retirer", WORDS, About(), by=cast.editor)
    assert [(p.code, p.field) for p in refused.value.problems] == [("article.slug_taken", "slug")]
    # The refusal leaves the transaction usable.
    writing.draft("retirer-2", WORDS, About(), by=cast.editor)


@pytest.mark.parametrize("slug", ["", "Retirer", "a b", "é", "-a", "a--b", "../x", "a" * 121])
def test_a_slug_is_a_plain_address(cast: Cast, slug: str) -> None:
    with pytest.raises(Invalid) as refused:
        writing.draft(slug, WORDS, About(), by=cast.editor)
    assert refused.value.problems[0].field == "slug"


def test_everything_wrong_is_said_at_once(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        writing.draft("x", Words(" ", "s" * 601, ""), About(language="français"), by=cast.editor)
    fields = {p.field for p in refused.value.problems}
    assert fields == {"title", "summary", "body", "language"}


def test_an_unknown_reason_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        writing.draft("x", WORDS, About(reasons=["other", "nope"]), by=cast.editor)
    assert [(p.field, p.params["value"]) for p in refused.value.problems] == [("reasons", "nope")]


@pytest.mark.parametrize("who", ["teleadviser", "dp", "referent", "admin", "steering"])
def test_only_editors_write(cast: Cast, who: str) -> None:
    article = writing.draft("x", WORDS, About(), by=cast.editor)
    agent = getattr(cast, who)
    for attempt in (
        lambda: writing.draft("y", WORDS, About(), by=agent),
        lambda: writing.revise(article, WORDS, based_on=1, by=agent),
        lambda: writing.describe(article, About(), by=agent),
        lambda: publishing.publish(article, by=agent),
        lambda: publishing.archive(article, by=agent),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_each_visible_change_has_the_next_number_and_leaves_a_row(
    cast: Cast, db_session: Session
) -> None:
    one = writing.draft("un", WORDS, About(), by=cast.editor)
    two = writing.draft("deux", WORDS, About(), by=cast.editor)
    publishing.publish(one, by=cast.editor)
    first = one.change_number
    publishing.publish(two, by=cast.editor)
    writing.revise(one, WORDS, based_on=1, by=cast.editor)
    assert (one.change_number, two.change_number) == (first, first + 1)
    writing.describe(one, About(audience=Audience.PUBLIC), by=cast.editor, said="Loi")
    publishing.archive(two, by=cast.editor)
    assert (one.change_number, two.change_number) == (first + 2, first + 3)
    rows = db_session.scalars(select(OutboxRow).where(OutboxRow.topic == "knowledge.changed"))
    assert [row.payload for row in rows][-1] == {
        "article_id": two.id,
        "change_number": first + 3,
    }


def test_publishing_an_older_revision_again(cast: Cast) -> None:
    article = writing.draft("x", WORDS, About(audience=Audience.PUBLIC), by=cast.editor)
    writing.revise(article, Words("Faux", "", "b"), based_on=1, by=cast.editor)
    publishing.publish(article, by=cast.editor)
    assert queries.by_slug("x", Audience.PUBLIC).title == "Faux"
    publishing.publish(article, number=1, by=cast.editor)
    assert queries.by_slug("x", Audience.PUBLIC).title == WORDS.title
    with pytest.raises(Conflict):
        publishing.publish(article, number=9, by=cast.editor)
