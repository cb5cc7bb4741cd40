"""The doors that exist: one blueprint per room."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from flask import Blueprint

# Each module has a blueprint named ``bp``.
ROOMS = (
    "web.auth.views",
    "web.citizen.commitments",
    "web.citizen.pages",
    "web.citizen.contact",
    "web.citizen.follow",
    "web.citizen.appointments",
    "web.citizen.downloads",
    "web.library.help",
    "web.library.shelf",
    "web.library.blocks",
    "web.library.attaching",
    "web.library.editing",
    "web.library.gaps",
    "web.library.linking",
    "web.library.reviewing",
    "web.library.words",
    "web.library.proposing",
    "web.library.translations",
    "web.library.recalling",
    "web.library.revisions",
    "web.home.views",
    "web.desk.queue",
    "web.desk.calls",
    "web.desk.ringing",
    "web.desk.call_backs",
    "web.desk.sorting",
    "web.desk.ledger",
    "web.desk.caught",
    "web.desk.ticket",
    "web.desk.acting",
    "web.desk.announcing",
    "web.desk.answers",
    "web.desk.gathering",
    "web.desk.escalating",
    "web.desk.transferring",
    "web.desk.files",
    "web.desk.persons",
    "web.chain.opening",
    "web.chain.reporting",
    "web.chain.messages",
    "web.chain.announcements",
    "web.chain.escalations",
    "web.chain.issues",
    "web.chain.releases",
    "web.chain.reviews",
    "web.chain.without_account",
    "web.help_point.day",
    "web.help_point.booking",
    "web.help_point.calendar",
    "web.help_point.figures",
    "web.help_point.waiting",
    "web.help_point.logging_help",
    "web.help_point.proof",
    "web.help_point.appointment",
    "web.admin.overview",
    "web.admin.accounts",
    "web.admin.account",
    "web.admin.structure",
    "web.admin.charting",
    "web.admin.team",
    "web.admin.every_token",
    "web.admin.given_up",
    "web.admin.hours",
    "web.admin.glpi",
    "web.admin.outside",
    "web.steering.views",
    "web.api.glpi",
    "web.api.v1.appointments",
    "web.api.v1.calls",
    "web.api.v1.knowledge",
    "web.api.v1.persons",
    "web.api.v1.description",
)


def blueprints() -> Iterator[Blueprint]:
    for name in ROOMS:
        yield import_module(name).bp
