"""Headers and cookies: nothing from elsewhere, nothing inline, nothing framed."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, request
from flask_wtf import CSRFProtect

from web.access import access_of
from web.config import Settings

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "style-src 'self'",
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

GOING_BACK = frozenset({"/contact", "/suivi", "/connexion"})

csrf = CSRFProtect()


def init(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-relais" if settings.secure else "relais",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        # As long as the session: a form left open over lunch must still go through.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure,
        MAX_CONTENT_LENGTH=settings.largest_upload * 3,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
    )
    csrf.init_app(app)
    app.after_request(lambda response: _protect(response, settings))


def let_programmes_in(app: Flask) -> None:
    """A view that reads a bearer token or a signature, and no cookie, cannot be forged by another
    page's form.
    """
    for endpoint, view in app.view_functions.items():
        if endpoint == "static":
            continue
        access = access_of(app, endpoint)
        if access.token or access.peer:
            csrf.exempt(view)


def _protect(response: Response, settings: Settings) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if settings.secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if not response.cache_control.max_age and response.mimetype == "text/html":
        # Pages hold persons' words: no shared computer may keep them. The public form is the
        # exception: its steps answer a POST, and « Back » would show a browser's error.
        kept = "private, no-cache" if request.path in GOING_BACK else "no-store"
        headers.setdefault("Cache-Control", kept)
    return response
