"""The wiki for programmes: ``GET /api/v1/knowledge/search`` and ``…/articles/{slug}``.

The same search as the pages, with what the token's account may read inside the query.
"""

from __future__ import annotations

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from knowledge.articles.queries import audience_of, by_slug
from knowledge.articles.rendering import render
from support.kernel.errors import Invalid
from support.people.permissions import Permission
from web.access import by_token
from web.api.problems import Refused
from web.http import me
from web.library.searching import as_json, come_back, search, typed

bp = Blueprint("api_knowledge", __name__, url_prefix="/api/v1/knowledge")

USUAL, MOST = 10, 50


@bp.get("/search")
@by_token(Permission.READ_STAFF_ARTICLES)
def find() -> ResponseReturnValue:
    """``q``: what somebody asks; ``procedure``, ``reason``: codes that favour what is on them."""
    question = typed(request.args.get("q"))
    procedure, reason = (request.args.get(name) or None for name in ("procedure", "reason"))
    if not question and procedure is None and reason is None:
        raise Invalid.of("search.empty", "q")
    audience, limit = audience_of(me()), _limit()
    hits = search(question, audience, limit=limit, procedure=procedure, reason=reason)
    if not hits and come_back():
        raise Refused(503, "search.rebuilding", headers={"Retry-After": "30"})
    return jsonify(hits=[as_json(rank, hit) for rank, hit in enumerate(hits, 1)])


@bp.get("/articles/<slug>")
@by_token(Permission.READ_STAFF_ARTICLES)
def article(slug: str) -> ResponseReturnValue:
    found = by_slug(slug, audience_of(me()))
    return jsonify(
        {
            "slug": found.slug,
            "source_id": found.source_id,
            "title": found.title,
            "summary": found.summary,
            "body_markdown": found.body_markdown,
            "body_html": render(found.body_markdown),
            "language": found.language,
            "audience": found.audience.value,
            "revision": found.revision,
            "procedures": list(found.procedures),
            "reasons": list(found.reasons),
            "checked_on": found.checked_on.isoformat() if found.checked_on else None,
            "source": found.source_note,
            "url": url_for("help.article", slug=found.slug, _external=True)
            if found.audience.value == "public"
            else None,
        }
    )


def _limit() -> int:
    asked = request.args.get("limit", "").strip()
    if not asked:
        return USUAL
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked) <= MOST):
        raise Invalid.of("field.number", "limit", most=MOST)
    return int(asked)
