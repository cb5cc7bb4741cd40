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
        for line in wrong_settings(error):
            click.echo(line, err=True)
        sys.exit(2)
    _speak(settings)
    return settings


def wrong_settings(error: ValidationError) -> list[str]:
    """One line for each setting that cannot be used: its name and what it must be."""
    lines = []
    for problem in error.errors():
        name = "".join(f"RELAIS_{part}".upper() for part in problem["loc"])
        words = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{name}: {words}" if name else words)
    return lines


def _speak(settings: Settings) -> None:
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    # What a migration does is said by the command that runs it.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # « No hostname was supplied »: the embedded broker has none, each time it is asked.
    logging.getLogger("kombu").setLevel(logging.ERROR)


def ready() -> tuple[Settings, Engine]:
    """Settings read and every room configured."""
    settings = read_settings()
    return settings, wiring.configure(settings)
