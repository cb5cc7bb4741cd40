"""Reading the settings for a command, or saying which one is wrong."""

from __future__ import annotations

import logging
import sys

import click
from pydantic import ValidationError
from sqlalchemy import Engine

from web import wiring
from web.config import Settings


def read_settings() -> Settings:
    """The settings; exits with 2, naming each wrong one, when they cannot be used."""
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = "".join(f"RELAIS_{part}".upper() for part in problem["loc"])
            click.echo(f"{name or 'settings'}: {problem['msg']}", err=True)
        sys.exit(2)
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    # What a migration does is said by the command that runs it.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return settings


def ready() -> tuple[Settings, Engine]:
    """Settings read and every room configured."""
    settings = read_settings()
    return settings, wiring.configure(settings)
