"""Telling a robot from a person without asking a person anything: a trap, and time.

The trap is a field that nobody sees. The time is that of the first page, signed, so that a form
sent within a few seconds is asked for once more; somebody whose browser filled everything in at
once only has to press the button again.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from support.kernel.time import now

TRAP = "fonction"  # no browser fills that in by itself


def opened_now() -> str:
    """What the form carries to say when it was first shown."""
    return str(_signer().dumps(int(now().timestamp())))


def opened(typed: str) -> str:
    """The same token, or a fresh one for what is none of ours."""
    return typed if _instant(typed) is not None else opened_now()


def too_quick(token: str) -> bool:
    least: int = current_app.config["SETTINGS"].form_least_seconds
    begun = _instant(token)
    return least > 0 and (begun is None or now().timestamp() - begun < least)


def caught(form: Mapping[str, str]) -> bool:
    return bool(form.get(TRAP, "").strip())


def _instant(token: str) -> int | None:
    try:
        read = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return read if isinstance(read, int) else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="relais.form-opened")
