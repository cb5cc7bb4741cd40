"""The public's help: found by one's own words, read without an account, light and printable."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from escalation.known_issues.finding import shown_publicly
from knowledge.articles import queries, translating, voting
from knowledge.articles.models import Audience
from knowledge.articles.queries import PublishedArticle
from knowledge.articles.rendering import render
from knowledge.articles.translating import Variant
from knowledge.articles.voting import WhyNot
from knowledge.search import asked
from knowledge.search.asked import Happened
from support.catalogue.models import ContactReason, Procedure
from support.kernel.errors import NotVisible
from web.access import public
from web.i18n import own_language_name
from web.library import attaching, grouping, labels, reading
from web.library.describing import subjects
from web.library.passages import passage
from web.library.searching import come_back, page_language, search, typed
from web.library.typesetting import typeset

bp = Blueprint("help", __name__, url_prefix="/aide")
bp.add_app_template_filter(typeset)
bp.add_app_template_filter(passage)
bp.add_app_template_global(come_back)

SHOWN = 10
USEFUL = 6
IN_GROUP = 8  # the page stays short; the rest of a group is one step away
ONLY_PUBLIC = Audience.PUBLIC


@bp.get("")
@public
def home() -> ResponseReturnValue:
    """What answers the words typed, or the articles by subject."""
    question = typed(request.args.get("q"))
    if question:
        hits = search(
            question, ONLY_PUBLIC, limit=SHOWN, unfinished=False, language=page_language()
        )
        if not come_back():
            asked.note(question, ONLY_PUBLIC, Happened.FOUND if hits else Happened.EMPTY)
        return render_template(
            "help/results.html", q=question, hits=hits, most=SHOWN, incidents=shown_publicly()
        )
    groups = grouping.by_subject(_in_language(queries.published(ONLY_PUBLIC)))
    chosen = [g for g in groups if g.key == request.args.get("sujet")]
    useful = [] if chosen else search("", ONLY_PUBLIC, limit=USEFUL, language=page_language())
    return render_template(
        "help/home.html", q="", groups=chosen or groups, whole=bool(chosen), useful=useful,
        most=IN_GROUP, incidents=shown_publicly(),
    )  # fmt: skip


@bp.get("/<slug>")
@public
def article(slug: str) -> ResponseReturnValue:
    try:
        found = queries.by_slug(slug, ONLY_PUBLIC, **reading.chosen(request.args))
    except NotVisible:
        moved = queries.moved_to(slug, ONLY_PUBLIC)
        if moved is not None:
            return redirect(url_for("help.article", slug=moved), 301)
        return _not_there(slug)
    others = translating.siblings(found.family, ONLY_PUBLIC)
    wanted = request.args.get("langue") or page_language()
    if found.language != wanted and "langue" not in request.args:
        for other in others:
            if other.language == wanted and not other.plain:
                return redirect(
                    url_for("help.article", slug=other.slug, pour=request.args.get("pour"))
                )
    if question := typed(request.args.get("pour")):
        asked.note(question, ONLY_PUBLIC, Happened.OPENED)
    about = subjects(found)
    return render_template(
        "help/article.html",
        article=found,
        body=render(found.body_markdown),
        others=[other for other in others if other.article_id != found.id],
        behind=_behind(found, others),
        own_name=own_language_name,
        direction_of=labels.direction,
        thanked=bool(request.args.get("merci")),
        case=reading.chosen(request.args),
        late=labels.long_date(found.check_due_on) if found.late and found.check_due_on else None,
        contact=_contact(found, about["procedures"], about["reasons"]),
        **about,
    )


@bp.get("/<slug>/fichiers/<name>")
@public
def file(slug: str, name: str) -> ResponseReturnValue:
    return attaching.shown(queries.file_shown(slug, name, ONLY_PUBLIC), publicly=True)


@bp.post("/<slug>/avis")
@public
def vote(slug: str) -> ResponseReturnValue:
    """Whether it helped, and if not why. The last word of a visit counts."""
    found = queries.by_slug(slug, ONLY_PUBLIC)
    why = request.form.get("pourquoi", "")
    voting.vote(
        found.id, found.revision, session.setdefault("help_visit", secrets.token_hex(16)),
        helpful=request.form.get("utile") == "oui",
        why=WhyNot(why) if why in set(WhyNot) else None,
        said=request.form.get("mots", ""),
    )  # fmt: skip
    return redirect(url_for("help.article", slug=slug, merci=1) + "#avis", 303)


def _in_language(articles: list[PublishedArticle]) -> list[PublishedArticle]:
    """The titles as the page's language says them, where somebody has translated them."""
    language = page_language()
    if language == translating.AUTHORITY:
        return articles
    found = translating.variants([one.id for one in articles], language, ONLY_PUBLIC)
    return [
        replace(one, slug=found[one.id].slug, title=found[one.id].title, language=language)
        if one.id in found
        else one
        for one in articles
    ]


def _behind(article: PublishedArticle, family: Sequence[Variant]) -> bool:
    """Whether the French has changed since this translation of it was made."""
    if article.translation_of_id is None:
        return False
    original = [one for one in family if one.article_id == article.translation_of_id]
    return any(one.revision > (article.translated_number or 0) for one in original)


def _not_there(slug: str) -> ResponseReturnValue:
    """The words of a wrong address are often a good question."""
    words = typed(slug.replace("-", " "))
    hits = search(words, ONLY_PUBLIC, limit=USEFUL)
    return render_template("help/not_found.html", q=words, hits=hits), 404


def _contact(
    article: PublishedArticle, procedures: Sequence[Procedure], reasons: Sequence[ContactReason]
) -> str:
    """The contact form, filled in with what the article leaves no doubt about."""
    offered = [r.code for r in reasons if r.public]
    known: dict[str, Any] = {
        "fiche": article.slug,
        "motif": offered[0] if len(offered) == 1 else None,
        "demarche": procedures[0].code if len(procedures) == 1 else None,
    }
    return url_for("contact.form", **{k: v for k, v in known.items() if v})
