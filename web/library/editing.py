"""Writing articles: the list of them all, the form, its preview, what readers are shown."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from knowledge.articles import checking, editors, publishing, reviewing, translating, writing
from knowledge.articles.editors import EditorLine
from knowledge.articles.models import Article, ArticleState, Audience, Revision
from knowledge.articles.skeletons import Skeleton, text_of
from knowledge.importing import local_notes
from knowledge.recalls import finding
from support.kernel import db
from support.kernel.errors import Conflict, Invalid
from support.kernel.time import today
from support.people.permissions import Permission
from web import i18n, uploads
from web.access import staff
from web.desk import catalogue
from web.http import me
from web.library import attaching, gaps, labels, previewing, sheets
from web.library.comparing import Passage, compare
from web.library.searching import typed
from web.library.sheets import Sheet
from web.messages import sentences
from web.reading_args import MOST_SMALL, instant_and_number, row_number

bp = Blueprint("editing", __name__, url_prefix="/agent/connaissances/redaction")

PAGE = 50
LATE, SUBMITTED = "a-verifier", "a-relire"


@dataclass(frozen=True)
class Meanwhile:
    """Somebody saved before: their revision, and what saving now would change in it."""

    revision: Revision
    about_changed: bool
    body: list[Passage] = field(default_factory=list)


@bp.get("")
@staff(Permission.WRITE_ARTICLES)
def drafts() -> ResponseReturnValue:
    """Every article in every state, the last changed first."""
    asked = request.args.get("etat")
    state = _one_of(ArticleState, asked)
    audience = _one_of(Audience, request.args.get("public"))
    text = typed(request.args.get("q"))
    lines = editors.for_editors(
        by=me(), state=state, audience=audience, text=text,
        late=asked == LATE, submitted=asked == SUBMITTED,
        after=instant_and_number(request.args.get("apres", "")), limit=PAGE + 1,
    )  # fmt: skip
    return render_template(
        "library/drafts.html",
        lines=lines[:PAGE],
        next=_address(apres=_cursor(lines[PAGE - 1])) if len(lines) > PAGE else None,
        first=_address(apres=None) if request.args.get("apres") else None,
        state=state.value if state else asked if asked in (LATE, SUBMITTED) else None,
        audience=audience, q=text, audiences=list(Audience), labels=labels, today=today(),
        address=_address,
    )  # fmt: skip


@bp.get("/nouvelle")
@staff(Permission.WRITE_ARTICLES)
def new() -> ResponseReturnValue:
    if want := request.args.get("manque"):
        return _form(gaps.begun(want), None)
    return _form(Sheet(title=typed(request.args.get("titre"))), None)


@bp.post("/nouvelle")
@staff(Permission.WRITE_ARTICLES)
def create() -> ResponseReturnValue:
    sheet = sheets.read(request.form)
    go = request.form.get("aller", "")
    if go == "apercu":
        return _form(sheet, None)
    if go == "joindre":
        return _attached(sheet, None)
    if skeleton := _one_of(Skeleton, go):
        # Never over words: only an empty text is begun.
        return _form(sheet if sheet.body.strip() else replace(sheet, body=text_of(skeleton)), None)
    try:
        article = writing.draft(
            sheet.address(), sheet.words(), sheet.about(), by=me(), comment=sheet.comment
        )
    except Invalid as refusal:
        db.session().rollback()
        return _form(sheet, None, errors=sentences(refusal)), 422
    gaps.note_written(request.form.get("manque", ""), article)
    return _saved(article, _("Brouillon enregistré : personne ne le lit encore."))


@bp.get("/<int:article_id>/modifier")
@staff(Permission.WRITE_ARTICLES)
def edit(article_id: int) -> ResponseReturnValue:
    article, revision = editors.one_for_editor(article_id, by=me())
    return _form(sheets.of_article(article, revision), article)


@bp.post("/<int:article_id>/modifier")
@staff(Permission.WRITE_ARTICLES)
def save(article_id: int) -> ResponseReturnValue:
    """The next revision, or what is said about the article, or both. Nothing is overwritten."""
    article, revision = editors.one_for_editor(article_id, by=me())
    sheet = sheets.read(request.form)
    if request.form.get("aller") == "apercu":
        return _form(sheet, article)
    if request.form.get("aller") == "joindre":
        return _attached(sheet, article)
    if request.form.get("aller") == "notes":
        return _form(replace(sheet, body=local_notes.with_mark(sheet.body)), article)
    # Two editors wait for each other here: what follows compares with what is really there.
    db.session().refresh(article, with_for_update=True)
    try:
        said = _write(article, revision, sheet)
    except Invalid as refusal:
        return _again(article_id, sheet, sentences(refusal)), 422
    except Conflict as refusal:
        if not refusal.code.endswith("_meanwhile"):
            return _again(article_id, sheet, sentences(refusal)), 409
        return _beside(article_id, sheet), 409
    return _saved(article, said)


@bp.post("/apercu")
@staff(Permission.WRITE_ARTICLES)
def preview() -> ResponseReturnValue:
    """The words being typed, as their readers will see them."""
    return render_template("library/_preview.html", **_previewed(sheets.read(request.form)))


@bp.post("/<int:article_id>/publications")
@staff(Permission.WRITE_ARTICLES)
def publish(article_id: int) -> ResponseReturnValue:
    """Back to what readers had before; or what nobody else has read, for a reason."""
    article, _revision = editors.one_for_editor(article_id, by=me())
    number = row_number(request.form, "number", MOST_SMALL) or article.latest_number
    if number <= (article.published_number or 0):
        publishing.publish(article, number=number, by=me())
    else:
        try:
            reviewing.publish_unread(article, number=number, by=me(), said=_said())
        except Invalid as refusal:
            return _again(article_id, None, sentences(refusal)), 422
    return _saved(article, _published(article))


@bp.post("/<int:article_id>/relectures")
@staff(Permission.WRITE_ARTICLES)
def submit(article_id: int) -> ResponseReturnValue:
    """Ask somebody else to read the latest revision."""
    article, _revision = editors.one_for_editor(article_id, by=me())
    reviewing.submit(article, by=me(), said=_said())
    return _saved(article, _asked())


@bp.post("/<int:article_id>/annulations")
@staff(Permission.WRITE_ARTICLES)
def unschedule(article_id: int) -> ResponseReturnValue:
    article, _revision = editors.one_for_editor(article_id, by=me())
    publishing.unschedule(article, by=me())
    return _saved(article, _("La publication prévue est annulée."))


@bp.post("/<int:article_id>/verifications")
@staff(Permission.WRITE_ARTICLES)
def check(article_id: int) -> ResponseReturnValue:
    """What it says is still true today."""
    article, _revision = editors.one_for_editor(article_id, by=me())
    checking.mark_checked(article, by=me(), said=_said())
    return _saved(article, _("Vérifiée aujourd’hui."))


@bp.post("/<int:article_id>/adresses")
@staff(Permission.WRITE_ARTICLES)
def rename(article_id: int) -> ResponseReturnValue:
    article, _revision = editors.one_for_editor(article_id, by=me())
    wanted = request.form.get("slug", "").strip()
    try:
        if wanted in sheets.RESERVED:
            raise Invalid.of("article.slug_taken", "slug")
        writing.rename(article, wanted, by=me())
    except Invalid as refusal:
        return _again(article_id, None, sentences(refusal)), 422
    return _saved(article, _("Nouvelle adresse : l’ancienne y mène toujours."))


@bp.post("/<int:article_id>/archives")
@staff(Permission.WRITE_ARTICLES)
def archive(article_id: int) -> ResponseReturnValue:
    article, _revision = editors.one_for_editor(article_id, by=me())
    try:
        instead = request.form.get("replaced_by", "").strip().rpartition("/")[2]
        publishing.archive(article, by=me(), replaced_by=instead)
    except Invalid as refusal:
        return _again(article_id, None, sentences(refusal)), 422
    return _saved(article, _("Fiche archivée : plus personne ne la lit. Vous pouvez la republier."))


def _write(article: Article, revision: Revision, sheet: Sheet) -> str:
    """Save what differs and say it. Raises Invalid, Conflict."""
    about, goes = sheet.about(), request.form.get("aller")
    at = sheet.when() if goes == "relecture" else None
    problems = writing.problems_of(article.slug, sheet.words(), about, sheet.comment)
    if problems:
        raise Invalid(*problems)
    if sheet.about_seen != sheets.about_mark(article):
        raise Conflict.of("article.described_meanwhile")
    same_words = sheets.same_words(sheet, revision)
    if sheet.based_on != article.latest_number or not same_words:
        writing.revise(
            article, sheet.words(), based_on=sheet.based_on, by=me(), comment=sheet.comment
        )
    same_about = sheets.same_about(about, article)
    if not same_about:
        writing.describe(article, about, by=me(), said=sheet.comment)
    if goes and goes != "enregistrer" and _is_read(article):
        return _("Enregistré. Le texte est déjà celui que les lecteurs voient.")
    if goes == "publier":
        reviewing.publish_unread(article, by=me(), said=sheet.comment)
        return _published(article)
    if goes == "relecture":
        reviewing.submit(article, by=me(), publish_at=at, said=sheet.comment)
        return _asked()
    if same_words and same_about:
        return _("Rien n’a changé.")
    if article.state is ArticleState.PUBLISHED and not same_words:
        return _(
            "Révision %(number)s enregistrée. Les lecteurs voient encore la révision %(shown)s.",
            number=article.latest_number, shown=article.published_number,
        )  # fmt: skip
    return _("Enregistré.")


def _is_read(article: Article) -> bool:
    """Whether readers see the latest words already: there is nothing to read before them."""
    published = article.state is ArticleState.PUBLISHED
    return published and article.published_number == article.latest_number


def _published(article: Article) -> str:
    return _("Révision %(number)s publiée.", number=article.published_number)


def _saved(article: Article, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("editing.edit", article_id=article.id), 303)


def _asked() -> str:
    return _("Relecture demandée : une autre personne lira ce texte avant les lecteurs.")


def _said() -> str:
    return request.form.get("said", "")[:2000]


def _attached(sheet: Sheet, article: Article | None) -> ResponseReturnValue:
    """The files that were chosen, named at the end of the text, which is not saved by that."""
    marks, refusal = attaching.taken()
    body = "\n\n".join([*([sheet.body.rstrip()] if sheet.body.strip() else []), *marks])
    errors: dict[str | None, str] = {"files": refusal} if refusal else {}
    return _form(replace(sheet, body=body), article, errors=errors), 422 if refusal else 200


def _again(article_id: int, sheet: Sheet | None, errors: dict[str | None, str]) -> str:
    db.session().rollback()
    article, revision = editors.one_for_editor(article_id, by=me())
    return _form(sheet or sheets.of_article(article, revision), article, errors=errors)


def _beside(article_id: int, sheet: Sheet) -> str:
    """What was typed, kept, with what somebody else saved meanwhile beside it."""
    db.session().rollback()
    article, revision = editors.one_for_editor(article_id, by=me())
    body = sheet.body.replace("\r\n", "\n").strip()
    meanwhile = Meanwhile(
        revision=revision,
        about_changed=sheet.about_seen != sheets.about_mark(article),
        body=compare(revision.body_markdown.strip(), body),
    )
    return _form(sheets.as_seen_now(sheet, article), article, meanwhile=meanwhile)


def _form(
    sheet: Sheet,
    article: Article | None,
    *,
    errors: dict[str | None, str] | None = None,
    meanwhile: Meanwhile | None = None,
) -> str:
    return render_template(
        "library/edit.html",
        sheet=sheet,
        article=article,
        errors=errors or {},
        meanwhile=meanwhile,
        procedures=[(p.code, p.label) for p in catalogue.procedures()],
        reasons=_grouped_reasons(),
        today=today(),
        said=_said(),
        upload_limit=uploads.limit(),
        notes_mark=local_notes.MARK,
        affected=finding.affected(article) if article else finding.NOBODY,
        **_languages(article),
        **_previewed(sheet),
    )


def _languages(article: Article | None) -> dict[str, Any]:
    """What is said beside the form of the languages of an article, or of what it translates."""
    if article is None:
        return {}
    if article.translation_of_id is not None:
        return {"translation": translating.one(article)}
    offered = [(code, i18n.language_name(code)) for code in i18n.offered() if code != "fr"]
    return {
        "translations": translating.of_article(article),
        "translatable": [*offered, ("fr", _("français facile"))],
    }


def _previewed(sheet: Sheet) -> dict[str, Any]:
    whole = sheet.body[: writing.LONGEST_BODY].replace("\r\n", "\n")
    reader = _one_of(Audience, request.form.get("lecteur")) or Audience.DIRECTORATE
    day = sheets.day_or_none(request.form.get("jour"))
    return {
        "preview_title": sheet.title,
        "preview_summary": sheet.summary,
        "preview_body": previewing.shown(whole, reader, day),
        "preview_reader": reader,
        "preview_day": day,
        "preview_missing": previewing.missing(whole),
        "audiences": list(Audience),
        "labels": labels,
        "preview_direction": labels.direction(sheet.language),
    }


def _grouped_reasons() -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for reason in catalogue.reasons():
        groups.setdefault(reason.group, []).append((reason.code, reason.label))
    return list(groups.items())


def _one_of(kind: Any, given: str | None) -> Any:
    return kind(given) if given in set(kind) else None


def _address(**changes: Any) -> str:
    """This list with other filters; another filter begins at the first page."""
    kept = {k: v for k, v in request.args.items() if k in ("etat", "public", "q")}
    wanted: dict[str, Any] = {k: v for k, v in (kept | changes).items() if v}
    return url_for("editing.drafts", **wanted)


def _cursor(line: EditorLine) -> str:
    return f"{line.updated_at.astimezone(UTC).isoformat()}_{line.id}"
