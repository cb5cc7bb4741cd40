"""Every table there is, imported in one place for migrations and start-up."""

from __future__ import annotations

from importlib import import_module

from support.kernel.db import Base

for name in (
    "channels.phone.calls",
    "channels.mail.models",
    "escalation.announcements.models",
    "escalation.fallback.models",
    "escalation.glpi.models",
    "escalation.known_issues.models",
    "escalation.models",
    "escalation.releases.models",
    "escalation.reviews.models",
    "escalation.transfers.models",
    "knowledge.articles.models",
    "knowledge.articles.helping",
    "knowledge.articles.learned",
    "knowledge.articles.voting",
    "knowledge.gaps.typed_again",
    "knowledge.gaps.written",
    "knowledge.search.asked",
    "knowledge.search.entries",
    "knowledge.recalls.models",
    "support.catalogue.models",
    "support.clocks.models",
    "support.help_sessions.assistance_log",
    "support.help_sessions.directory.models",
    "support.help_sessions.first_places",
    "support.help_sessions.models",
    "support.help_sessions.orienting",
    "support.intake.models",
    "support.intake.repeating",
    "support.outbox.models",
    "support.people.models",
    "support.people.notices",
    "support.people.tokens",
    "support.tickets.call_backs",
    "support.tickets.facts",
    "support.tickets.models",
    "support.tickets.timeline",
):
    import_module(name)

metadata = Base.metadata
