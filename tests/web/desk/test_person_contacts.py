"""Another address or number, as the person says it to an agent."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from support.kernel import db
from support.kernel.time import now
from support.people.models import ContactKind, Person, PersonContact
from tests.cast import again
from tests.web.conftest import Site


def path(site: Site) -> str:
    return f"/agent/personnes/{site.cast.awa.id}"


def contacts(site: Site) -> list[PersonContact]:
    with db.transaction(write=False) as session:
        query = select(PersonContact).where(PersonContact.person_id == site.cast.awa.id)
        return list(session.scalars(query.order_by(PersonContact.id)))


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        (" Awa.Nouvelle@Example.org ", ContactKind.EMAIL, "awa.nouvelle@example.org"),
        ("06 39 98 77 66", ContactKind.PHONE, "+33639987766"),
    ],
)
def test_it_is_added_and_vouched_for(site: Site, typed: str, kind: ContactKind, value: str) -> None:
    before = len(contacts(site))
    agent = site.as_("teleadviser")
    for _ in range(2):  # pressed twice it is one
        assert agent.send(f"{path(site)}/coordonnees", {"contact": typed}).status_code == 303
    found = contacts(site)
    assert len(found) == before + 1
    assert (found[-1].kind, found[-1].value) == (kind, value)
    assert found[-1].vouched_at is not None
    assert "noté sur sa fiche" in agent.get(path(site)).text


def test_after_a_refused_address_mail_goes_to_the_new_one(site: Site) -> None:
    with db.transaction():
        for contact in again(site.cast.awa).contacts:
            contact.failed_at = now() if contact.kind is ContactKind.EMAIL else None
    site.as_("teleadviser").send(f"{path(site)}/coordonnees", {"contact": "neuve@example.org"})
    with db.transaction() as session:
        person = session.get_one(Person, site.cast.awa.id)
        assert (person.email, person.email_failed) == ("neuve@example.org", False)


@pytest.mark.parametrize(
    ("typed", "words"),
    [("awa@", "n’est pas complète"), ("12", "n’est pas complet"), (" ", "Écrivez une adresse")],
)
def test_what_cannot_be_used_is_said_beside_the_field(site: Site, typed: str, words: str) -> None:
    before = len(contacts(site))
    refused = site.as_("teleadviser").send(f"{path(site)}/coordonnees", {"contact": typed})
    assert refused.status_code == 422
    assert words in refused.text
    assert f'value="{typed}"' in refused.text
    assert 'href="#contact"' in refused.text
    assert len(contacts(site)) == before


def test_who_opens_no_tickets_adds_nothing(site: Site) -> None:
    path_ = f"{path(site)}/coordonnees"
    assert site.as_("steering").send(path_, {"contact": "x@example.org"}).status_code in (403, 404)
