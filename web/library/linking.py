"""What is broken or lost in the wiki: dead links, and articles that nothing leads to."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from knowledge.articles import health
from support.people.permissions import Permission
from web.access import staff
from web.http import me

bp = Blueprint("linking", __name__, url_prefix="/agent/connaissances/redaction/liens")


@bp.get("")
@staff(Permission.WRITE_ARTICLES)
def listing() -> ResponseReturnValue:
    return render_template(
        "library/health.html", dead=health.dead_links(by=me()), orphans=health.orphans(by=me())
    )
