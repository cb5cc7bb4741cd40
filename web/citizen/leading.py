"""What each page of the contact form shows, and how the first ones lead to a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from channels.contact_form.questions import PREFIX, asked_for
from escalation.known_issues.finding import shown_publicly
from knowledge.articles import helping, queries, rendering
from knowledge.articles.models import Audience
from knowledge.articles.queries import PublishedArticle
from knowledge.search.finding import Hit
from knowledge.search.suggesting import suggest
from support.catalogue.models import ContactReason, Situation
from support.kernel.errors import NotVisible
from support.people.languages import LANGUAGES
from web import uploads
from web.citizen import asking, robots
from web.citizen.steps import CAME_FROM, Page, Step
from web.desk import catalogue
from web.library.searching import in_language, page_language, typed

ARTICLES = 3
ENOUGH = 0.15  # of the best match: what is far behind it answers something else


@dataclass(frozen=True)
class Answer:
    """An article that may spare the request: where it was found, and its words."""

    hit: Hit
    article: PublishedArticle


def lead(page: Page) -> dict[str, str]:
    """From what was chosen on the first page to a situation and, found by words, its reason."""
    if page.step is not Step.SITUATION:
        return {}
    typed = page.typed
    situations = catalogue.situations()
    if typed["cherche"]:
        typed["reason"], typed["cherche"] = typed["cherche"], ""
        typed["situation"] = _situation_of(typed, situations)
        return {}
    chosen = next((s for s in situations if s.code == typed["situation"]), None)
    if chosen is None:
        return {"situation": _("Choisissez la phrase la plus proche, ou cherchez avec vos mots.")}
    if typed["reason"] not in chosen.reasons:
        typed["reason"] = chosen.reasons[0] if len(chosen.reasons) == 1 else ""
    return {}


def articles_for(page: Page) -> tuple[ContactReason | None, Sequence[Answer]]:
    """The two or three articles on the reason, the procedure and the words typed so far."""
    reason = catalogue.reason_with(page.typed["reason"])
    if reason is None:
        return None, []
    said = (reason.plain_label, request.form.get("cherche-saisi", ""), page.typed["text"])
    words = " ".join(said)[:600]
    procedure = page.typed["procedure"] or None
    hits = suggest(words, procedure, reason.code, Audience.PUBLIC, limit=ARTICLES)
    best = hits[0].score if hits else 0.0
    near = [hit for hit in hits if hit.score >= ENOUGH * best]
    near = in_language(near, Audience.PUBLIC, page_language())
    read = {a.id: a for a in queries.by_ids([h.article_id for h in near], Audience.PUBLIC)}
    return reason, [Answer(h, read[h.article_id]) for h in near if h.article_id in read]


def seen(page: Page) -> tuple[str, ...]:
    """The titles of what the person had before them: the article they came from, and those that
    the form showed.
    """
    numbers = helping.shown_in(page.key)
    titles = {one.id: one.title for one in queries.by_ids(numbers, Audience.PUBLIC)}
    shown = [titles[number] for number in numbers if number in titles]
    try:
        came_from = [queries.by_slug(typed(page.typed[CAME_FROM]), Audience.PUBLIC).title]
    except NotVisible:
        came_from = []
    return tuple(dict.fromkeys(came_from + shown))


def render(page: Page) -> str:
    return render_template(
        "citizen/contact.html",
        page_=page,
        titles=[_title(step) for step in page.steps],
        kept=uploads.kept_files(page.files),
        trap=robots.TRAP,
        limit=uploads.limit(),
        incidents=shown_publicly() if page.number == 1 else (),
        **_SHOWN[page.step](page),
    )


def _title(step: Step) -> str:
    return {
        Step.SITUATION: _("Que se passe-t-il ?"),
        Step.REASON: _("Précisez"),
        Step.ARTICLES: _("Peut-être la réponse"),
        Step.DETAILS: _("Racontez"),
        Step.CONTACT: _("Vous joindre"),
    }[step]


def _first(page: Page) -> dict[str, Any]:
    reasons = catalogue.reasons(public_only=True)
    return {
        "situations": catalogue.situations(),
        "reasons": catalogue.public_choices(reasons),
    }


def _second(page: Page) -> dict[str, Any]:
    situations = catalogue.situations()
    code = _situation_of(page.typed, situations)
    chosen = next((s for s in situations if s.code == code), None)
    by_code = {r.code: r for r in catalogue.reasons(public_only=True)}
    offered = (
        [by_code[c] for c in chosen.reasons if c in by_code] if chosen else [*by_code.values()]
    )
    return {
        "chosen": chosen,
        "offered": offered,
        "procedures": catalogue.public_choices(catalogue.procedures()),
    }


def _third(page: Page) -> dict[str, Any]:
    return {
        "found": articles_for(page)[1],
        "render_article": lambda article: rendering.render(article.body_markdown),
    }


def _fourth(page: Page) -> dict[str, Any]:
    reason = catalogue.reason_with(page.typed["reason"])
    codes = asked_for(reason)
    agent = request.headers.get("User-Agent", "")
    return {
        "reason": reason,
        "questions": asking.fields(codes, page.answers, agent),
        "asked": {PREFIX + code for code in codes},
    }


def _fifth(page: Page) -> dict[str, Any]:
    return {"language_codes": LANGUAGES}


_SHOWN: Mapping[Step, Callable[[Page], dict[str, Any]]] = {
    Step.SITUATION: _first,
    Step.REASON: _second,
    Step.ARTICLES: _third,
    Step.DETAILS: _fourth,
    Step.CONTACT: _fifth,
}


def _situation_of(typed: Mapping[str, str], situations: Sequence[Situation]) -> str:
    """The situation said, if the reason is one of its own; else the first that has it."""
    reason = typed["reason"]
    said = next((s for s in situations if s.code == typed["situation"]), None)
    if said is not None and (not reason or reason in said.reasons):
        return said.code
    return next((s.code for s in situations if reason in s.reasons), said.code if said else "")
