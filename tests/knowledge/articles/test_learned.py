"""What solved requests of a reason: counted once a request, told to the indexes in steps."""

from __future__ import annotations

from datetime import timedelta

import pytest

from knowledge.articles import helping, learned, solving
from knowledge.articles.learned import ArticleSuccess
from knowledge.articles.models import Article, Audience
from knowledge.search import index
from knowledge.search.finding import find
from support.kernel import db
from support.kernel.errors import Forbidden, NotVisible
from support.kernel.time import as_of, now
from support.tickets import closing
from support.tickets.journal import note_event
from support.tickets.models import ClosedHow, Ticket
from support.tickets.timeline import ArticleUse, Entry
from tests.cast import Cast
from tests.factories import a_ticket, counted
from tests.knowledge.conftest import Write


def answered_with(
    cast: Cast, article: Article, reason: str = "other", how: ClosedHow = ClosedHow.ANSWERED
) -> Ticket:
    ticket = a_ticket(cast, cast.awa, reason=reason)
    solving.solved_it(ticket, article.slug, by=cast.teleadviser)
    closing.close(ticket, how, by=cast.teleadviser)
    return ticket


def counts() -> dict[tuple[int, int], int]:
    rows = db.session().query(ArticleSuccess)
    return {(row.article_id, row.reason_id): row.solved for row in rows}


def test_a_request_counts_once_for_an_article(cast: Cast, write: Write) -> None:
    article = write("timbre")
    ticket = answered_with(cast, article)
    entry = note_event(ticket, "again", by=cast.teleadviser)
    db.session().add(ArticleUse(entry_id=entry.id, article_id=article.id, revision=1))
    db.session().flush()
    assert learned.recount() == 1
    assert counts() == {(article.id, cast.reasons["other"].id): 1}
    assert learned.recount() == 0


@pytest.mark.parametrize("how", [ClosedHow.DUPLICATE, ClosedHow.REDIRECTED, ClosedHow.NO_REPLY])
def test_what_ended_otherwise_proves_nothing(cast: Cast, write: Write, how: ClosedHow) -> None:
    answered_with(cast, write("timbre"), how=how)
    assert learned.recount() == 0


def test_what_is_open_or_long_past_proves_nothing(cast: Cast, write: Write) -> None:
    article = write("timbre")
    solving.solved_it(a_ticket(cast, cast.awa, reason="other"), "timbre", by=cast.teleadviser)
    with as_of(now() - timedelta(days=400)):
        answered_with(cast, article)
    assert learned.recount() == 0


def test_a_request_that_was_never_sent_counts(cast: Cast, write: Write) -> None:
    article = write("timbre")
    helping.note_shown("visit", cast.reasons["other"].id, [article.id])
    assert learned.recount() == 0
    helping.note_solved("visit", article.id)
    assert learned.recount() == 1


def test_saying_it_twice_is_saying_it_once(cast: Cast, write: Write) -> None:
    write("timbre", title="Le timbre")
    ticket = a_ticket(cast, cast.awa, reason="other")
    for _ in range(2):
        solving.solved_it(ticket, "timbre", by=cast.teleadviser)
    said = db.session().query(Entry).filter_by(ticket_id=ticket.id, event=solving.EVENT)
    assert [entry.data["title"] for entry in said] == ["Le timbre"]
    assert db.session().query(ArticleUse).count() == 1


def test_what_was_inserted_keeps_the_revision_that_was_sent(cast: Cast, write: Write) -> None:
    article = write("timbre")
    ticket = a_ticket(cast, cast.awa, reason="other")
    entry = note_event(ticket, "sent", by=cast.teleadviser)
    db.session().add(ArticleUse(entry_id=entry.id, article_id=article.id, revision=1))
    article.published_number = article.latest_number = 1
    solving.solved_it(ticket, "timbre", by=cast.teleadviser)
    assert db.session().query(ArticleUse).count() == 1


def test_only_what_one_may_read_and_only_by_who_works_on_tickets(cast: Cast, write: Write) -> None:
    write("interne", audience=Audience.DIRECTORATE)
    write("timbre")
    ticket = a_ticket(cast, cast.awa, reason="other")
    with pytest.raises(NotVisible):
        solving.solved_it(ticket, "interne", by=cast.teleadviser)
    with pytest.raises(Forbidden):
        solving.solved_it(ticket, "timbre", by=cast.editor)


def test_the_index_learns_without_anybody_having_written(cast: Cast, write: Write, node) -> None:
    one = write("timbre-a", title="Acheter le timbre", body="Le timbre fiscal.")
    other = write("timbre-b", title="Acheter le timbre", body="Le timbre fiscal.")
    index.follow()

    def found(reason: str | None) -> list[str]:
        hits = find("acheter timbre", audience=Audience.STAFF, reason=reason)
        return [hit.slug for hit in hits]

    assert found("other") == [one.slug, other.slug]
    before = other.updated_at
    answered_with(cast, other)
    learned.recount()
    index.follow()
    assert found("other") == [other.slug, one.slug]
    assert found(None) == [one.slug, other.slug]
    assert other.updated_at == before
    hit = find("acheter timbre", audience=Audience.STAFF, reason="other")[0]
    assert hit.why.proven == 1.05


def test_it_costs_the_same_however_much_there_is(cast: Cast, write: Write) -> None:
    sizes = []
    for n in range(2):
        for m in range(3):
            answered_with(cast, write(f"fiche-{n}-{m}"))
        learned.recount()
        with counted() as sql:
            learned.recount()
        sizes.append(len(sql))
    assert sizes[0] == sizes[1] <= 7
