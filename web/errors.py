"""When something is refused or fails: a page in plain words, with a way on."""

from __future__ import annotations

import logging

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from support.kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotVisible
from web.api import problems
from web.messages import sentence

log = logging.getLogger(__name__)
KNOWN = {400, 403, 404, 405, 409, 410, 413, 429, 500, 503}
STATUS = {NotVisible: 404, Forbidden: 403, Conflict: 409, Invalid: 422}


def init(app: Flask) -> None:
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(problems.Refused, problems.of_refusal)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)


def _refused(error: DomainError) -> ResponseReturnValue:
    if problems.is_api():
        return problems.of_domain(error, STATUS.get(type(error), 400))
    words = " ".join(sentence(problem) for problem in error.problems)
    return _page(STATUS.get(type(error), 400), words)


def _forged(error: CSRFError) -> ResponseReturnValue:
    if request.path in ("/connexion", "/deconnexion"):
        return redirect(url_for("auth.sign_in_page"))
    return _page(
        400,
        _(
            "Votre session a expiré pendant que vous écriviez. Revenez en arrière : votre texte "
            "y est encore. Rechargez la page, puis envoyez à nouveau."
        ),
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    words = {
        404: _("Cette page n’existe pas, ou elle ne vous est pas ouverte."),
        405: _("Cette page ne s’ouvre pas de cette façon."),
        413: _("L’envoi est trop lourd. Joignez moins de fichiers, ou des fichiers plus légers."),
        429: _("Trop de demandes. Attendez un instant."),
    }
    return _page(error.code, words.get(error.code, _("La demande n’a pas pu être traitée.")))


def _failed(error: Exception) -> ResponseReturnValue:
    log.exception("request failed: %s %s", request.method, request.path)
    return _page(
        500,
        _("Une erreur s’est produite de notre côté. Rien de ce qui était enregistré n’est perdu."),
    )


def _page(status: int, words: str) -> ResponseReturnValue:
    if problems.is_api():
        return problems.of_status(status, words)
    if request.headers.get("HX-Request"):
        return render_template("errors/fragment.html", words=words), status
    known = status if status in KNOWN else 500
    return render_template(f"errors/{known}.html", message=words), status
