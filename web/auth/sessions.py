"""Who is signed in: the cookie names the account and the epoch of its password."""

from __future__ import annotations

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin
from sqlalchemy.orm import joinedload

from support.kernel import db
from support.people.models import Agent, Team

manager = LoginManager()


class Sessions(SecureCookieSessionInterface):
    """A session lasts for as long as somebody does something: a page that asks by itself what
    rings does not prolong it.
    """

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        by_itself = request.endpoint == "ringing.now_ringing" and not session.modified
        return not by_itself and super().should_set_cookie(app, session)


def init(app: Flask) -> None:
    app.session_interface = Sessions()
    manager.init_app(app)
    manager.session_protection = None  # behind a proxy, addresses change within a session


class SignedIn(UserMixin):
    """What Flask-Login keeps: ``12:3`` is account 12 in the third epoch of its password."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent

    def get_id(self) -> str:
        return f"{self.agent.id}:{self.agent.session_epoch}"

    @property
    def display_name(self) -> str:
        return self.agent.full_name

    @property
    def email(self) -> str:
        return self.agent.email


@manager.user_loader
def load(cookie: str) -> SignedIn | None:
    identifier, _, epoch = cookie.partition(":")
    if not (identifier.isdecimal() and epoch.isdecimal()):
        return None
    if db.in_transaction():
        agent = _agent(int(identifier))
    else:  # an error page: there is no transaction any more
        with db.transaction(write=False):
            agent = _agent(int(identifier))
    if agent is None or not agent.active or agent.session_epoch != int(epoch):
        return None
    return SignedIn(agent)


def _agent(identifier: int) -> Agent | None:
    return db.session().get(
        Agent, identifier, options=[joinedload(Agent.team, innerjoin=True).joinedload(Team.site)]
    )
