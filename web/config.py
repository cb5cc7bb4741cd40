"""Settings, from the environment or a ``.env`` file. Each wrong one is named with its remedy."""

from __future__ import annotations

import os
import secrets
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from channels.sms import gateway
from escalation.glpi.settings import Mode, read_maps
from escalation.glpi.settings import Settings as GlpiSettings


class Settings(BaseSettings):
    """What an operator may set. Names in the environment carry ``RELAIS_`` in front."""

    model_config = SettingsConfigDict(
        env_prefix="RELAIS_", env_file=".env", extra="ignore", validate_default=True
    )

    data_dir: Path = Path("var")
    database_url: str = ""
    broker_url: str = ""
    secret_key: str = ""
    public_url: str = "http://127.0.0.1:8000"
    mail_from: str = "Relais <relais@demo.relais>"
    smtp_url: str = ""
    # Where text messages go: « console: » writes them to files, https:// is a provider.
    sms_url: str = ""
    sms_token: str = ""
    sms_from: str = "Relais"
    imap_urls: str = ""
    service_name: str = "Relais"
    # What the legal pages say; « à compléter » shows that the operator has not yet.
    publisher: str = "Relais (à compléter par l’exploitant)"
    publication_director: str = "à compléter par l’exploitant"
    hosted_by: str = "à compléter par l’exploitant"
    languages: str = (
        "fr,en,es,ar"  # of the public pages; each needs its catalogue in web/translations
    )
    # Seconds after which a row held by a worker that died is taken up again.
    outbox_lease: int = Field(120, ge=5)
    fetch_every: int = Field(60, ge=1)
    # Folder of each mailbox where what was taken goes; without it, it is deleted.
    imap_archive: str = ""
    # Bytes of the largest mail that is taken for a request; a larger one is answered so.
    largest_mail: int = Field(50 * 1024 * 1024, ge=1024)
    # Names of the receiving servers whose Authentication-Results are believed, with spaces.
    trusted_authserv: str = ""
    same_matter_hours: int = Field(6, ge=0, le=168)
    reopen_days: int = Field(30, ge=1)
    # The date promised: so many of a hundred answers of the reason came within it, lately.
    promise_percent: int = Field(80, ge=50, le=99)
    promise_least: int = Field(30, ge=5)
    # Working hours in which somebody answers for the first time, and the receipt leaves.
    first_answer_hours: int = Field(16, ge=1, le=400)
    acknowledgement_hours: int = Field(70, ge=1, le=400)
    largest_upload: int = Field(35 * 1024 * 1024, ge=1024)
    # A public form sent sooner than this after it was opened is asked for once more; 0: never.
    form_least_seconds: int = Field(3, ge=0, le=60)
    # Seconds during which an agent may take a reply back; 0 sends at once.
    undo_seconds: int = Field(15, ge=0, le=600)
    # Bytes of files that one mail carries; what is beyond goes as links.
    mail_files_limit: int = Field(10 * 1024 * 1024, ge=0)
    log_level: str = "INFO"
    # How many proxies of ours stand in front: as many addresses at the end of X-Forwarded-For
    # are believed. Too many, and anybody may claim any address.
    trusted_proxies: int = Field(0, ge=0, le=5)
    metrics_token: str = ""
    # How many requests a minute one token of a programme may make.
    api_rate: int = Field(3000, ge=1)
    # What finds the candidates of a search: "tantivy" for tens of thousands of articles.
    search_engine: Literal["whoosh", "tantivy"] = "whoosh"
    # Days after which a critical article that nobody has checked is withdrawn from its readers.
    article_grace_days: int = Field(30, ge=0, le=3650)
    # Calls that ring appear on the agents' screens: as soon as a telephony token is in force, or
    # never ("off": their pages ask for nothing).
    telephony: Literal["auto", "off"] = "auto"
    # Another help desk in which a level works (docs/glpi.md); nothing without its address.
    glpi_url: str = ""
    glpi_mode: Mode = Mode.ON
    glpi_version: Literal["v1", "v2"] = "v1"
    glpi_app_token: str = ""
    glpi_user_token: str = ""
    glpi_client_id: str = ""
    glpi_client_secret: str = ""
    glpi_username: str = ""
    glpi_password: str = ""
    glpi_webhook_secret: str = ""
    glpi_every: int = Field(120, ge=10)
    # Whether those who read there may know who the person is.
    glpi_entitled: bool = False
    # Whether tickets begun there become tickets here.
    glpi_adopt: bool = False
    glpi_timezone: str = "Europe/Paris"
    glpi_timeout: int = Field(20, ge=1, le=120)
    glpi_largest_file: int = Field(10 * 1024 * 1024, ge=0)
    glpi_maps: Path | None = None

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:", "postgresql+psycopg:")):
            raise ValueError("must begin with postgresql+psycopg:// or sqlite:///")
        return value

    @field_validator("sms_url")
    @classmethod
    def _known_gateway(cls, value: str) -> str:
        if not gateway.known(value):
            raise ValueError("must be empty, « console: » or begin with https://")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _known_smtp(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("smtp", "smtps", "smtp+starttls"):
            raise ValueError("must begin with smtp://, smtps:// or smtp+starttls://")
        return value

    @field_validator("imap_urls")
    @classmethod
    def _known_imap(cls, value: str) -> str:
        for url in value.split():
            if urlsplit(url).scheme not in ("imap", "imaps"):
                raise ValueError("each must begin with imap:// or imaps://")
        return value

    @field_validator("glpi_url")
    @classmethod
    def _known_glpi(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("must begin with https:// (or http:// inside)")
        return value.rstrip("/")

    @field_validator("glpi_maps", mode="before")
    @classmethod
    def _no_maps(cls, value: object) -> object:
        return value or None

    @field_validator("glpi_timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, ZoneInfoNotFoundError) as error:
            raise ValueError("is no time zone; example: Europe/Paris") from error
        return value

    @model_validator(mode="after")
    def _way_into_glpi(self) -> Settings:
        if self.glpi_url and self.glpi_version == "v2" and not self.glpi_client_id:
            raise ValueError("RELAIS_GLPI_CLIENT_ID is required with RELAIS_GLPI_VERSION=v2")
        by_v1 = self.glpi_url and self.glpi_version == "v1"
        if by_v1 and not (self.glpi_user_token or self.glpi_username):
            raise ValueError("RELAIS_GLPI_USER_TOKEN is required with RELAIS_GLPI_URL")
        read_maps(self.glpi_maps)
        return self

    @model_validator(mode="after")
    def _embedded_defaults(self) -> Settings:
        self.data_dir = self.data_dir.resolve()
        if not self.database_url:
            self.database_url = f"sqlite:///{self.data_dir / 'relais.sqlite3'}"
        if not self.secret_key:
            if not self.embedded:
                raise ValueError("RELAIS_SECRET_KEY is required with a database server")
            self.secret_key = _kept_secret(self.data_dir)
        return self

    @cached_property
    def glpi(self) -> GlpiSettings | None:
        """The bridge's own settings; None without an address."""
        if not self.glpi_url:
            return None
        same = ("url", "version", "mode", "app_token", "user_token", "client_id", "client_secret",
                "username", "password", "webhook_secret", "entitled", "adopt", "timeout",
                "largest_file")  # fmt: skip
        return GlpiSettings(
            **{name: getattr(self, f"glpi_{name}") for name in same},
            zone=ZoneInfo(self.glpi_timezone),
            maps=read_maps(self.glpi_maps),
        )

    @property
    def embedded(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def mailboxes(self) -> list[str]:
        return self.imap_urls.split()

    @property
    def mail_domain(self) -> str:
        """The domain of our own Message-IDs."""
        return parseaddr(self.mail_from)[1].rpartition("@")[2] or "localhost"

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def offered_languages(self) -> list[str]:
        return [code.strip() for code in self.languages.split(",") if code.strip()]


def _kept_secret(data_dir: Path) -> str:
    """The embedded default's own secret, made once and kept beside the database."""
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
