"""Filling the database of the settings: ``python -m tests.browser.planting KIND`` (see below).

A process of its own, so that nothing is configured in the process of the tests.
"""

from __future__ import annotations

import sys

from sqlalchemy import select

from knowledge.importing.markdown_folder import import_folder
from support.catalogue.models import ContactReason
from support.intake.models import Channel
from support.kernel import db
from support.people.identifying import Identity, recognise_or_create
from support.tickets.journal import Words
from support.tickets.opening import TicketDraft, open_ticket
from web import migrations, wiring
from web.config import Settings
from web.demo import loading, reading
from web.demo.organising import organise
from web.seeds import seeding


def centre() -> None:
    """The teams, the accounts, the chain and the articles, and not one ticket."""
    with db.transaction():
        seeding.seed()
        agents = organise(reading.read_demo_organisation())
        import_folder(reading.ARTICLES, by=agents[loading.EDITOR])


def question() -> None:
    """The centre, with one question that somebody has asked."""
    centre()
    with db.transaction() as session:
        reason = session.scalars(select(ContactReason).order_by(ContactReason.position)).first()
        assert reason is not None
        person = recognise_or_create(Identity("Amina", "Benali", "amina.benali@example.org"))
        draft = TicketDraft(
            subject="Attestation absente",
            words=Words("Bonjour, mon attestation n'est pas là.", channel=Channel.FORM),
            reason=reason,
            channel=Channel.FORM,
            person=person,
            acknowledge=False,
        )
        open_ticket(draft, by=person)


def demonstration() -> None:
    loading.load_demo()


if __name__ == "__main__":
    migrations.upgrade(wiring.configure(Settings()))
    {"centre": centre, "demonstration": demonstration, "question": question}[sys.argv[1]]()
