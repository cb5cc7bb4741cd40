from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from knowledge.articles import editors, publishing, queries, writing
from knowledge.articles.models import ArticleState, Audience
from knowledge.articles.writing import About, Words
from support.kernel.errors import Forbidden, NotVisible
from tests.cast import Cast
from tests.knowledge.conftest import Write


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (None, {Audience.PUBLIC}),
        ("steering", {Audience.PUBLIC}),
        ("teleadviser", {Audience.PUBLIC, Audience.STAFF}),
        ("referent", {Audience.PUBLIC, Audience.STAFF}),
        ("pan", {Audience.PUBLIC, Audience.STAFF}),
        ("dp", {Audience.PUBLIC, Audience.STAFF, Audience.PROGRAMME}),
        ("sdst", set(Audience)),
        ("editor", set(Audience)),
    ],
)
def test_who_reads_what(cast: Cast, who: str | None, sees: set[Audience]) -> None:
    agent = getattr(cast, who) if who else None
    assert set(queries.readable_by(queries.audience_of(agent))) == sees


def test_a_disabled_account_reads_what_the_public_reads(cast: Cast) -> None:
    cast.teleadviser.active = False
    assert queries.audience_of(cast.teleadviser) is Audience.PUBLIC


def test_the_public_never_gets_a_staff_article(write: Write) -> None:
    write("interne", audience=Audience.STAFF, reasons=["other"], procedures=["student"])
    write("public", reasons=["other"])
    with pytest.raises(NotVisible):
        queries.by_slug("interne", Audience.PUBLIC)
    assert queries.by_slug("interne", Audience.STAFF).slug == "interne"
    for listed in (
        queries.published(Audience.PUBLIC),
        queries.published(Audience.PUBLIC, reason="other"),
    ):
        assert [a.slug for a in listed] == ["public"]


def test_an_archived_article_is_not_found(cast: Cast, write: Write) -> None:
    publishing.archive(write("vieux"), by=cast.editor)
    with pytest.raises(NotVisible):
        queries.by_slug("vieux", Audience.STAFF)


def test_by_procedure_and_reason(write: Write) -> None:
    write("a", procedures=["student", "work_permit"])
    write("b", procedures=["student"], reasons=["other"])
    write("c")
    assert [a.slug for a in queries.published(Audience.PUBLIC, procedure="student")] == ["a", "b"]
    assert [a.slug for a in queries.published(Audience.PUBLIC, reason="other")] == ["b"]


def test_only_what_the_public_was_given_counts_as_sent(cast: Cast, write: Write) -> None:
    public, staff = write("public"), write("interne", audience=Audience.STAFF)
    archived = write("vieux")
    publishing.archive(archived, by=cast.editor)
    draft = writing.draft("brouillon", Words("À finir", "", "…"), About(), by=cast.editor)
    writing.revise(public, Words("Suite", "", "…"), based_on=1, by=cast.editor)
    pairs = [(a.id, 1) for a in (public, staff, archived, draft)]
    assert queries.sent_revisions([*pairs, (public.id, 2), (424242, 7)]) == {(public.id, 1)}
    publishing.publish(public, by=cast.editor)
    assert queries.sent_revisions([(public.id, 2), (public.id, 1)]) == {
        (public.id, 2),
        (public.id, 1),
    }


def test_editors_page_through_everything(cast: Cast, write: Write, db_session: Session) -> None:
    for number in range(7):
        write(f"article-{number}", audience=Audience.STAFF)
    writing.draft("brouillon", Words("À finir", "", "…"), About(), by=cast.editor)
    seen: list[str] = []
    after = None
    while page := editors.for_editors(by=cast.editor, after=after, limit=3):
        seen += [line.slug for line in page]
        after = (page[-1].updated_at, page[-1].id)
    assert sorted(seen) == sorted([f"article-{n}" for n in range(7)] + ["brouillon"])
    drafts = editors.for_editors(by=cast.editor, state=ArticleState.DRAFT)
    assert [(line.slug, line.published_number) for line in drafts] == [("brouillon", None)]
    assert [line.slug for line in editors.for_editors(by=cast.editor, text="finir")] == [
        "brouillon"
    ]
    assert editors.for_editors(by=cast.editor, text="%") == []
    with pytest.raises(Forbidden):
        editors.for_editors(by=cast.teleadviser)
