"""The front page, and the pages that the law asks for."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from escalation.known_issues.finding import shown_publicly
from knowledge.articles.models import Audience
from support.help_sessions.public_booking import open_points
from web.access import public
from web.library.searching import page_language, search

bp = Blueprint("pages", __name__)


@bp.get("/")
@public
def front() -> ResponseReturnValue:
    useful = search("", Audience.PUBLIC, limit=6, language=page_language())
    return render_template("citizen/front.html", useful=useful, incidents=shown_publicly(),
                           books=bool(open_points()))  # fmt: skip


@bp.get("/accessibilite")
@public
def accessibility() -> ResponseReturnValue:
    return render_template("citizen/accessibility.html")


@bp.get("/mentions-legales")
@public
def legal() -> ResponseReturnValue:
    return render_template("citizen/legal.html")


@bp.get("/donnees-personnelles")
@public
def personal_data() -> ResponseReturnValue:
    return render_template("citizen/personal_data.html")
