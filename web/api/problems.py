"""What programmes are told when something is refused: problem documents (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from support.kernel.errors import DomainError, Problem
from web.messages import sentence

TYPE = "application/problem+json"


class Refused(Exception):
    """The door itself refuses: ``code`` is one of web/messages.py."""

    def __init__(
        self, status: int, code: str, *, headers: Mapping[str, str] | None = None, **params: Any
    ) -> None:
        super().__init__(code)
        self.status, self.headers = status, dict(headers or {})
        self.problem = Problem(code, None, params)


def is_api() -> bool:
    return request.path.startswith("/api/")


def of_refusal(error: Refused) -> Response:
    return _document(error.status, [error.problem], error.headers)


def of_domain(error: DomainError, status: int) -> Response:
    return _document(status, list(error.problems))


def of_status(status: int, words: str) -> Response:
    return _write(status, {"title": _title(status), "detail": words})


def _document(
    status: int, problems: list[Problem], headers: Mapping[str, str] | None = None
) -> Response:
    body: dict[str, Any] = {
        "title": _title(status),
        "detail": " ".join(sentence(problem) for problem in problems),
        "code": problems[0].code,
    }
    fields = [
        {"field": problem.field, "code": problem.code, "detail": sentence(problem)}
        for problem in problems
        if problem.field
    ]
    if fields:
        body["errors"] = fields
    return _write(status, body, headers)


def _write(status: int, body: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    whole = {"type": "about:blank", "status": status, **body}
    text = json.dumps(whole, ensure_ascii=False)
    response = Response(text, status, content_type=TYPE)
    response.headers.update(headers or {})
    response.headers["Cache-Control"] = "no-store"
    return response


def _title(status: int) -> str:
    return {
        400: _("Demande mal formée"),
        401: _("Jeton absent ou sans valeur"),
        403: _("Action non permise"),
        404: _("Introuvable"),
        405: _("Méthode non permise"),
        409: _("La situation a changé"),
        413: _("Demande trop lourde"),
        415: _("Format non reconnu"),
        422: _("Demande incorrecte"),
        429: _("Trop de demandes"),
        500: _("Erreur de notre côté"),
        503: _("Service indisponible"),
    }.get(status, HTTPStatus(status).phrase)
