"""Persons who ask, agents who answer, and the teams and sites they belong to."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from support.kernel.db import Base, BigKey, PrimaryKey, plain, word
from support.kernel.time import Instant, now


class SiteKind(StrEnum):
    PREFECTURE = "prefecture"
    SUBPREFECTURE = "subprefecture"
    NATURALISATION_PLATFORM = "naturalisation_platform"
    HELP_POINT = "help_point"


class TeamKind(StrEnum):
    CONTACT_CENTRE = "contact_centre"
    PROJECT_DIRECTORATE = "project_directorate"
    BUSINESS_DIRECTORATE = "business_directorate"
    SITE_REFERENTS = "site_referents"
    HELP_POINT = "help_point"
    EDITORIAL = "editorial"
    STEERING = "steering"
    ADMINISTRATION = "administration"


class Role(StrEnum):
    TELEADVISER = "teleadviser"
    SUPERVISOR = "supervisor"
    PROJECT_AGENT = "project_agent"
    BUSINESS_AGENT = "business_agent"
    SITE_REFERENT = "site_referent"
    HELP_POINT_AGENT = "help_point_agent"
    KNOWLEDGE_EDITOR = "knowledge_editor"
    STEERING_READER = "steering_reader"
    ADMINISTRATOR = "administrator"


class SignaturePolicy(StrEnum):
    """How an agent signs to the public (CRPA L111-2: a name, unless safety justifies not)."""

    NAMED = "named"
    PSEUDONYM = "pseudonym"
    SERVICE_ONLY = "service_only"


class ContactKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"


class Site(Base):
    __tablename__ = "site"

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[SiteKind] = mapped_column(word(SiteKind))
    name: Mapped[str] = mapped_column(String(160))
    department: Mapped[str] = mapped_column(String(3), index=True)
    address: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")


class Team(Base):
    """A group of agents at one level. ``calendar_code`` names its working hours (clocks)."""

    __tablename__ = "team"

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[TeamKind] = mapped_column(word(TeamKind))
    label: Mapped[str] = mapped_column(String(120))
    # How the public reads it ("le centre de contact citoyens"), with where to write or call it.
    public_label: Mapped[str] = mapped_column(String(160))
    level: Mapped[int] = mapped_column(default=1)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    calendar_code: Mapped[str] = mapped_column(String(40), default="standard")
    address: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    # For all its agents, when that says less than their own policy.
    signature_policy: Mapped[SignaturePolicy | None] = mapped_column(word(SignaturePolicy))
    # Working hours in which it answers the level below; None: as usual for its kind.
    agreed_hours: Mapped[int | None]
    # The shared mailbox by which it works, when it does; and who may answer for it besides:
    # addresses, and whole domains ("@interieur.example").
    mailbox: Mapped[str | None] = mapped_column(String(254))
    delegates: Mapped[list[Any] | None] = mapped_column(JSON)
    # The other help desk in which it works ("glpi"), when it does.
    bridge: Mapped[str | None] = mapped_column(String(20))

    site: Mapped[Site | None] = relationship()


class Agent(Base):
    """Any staff account."""

    __tablename__ = "agent"
    __table_args__ = (Index("uq_agent_extension", "extension", unique=True),)

    id: Mapped[PrimaryKey]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[Role] = mapped_column(word(Role))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    # Stands for a team that works by mail, or in another help desk: acts when it answers, and
    # nobody signs in with it.
    by_mail: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Their place on the telephone exchange, by which it says who is called: "2204".
    extension: Mapped[str | None] = mapped_column(String(40))
    # Raised when the password changes or the account is disabled: older sessions end.
    session_epoch: Mapped[int] = mapped_column(default=1)
    signature_policy: Mapped[SignaturePolicy] = mapped_column(
        word(SignaturePolicy), default=SignaturePolicy.NAMED
    )
    pseudonym: Mapped[str | None] = mapped_column(String(120))
    pseudonym_reason: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    team: Mapped[Team] = relationship()

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class Person(Base):
    """Someone of the public. ``search_name`` is folded (no accents, lower case)."""

    __tablename__ = "person"

    id: Mapped[PrimaryKey]
    family_name: Mapped[str] = mapped_column(String(120), default="")
    given_name: Mapped[str] = mapped_column(String(120), default="")
    search_name: Mapped[str] = mapped_column(String(250), default="")
    foreigner_number: Mapped[str | None] = mapped_column(plain(10), index=True)
    # When an agent took the number down from the person; None: typed on a page by anybody.
    number_vouched_at: Mapped[datetime | None] = mapped_column(Instant)
    nationality: Mapped[str | None] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(String(3), default="fr")
    department: Mapped[str | None] = mapped_column(String(3))
    document_expires_on: Mapped[datetime | None] = mapped_column(Instant)
    # How they are spoken with on the telephone, when an agent has noted it: an interpreter of
    # that language, or a relay service for those who do not hear or speak.
    speaks_through: Mapped[str | None] = mapped_column(String(20))
    interpreted_language: Mapped[str | None] = mapped_column(String(3))
    created_at: Mapped[datetime] = mapped_column(Instant, default=now)

    contacts: Mapped[list[PersonContact]] = relationship(
        back_populates="person", order_by="PersonContact.id", lazy="selectin"
    )
    name_words: Mapped[list[PersonNameWord]] = relationship(cascade="all, delete-orphan")

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def email(self) -> str | None:
        """The address to write to: the first that has not failed."""
        return self._first(ContactKind.EMAIL)

    @property
    def email_failed(self) -> bool:
        """Whether mail to that address is known not to arrive."""
        mails = [c for c in self.contacts if c.kind is ContactKind.EMAIL]
        return bool(mails) and all(c.failed_at is not None for c in mails)

    @property
    def phone(self) -> str | None:
        return self._first(ContactKind.PHONE)

    def _first(self, kind: ContactKind) -> str | None:
        usable = [c for c in self.contacts if c.kind == kind]
        usable.sort(key=lambda c: (c.failed_at is not None, c.id or 0))
        return usable[0].value if usable else None


class PersonNameWord(Base):
    """One folded word of a name: found by its beginning, whichever name it is part of."""

    __tablename__ = "person_name_word"
    __table_args__ = (Index("ix_person_name_word", "word", "person_id"),)

    person_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    word: Mapped[str] = mapped_column(plain(120), primary_key=True)


class PersonContact(Base):
    """One way to reach a person. Shared by several persons at times: families share a phone.

    ``value`` is normalised: an address in lower case, a number in E.164. ``vouched_at`` is when
    it proved to be theirs (see ``vouching``); None for what anybody may have typed.
    """

    __tablename__ = "person_contact"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "value"),
        Index("ix_person_contact_kind_value", "kind", "value"),
    )

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(BigKey, ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[ContactKind] = mapped_column(word(ContactKind))
    value: Mapped[str] = mapped_column(plain(254))
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    vouched_at: Mapped[datetime | None] = mapped_column(Instant)

    person: Mapped[Person] = relationship(back_populates="contacts")


class SignInAttempt(Base):
    """Counted to slow down guessing: by account and by network address."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_email_at", "email", "at"),
        Index("ix_sign_in_attempt_address_at", "address", "at"),
    )

    id: Mapped[PrimaryKey]
    email: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    succeeded: Mapped[bool] = mapped_column(default=False)
