"""Where the wiki lacks something, for who writes it: what to write next, and what it changed."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from escalation.wiki_gaps import WINDOW
from knowledge.articles.models import Article
from knowledge.gaps import typed_again, written
from knowledge.gaps.written import Want
from support.people.permissions import Permission, may
from support.tickets.references import shown
from web.access import staff
from web.desk import catalogue
from web.desk.labels import item_label
from web.http import me
from web.library import needs
from web.library.searching import typed
from web.library.sheets import Sheet

bp = Blueprint("gaps", __name__, url_prefix="/agent/connaissances/manques")


@bp.get("")
@staff(Permission.WRITE_ARTICLES)
def listing() -> ResponseReturnValue:
    return render_template(
        "library/gaps.html",
        needs=needs.needs(),
        days=WINDOW.days,
        written=written.latest(),
        item_label=item_label,
        shown=shown,
        opens_tickets=may(me(), Permission.READ_TICKETS),
    )


def begun(want: str) -> Sheet:
    """A new article as far as the want that it is written for fills it in."""
    kind, key = _read(want)
    if kind is Want.SEARCHED:
        return Sheet(title=typed(key))
    if kind is Want.TYPED:
        return Sheet(body=typed_again.one(key))
    if kind is Want.REASON and (reason := catalogue.reason_with(key)):
        return Sheet(title=reason.label, reasons=(reason.code,))
    return Sheet()


def note_written(want: str, article: Article) -> None:
    """What was begun for a want is measured from now on."""
    kind, key = _read(want)
    if kind is None:
        return
    words = key
    if kind is Want.TYPED:
        words = typed_again.one(key)
    elif kind is Want.REASON:
        reason = catalogue.reason_with(key)
        words = reason.label if reason else ""
    if words:
        written.note(kind, key, words, article, needs.COUNTERS)


def _read(want: str) -> tuple[Want | None, str]:
    kind, _sep, key = want.partition(":")
    return (Want(kind), key.strip()[:120]) if kind in set(Want) and key.strip() else (None, "")
