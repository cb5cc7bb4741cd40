"""The front page, and the pages that the law asks for."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from knowledge.articles.models import Audience
from knowledge.search.finding import find
from web.access import public

bp = Blueprint("pages", __name__)


@bp.get("/")
@public
def front() -> ResponseReturnValue:
    return render_template("citizen/front.html", useful=find("", audience=Audience.PUBLIC, limit=6))


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
