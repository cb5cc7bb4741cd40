"""What this door offers, for programmes that read it: OpenAPI 3.1 at ``/api/v1/openapi.json``."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from web.access import public

bp = Blueprint("api_description", __name__, url_prefix="/api/v1")


@bp.get("/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    return jsonify(describe())


@cache
def describe() -> dict[str, Any]:
    """The document as it is written in openapi.yaml, beside this module."""
    with current_app.open_resource("api/v1/openapi.yaml", "rb") as source:
        described: dict[str, Any] = yaml.safe_load(source)
    return described
