"""The web application: settings in, Flask out."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from web import assets, errors, filters, health, i18n, rail, security, wiring
from web.auth import sessions
from web.config import Settings
from web.desk import labels, mail_words
from web.http import Relais
from web.reading_args import MOST
from web.rooms import blueprints


class RowNumber(IntegerConverter):
    """A number that a row may have: a greater one is no page, rather than a database error."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=MOST)


def create_app(settings: Settings | None = None, *, configure: bool = True) -> Flask:
    """The application. ``configure`` is False in tests, which have set the database up."""
    settings = settings or Settings()
    if configure:
        wiring.configure(settings)
    app = Relais("web", template_folder="templates", static_folder="static")
    if count := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    app.url_map.converters["int"] = RowNumber
    app.config.update(
        SETTINGS=settings,
        BABEL_DEFAULT_LOCALE="fr",
        BABEL_DEFAULT_TIMEZONE="Europe/Paris",
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.globals["settings"] = settings
    for part in (assets, i18n, filters, labels, mail_words, sessions, errors, rail, health):
        part.init(app)
    security.init(app, settings)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    _refuse_undeclared(app)
    security.let_programmes_in(app)
    return app


def _refuse_undeclared(app: Flask) -> None:
    from web.access import access_of

    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            access_of(app, rule.endpoint)
