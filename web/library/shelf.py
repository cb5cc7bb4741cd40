"""The agents' shelf: every article they may read, found as one types, inserted in one action."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from knowledge.articles import checking, editors, helping, queries, voting
from knowledge.articles.models import Article, Audience
from knowledge.articles.queries import PublishedArticle, audience_of
from knowledge.articles.rendering import render
from knowledge.search import asked, suggesting
from knowledge.search.asked import Happened
from knowledge.search.finding import Hit
from support.kernel import db
from support.kernel.errors import Invalid, NotVisible
from support.people.models import Agent
from support.people.permissions import Permission, may
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.replying import can_reply
from support.tickets.visibility import one_visible
from web.access import staff
from web.http import me
from web.library import attaching, explaining, grouping, labels, reading
from web.library.describing import subjects
from web.library.happenings import why_label
from web.library.inserting import passage
from web.library.searching import come_back, search, still_readable, typed
from web.messages import sentences

bp = Blueprint("shelf", __name__, url_prefix="/agent/connaissances")

SHOWN = 30
BESIDE = 6  # beside a ticket or a call: what the eye takes in while somebody waits


@dataclass(frozen=True)
class Beside:
    """An article beside a call: ``note`` is put into the note, ``mark`` tells which was read."""

    hit: Hit
    note: str
    mark: str


@bp.get("")
@staff(Permission.READ_STAFF_ARTICLES)
def shelf() -> ResponseReturnValue:
    """Everything by subject, or what answers the words typed."""
    question = typed(request.args.get("q"))
    found = _found(question, unfinished=False)
    if question and not come_back():
        happened = Happened.FOUND if found["hits"] else Happened.EMPTY
        asked.note(question, audience_of(me()), happened)
    waiting = editors.waiting_count(me()) if may(me(), Permission.REVIEW_ARTICLES) else 0
    return render_template("library/shelf.html", q=question, waiting=waiting, **found)


@bp.get("/resultats")
@staff(Permission.READ_STAFF_ARTICLES)
def results() -> ResponseReturnValue:
    """A part of a page: beside a ticket (``ticket``), beside a call (``appel``), or the shelf."""
    question = typed(request.args.get("q"))
    if request.args.get("ticket"):
        return _beside_ticket(question, request.args["ticket"])
    if request.args.get("appel"):
        return _beside_call(question)
    return render_template("library/_found.html", q=question, **_found(question, unfinished=True))


@bp.get("/<slug>")
@staff(Permission.READ_STAFF_ARTICLES)
def article(slug: str) -> ResponseReturnValue:
    try:
        found = queries.by_slug(slug, audience_of(me()), **reading.chosen(request.args))
    except NotVisible:
        moved = queries.moved_to(slug, audience_of(me()))
        if moved is None:
            raise
        return redirect(url_for("shelf.article", slug=moved))
    if question := typed(request.args.get("pour")):
        asked.note(question, audience_of(me()), Happened.OPENED)
    return _article_page(found, {"ticket": request.args.get("ticket", "")[:20]}, {})


def _article_page(
    found: PublishedArticle, report: dict[str, str], errors: dict[str | None, str]
) -> str:
    """``report``: what was typed of an error in the article; ``errors``: what is wrong with it."""
    return render_template(
        "library/article.html",
        article=found,
        report=report,
        errors=errors,
        votes=voting.votes_of(found.id) if _counts(me()) else None,
        why_label=why_label,
        labels=labels,
        case=reading.chosen(request.args),
        late=labels.long_date(found.check_due_on) if found.late and found.check_due_on else None,
        body=_for_agents(render(found.body_markdown)),
        is_public=found.audience is Audience.PUBLIC,
        can_insert=found.audience is Audience.PUBLIC and may(me(), Permission.REPLY),
        passage_text=_passage_text(found),
        counts=helping.counts_of(found.id) if _counts(me()) else [],
        **subjects(found),
    )


def _counts(agent: Agent) -> bool:
    """Who reads whether an article spares requests: those who write it and those who steer."""
    return may(agent, Permission.WRITE_ARTICLES) or may(agent, Permission.READ_FIGURES)


@bp.get("/<slug>/fichiers/<name>")
@staff(Permission.READ_STAFF_ARTICLES)
def file(slug: str, name: str) -> ResponseReturnValue:
    return attaching.shown(queries.file_shown(slug, name, audience_of(me())))


@bp.post("/<slug>/signalements")
@staff(Permission.READ_STAFF_ARTICLES)
def report_wrong(slug: str) -> ResponseReturnValue:
    """Something in it is not right: its owner is told, with the words and the ticket."""
    found = queries.by_slug(slug, audience_of(me()))
    article = db.session().get(Article, found.id)
    assert article is not None
    typed_in = {name: request.form.get(name, "")[:2000] for name in ("said", "passage", "ticket")}
    try:
        checking.report_wrong(article, by=me(), **typed_in)
    except Invalid as refusal:
        return _article_page(found, typed_in, sentences(refusal)), 422
    flash(_("Signalé au responsable de la fiche, avec vos mots."), "success")
    return redirect(url_for("shelf.article", slug=slug), 303)


@bp.get("/<slug>/passage")
@staff(Permission.READ_STAFF_ARTICLES)
def passage_of(slug: str) -> ResponseReturnValue:
    """What is put into a reply. Only what the public may read goes out; 404 for the rest."""
    found = passage(slug, request.args.get("langue", "fr")[:3])
    if found is None:
        return jsonify(said=_("Cette fiche n’est pas publique : elle ne peut pas partir.")), 404
    said = _("Fiche « %(title)s » insérée dans la réponse.", title=found.title)
    return jsonify(text=found.text, mark=found.mark, title=found.title, said=said)


@bp.get("/<slug>/insertion")
@staff(Permission.READ_STAFF_ARTICLES, Permission.REPLY)
def insert(slug: str) -> ResponseReturnValue:
    """From the article to the reply of a ticket, whose reference is given as it was read out."""
    try:
        ticket = one_visible(request.args.get("ticket", ""), me())
    except NotVisible:
        flash(_("Aucun ticket à cette référence, ou il ne vous est pas ouvert."), "error")
        return redirect(url_for("shelf.article", slug=slug))
    here = url_for("ticket.ticket", reference=shown(ticket.reference), fiche=slug)
    return redirect(f"{here}#repondre")


def _found(question: str, *, unfinished: bool) -> dict[str, Any]:
    audience = audience_of(me())
    if question:
        hits = search(question, audience, limit=SHOWN, unfinished=unfinished)
        found: dict[str, Any] = {"hits": hits, "most": SHOWN}
        # How the ranking came to it concerns who writes the articles, nobody on the phone.
        return {**found, "explained": explaining} if may(me(), Permission.WRITE_ARTICLES) else found
    return {"groups": grouping.by_subject(queries.published(audience))}


def _beside_ticket(question: str, reference: str) -> str:
    ticket = one_visible(reference, me())
    allowed = may(me(), Permission.REPLY) and can_reply(ticket, me())
    return render_template(
        "library/_insertable.html",
        articles=_for_ticket(question, ticket),
        ticket=ticket,
        ref=reference,
        can={"reply": allowed},
    )


def _for_ticket(question: str, ticket: Ticket) -> list[Hit]:
    audience = audience_of(me())
    procedure = ticket.procedure.code if ticket.procedure else None
    if question:
        return search(
            question, audience, limit=BESIDE, procedure=procedure, reason=ticket.reason.code
        )
    found = suggesting.suggest(ticket.subject, procedure, ticket.reason.code, audience, BESIDE)
    return still_readable(found, audience)


def _beside_call(question: str) -> str:
    hits = search(
        question,
        audience_of(me()),
        limit=BESIDE,
        procedure=request.args.get("demarche") or None,
        reason=request.args.get("motif") or None,
    )
    return render_template("library/_for_call.html", q=question, found=[_beside(h) for h in hits])


def _beside(hit: Hit) -> Beside:
    address = (
        _public_address(hit.slug)
        if hit.audience is Audience.PUBLIC
        else url_for("shelf.article", slug=hit.slug, _external=True)
    )
    note = _("Fiche lue : %(title)s (%(address)s)", title=hit.title, address=address)
    return Beside(hit, note, f"{hit.article_id}:{hit.revision}")


def _for_agents(html: str) -> str:
    """Links between articles, and pictures, stay on the agents' shelf, where all of them open."""
    return re.sub(r'(href|src)="/aide/', r'\1="/agent/connaissances/', html)


def _public_address(slug: str) -> str:
    site: str = current_app.config["SETTINGS"].public_url
    return f"{site.rstrip('/')}/aide/{slug}"


def _passage_text(found: PublishedArticle) -> str | None:
    """What an agent copies when no ticket is open beside."""
    if found.audience is not Audience.PUBLIC:
        return None
    out = passage(found.slug)
    return out.text if out else None
