"""Announcements: written once, addressed, read by those they concern; and who has read them."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from escalation.announcements import publishing
from escalation.announcements.models import Announcement, AnnouncementKind
from escalation.announcements.publishing import Audience, Draft
from support.kernel import db
from support.kernel.errors import DomainError, Invalid
from support.people import notices
from support.people.models import Role, Site
from support.people.permissions import Permission
from web.access import staff
from web.desk import catalogue
from web.http import me
from web.messages import sentences
from web.rail import role_label
from web.reading_args import row_number

bp = Blueprint("announcements", __name__, url_prefix="/agent/annonces")

LISTS = ("roles", "departments", "procedures")


@bp.get("")
@staff()
def listing() -> ResponseReturnValue:
    mine = request.args.get("pour") != "tous"
    found = publishing.read_announcements(me(), mine=mine, before=row_number(request.args, "avant"))
    rows = found[: publishing.PAGE]
    here: dict[str, Any] = {} if mine else {"pour": "tous"}
    more = len(found) > publishing.PAGE
    return render_template(
        "chain/announcements.html",
        rows=rows,
        mine=mine,
        kind_words=kind_words,
        next=url_for(".listing", **here, avant=rows[-1][0].id) if more else None,
        first=url_for(".listing", **here) if request.args.get("avant") else None,
    )


@bp.get("/nouvelle")
@staff(Permission.ANNOUNCE)
def new() -> ResponseReturnValue:
    return _form({"key": secrets.token_urlsafe(16), "by_mail": "1"})


@bp.post("")
@staff(Permission.ANNOUNCE)
def publish() -> ResponseReturnValue:
    """To whom it would go, first; sent when that has been read."""
    typed: dict[str, Any] = {n: request.form.get(n, "") for n in ("title", "body", "kind", "key")}
    typed |= {name: request.form.getlist(name) for name in LISTS}
    typed["by_mail"] = request.form.get("by_mail", "")
    audience = Audience(*(typed[name] for name in LISTS))
    try:
        if request.form.get("suite") != "publier":
            reaches = publishing.reaches(_draft(typed, audience), by=me())
            return _form(typed, reaches=len(reaches))
        made = publishing.publish(_draft(typed, audience), by=me())
    except Invalid as refusal:
        return _form(typed, refusal), 422
    receipts = publishing.receipts(made, me(), limit=1)
    flash(
        ngettext(
            "Annonce publiée : %(num)s personne la reçoit.",
            "Annonce publiée : %(num)s personnes la reçoivent.",
            receipts.told if receipts else 0,
        ),
        "success",
    )
    return redirect(url_for(".announcement", number=made.id), 303)


@bp.get("/<int:number>")
@staff()
def announcement(number: int) -> ResponseReturnValue:
    found = publishing.one_announcement(number)
    return render_template(
        "chain/announcement.html",
        announcement=found,
        kind_words=kind_words,
        audience=_audience_words(found),
        receipts=publishing.receipts(found, me()),
        unread=publishing.is_unread(found, me()),
    )


@bp.post("/<int:number>/lectures")
@staff()
def seen(number: int) -> ResponseReturnValue:
    """A press, and not the opening of the page: programs that check mail open every link."""
    notices.read(me(), publishing.KIND, publishing.one_announcement(number).id)
    flash(_("C’est noté : lu."), "success")
    return redirect(url_for(".listing"), 303)


@bp.get("/<int:number>/modifier")
@staff(Permission.ANNOUNCE)
def edit(number: int) -> ResponseReturnValue:
    found = publishing.one_announcement(number)
    return _correction(found, {"title": found.title, "body": found.body})


@bp.post("/<int:number>/modifier")
@staff(Permission.ANNOUNCE)
def correct(number: int) -> ResponseReturnValue:
    found = publishing.one_announcement(number)
    typed = {name: request.form.get(name, "") for name in ("title", "body")}
    try:
        publishing.correct(found, typed["title"], typed["body"], by=me())
    except Invalid as refusal:
        return _correction(found, typed, refusal), 422
    flash(_("Corrigée : chacun l’a de nouveau à lire."), "success")
    return redirect(url_for(".announcement", number=number), 303)


def kind_words(kind: AnnouncementKind) -> tuple[str, str, str]:
    """(words, tone, icon)."""
    return {
        AnnouncementKind.RELEASE: (_("mise en production"), "action", "layers"),
        AnnouncementKind.INCIDENT: (_("incident"), "broken", "exclamation-octagon-fill"),
        AnnouncementKind.NEWS: (_("information"), "neutral", "info-circle-fill"),
    }[kind]


def _draft(typed: dict[str, Any], audience: Audience) -> Draft:
    kinds = set(AnnouncementKind)
    kind = AnnouncementKind(typed["kind"]) if typed["kind"] in kinds else AnnouncementKind.NEWS
    key = (typed["key"] or secrets.token_urlsafe(16))[:64]
    return Draft(kind, typed["title"], typed["body"], audience, bool(typed["by_mail"]), key)


def _form(
    typed: dict[str, Any], refusal: DomainError | None = None, reaches: int | None = None
) -> str:
    departments = db.session().scalars(select(Site.department).distinct().order_by(Site.department))
    return render_template(
        "chain/announce.html",
        typed=typed,
        errors=sentences(refusal) if refusal else {},
        reaches=reaches,
        roles=[(role.value, role_label(role)) for role in Role],
        departments=[(one, one) for one in departments],
        procedures=[(one.code, one.label) for one in catalogue.procedures()],
        kinds=[(kind.value, kind_words(kind)[0].capitalize()) for kind in AnnouncementKind],
    )


def _correction(
    found: Announcement, typed: dict[str, str], refusal: DomainError | None = None
) -> str:
    errors = sentences(refusal) if refusal else {}
    return render_template(
        "chain/announcement_edit.html", announcement=found, typed=typed, errors=errors
    )


def _audience_words(found: Announcement) -> str:
    known = {one.code: one.label for one in catalogue.procedures()}
    roles = [role_label(role) for role in Role if role in found.audience.get("roles", ())]
    parts = [
        ", ".join(roles) or _("tous les rôles"),
        ", ".join(found.audience.get("departments", ())) or _("tous les départements"),
        ", ".join(known.get(code, code) for code in found.audience.get("procedures", ()))
        or _("toutes les démarches"),
    ]
    return " · ".join(parts)
