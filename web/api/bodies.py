"""Reading what a programme sends, and giving its first answer again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from support.intake import repeating
from support.kernel import db
from web.api import bearing
from web.api.problems import Refused

LARGEST = 64 * 1024  # bytes; nothing that programmes send here is longer
JSON = "application/json"
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def read_object(*, forms: bool = False) -> dict[str, Any]:
    """The JSON object sent, or with ``forms`` the fields of a form.

    Raises Refused 400 for what cannot be read, 413, 415.
    """
    request.max_content_length = LARGEST
    if forms and request.mimetype in FORMS:
        return {
            name: values[0] if len(values) == 1 else values
            for name, values in request.form.to_dict(flat=False).items()
        }
    if request.mimetype != JSON:
        raise Refused(415, "api.form_or_json" if forms else "api.json_only")
    try:
        sent = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise Refused(400, "api.not_json") from error
    if not isinstance(sent, dict):
        raise Refused(400, "api.not_object")
    return sent


def once(sent: Mapping[str, Any], make: Callable[[], tuple[int, Mapping[str, Any]]]) -> Response:
    """``make``'s answer, in one transaction; with an ``Idempotency-Key`` given before, the first.

    Call it outside any transaction. Raises Invalid when the key came with another request.
    """
    key, token = request.headers.get("Idempotency-Key", ""), bearing.current()
    assert token is not None
    with db.transaction():
        if key:
            before = repeating.first_answer(token.id, key, _fingerprint(sent))
            if before is not None:
                return Response(before.body, before.status, content_type=JSON)
        status, answer = make()
        body = json.dumps(answer, ensure_ascii=False).encode()
        if key:
            repeating.remember(token.id, key, status, body)
    return Response(body, status, content_type=JSON)


def _fingerprint(sent: Mapping[str, Any]) -> str:
    what = [request.method, request.endpoint, sent]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
