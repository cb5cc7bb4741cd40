"""Bearer tokens of accounts: what a programme shows instead of a password.

Kept only as a digest: the token itself is seen once, by whoever asked for it. ``by`` is an
agent who may administer; None is whoever holds the machine, at its command line.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, case, select, update
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship

from support.kernel import db
from support.kernel.db import Base, BigKey, PrimaryKey, word
from support.kernel.errors import Invalid, NotVisible
from support.kernel.time import Instant, now
from support.people.models import Agent
from support.people.permissions import Permission, may, require

LONGEST_LABEL = 80
MINUTE = timedelta(minutes=1)
# The secret is 256 random bits: a plain digest cannot be turned back, and needs no slowness.
_START = {"account": "relais_", "telephony": "relais_tel_"}


class TokenKind(StrEnum):
    ACCOUNT = "account"  # may do what its account may
    TELEPHONY = "telephony"  # may say what the telephone exchange does, and nothing else


class ApiToken(Base):
    """``hint`` is the end of the token, to tell one from another. A minute's uses are counted."""

    __tablename__ = "api_token"
    __table_args__ = (
        Index("ix_api_token_agent", "agent_id", "id"),
        Index("ix_api_token_kind", "kind", "revoked_at"),
    )

    id: Mapped[PrimaryKey]
    agent_id: Mapped[int] = mapped_column(BigKey, ForeignKey("agent.id"))
    kind: Mapped[TokenKind] = mapped_column(word(TokenKind))
    label: Mapped[str] = mapped_column(String(LONGEST_LABEL), default="")
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    minute_from: Mapped[datetime | None] = mapped_column(Instant)
    minute_uses: Mapped[int] = mapped_column(default=0)

    agent: Mapped[Agent] = relationship()

    def may(self, permission: Permission) -> bool:
        if self.kind is TokenKind.TELEPHONY:
            return permission is Permission.FEED_CALLS and self.agent.active
        return may(self.agent, permission)


@dataclass(frozen=True)
class IssuedToken:
    """``secret`` in clear: shown once, kept nowhere."""

    token: ApiToken
    secret: str


def issue(
    agent: Agent,
    *,
    by: Agent | None,
    kind: TokenKind = TokenKind.ACCOUNT,
    label: str = "",
    secret: str | None = None,
) -> IssuedToken:
    """A new token of ``agent``'s. Raises Invalid ``field.too_long``, ``account.closed``.

    ``secret``: a given one, for the demonstration; otherwise it is drawn.
    """
    _require(by)
    if len(label.strip()) > LONGEST_LABEL:
        raise Invalid.of("field.too_long", "label", most=LONGEST_LABEL)
    if not agent.active:
        raise Invalid.of("account.closed", "agent")
    secret = secret or _START[kind] + secrets.token_urlsafe(32)
    token = ApiToken(
        agent=agent, kind=kind, label=label.strip(), digest=_digest(secret), hint=secret[-4:]
    )
    db.session().add(token)
    db.session().flush()
    return IssuedToken(token, secret)


def revoke(token: ApiToken, *, by: Agent | None) -> None:
    """End a token at once. A second time changes nothing."""
    _require(by)
    token.revoked_at = token.revoked_at or now()


def tokens_of(agent: Agent, *, by: Agent | None) -> Sequence[ApiToken]:
    """The newest first, revoked ones included."""
    _require(by)
    query = select(ApiToken).where(ApiToken.agent_id == agent.id).order_by(ApiToken.id.desc())
    return db.session().scalars(query).all()


def in_force(*, by: Agent | None, before: int | None, limit: int) -> Sequence[ApiToken]:
    """Every account's that still open something, the newest first, older than ``before``."""
    _require(by)
    query = (
        select(ApiToken)
        .join(ApiToken.agent)
        .where(ApiToken.revoked_at.is_(None), Agent.active)
        .options(contains_eager(ApiToken.agent))
        .order_by(ApiToken.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(ApiToken.id < before)
    return db.session().scalars(query).all()


def one_token(token_id: int, *, by: Agent | None) -> ApiToken:
    """Raises NotVisible ``token.unknown``."""
    _require(by)
    found = db.session().get(ApiToken, token_id)
    if found is None:
        raise NotVisible.of("token.unknown")
    return found


def recognise(secret: str) -> ApiToken | None:
    """The token in force that ``secret`` is, with its account; this use is counted."""
    query = select(ApiToken).where(ApiToken.digest == _digest(secret))
    token = db.session().scalar(query.options(joinedload(ApiToken.agent).joinedload(Agent.team)))
    if token is None or token.revoked_at is not None or not token.agent.active:
        return None
    _count(token)
    return token


def _count(token: ApiToken) -> None:
    # In the database's own arithmetic: two that count at once are two.
    at, fresh = now(), ApiToken.minute_from > now() - MINUTE
    db.session().execute(
        update(ApiToken)
        .where(ApiToken.id == token.id)
        .values(
            minute_uses=case((fresh, ApiToken.minute_uses + 1), else_=1),
            minute_from=case((fresh, ApiToken.minute_from), else_=at),
            last_used_at=at,
        )
        .execution_options(synchronize_session=False)
    )
    db.session().refresh(token, ["minute_uses", "minute_from", "last_used_at"])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _require(by: Agent | None) -> None:
    if by is not None:
        require(by, Permission.ADMINISTER)
