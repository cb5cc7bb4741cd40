"""Only a sure sign joins two contacts to one person."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlalchemy import func, select

from support.kernel import db
from support.people.identifying import (
    Identity,
    declared_or_create,
    index_name,
    recognise,
    recognise_declared,
    recognise_or_create,
)
from support.people.models import ContactKind, Person, PersonContact
from tests.factories import a_person

AWA = "awa@example.org"
PHONE = "+33639980001"
NUMBER = "7503012345"


@pytest.mark.parametrize(
    ("who", "known"),
    [
        # the same foreigner number with a compatible name
        (Identity("Awa", "Traoré", foreigner_number=NUMBER), "awa"),
        (Identity("Traore", "AWA", foreigner_number=NUMBER), "awa"),
        (Identity("Awa", "Diallo", foreigner_number=NUMBER), "awa"),  # married since
        (Identity(foreigner_number=NUMBER), "awa"),
        (Identity("Moussa", "Keita", foreigner_number=NUMBER), None),  # a digit was mistyped
        # the same address with the same name
        (Identity("Awa", "Traoré", email=AWA), "awa"),
        (Identity("traore", "awa", email=AWA), "awa"),
        (Identity(email=AWA), "awa"),  # nothing says otherwise
        (Identity("Awa Fatou", "Traoré", email=AWA), None),
        (Identity("Moussa", "Traoré", email=AWA), None),  # a husband, the same address
        # a telephone is the family's
        (Identity("Binta", "Traoré", phone=PHONE), "binta"),
        (Identity("Awa", "Traoré", phone=PHONE), "awa"),
        (Identity("Moussa", "Traoré", phone=PHONE), None),
        (Identity(phone=PHONE), None),
        # the same name and address with another number: a likeness, not a sure sign
        (Identity("Awa", "Traoré", email=AWA, foreigner_number="7503099999"), None),
        # a name proves nothing
        (Identity("Awa", "Traoré"), None),
        (Identity(), None),
    ],
)
def test_who_is_recognised(cast, who, known):
    found = recognise(who)
    assert found is (cast.persons[known] if known else None)


def how_many() -> int:
    return db.session().scalar(select(func.count()).select_from(Person))


def test_the_known_person_is_completed_and_never_overwritten(cast):
    before = how_many()
    who = Identity("awa", "TRAORE", AWA, "+33639980077", None, language="bm", department="93")
    person = recognise_or_create(who)
    assert (person, how_many()) == (cast.awa, before)
    assert (person.full_name, person.language) == ("Awa Traoré", "fr")
    assert (person.department, person.foreigner_number) == ("93", NUMBER)
    values = [contact.value for contact in person.contacts]
    assert values == [AWA, PHONE, "+33639980077"]
    assert recognise_or_create(who).contacts == person.contacts


def test_families_that_share_a_telephone_are_not_joined(cast):
    assert cast.awa.id != cast.binta.id
    child = recognise_or_create(Identity("Kadi", "Traoré", phone=PHONE))
    assert child not in (cast.awa, cast.binta)


def test_an_address_without_a_name_makes_one_person_however_often_it_writes(cast):
    unnamed = Identity(email="famille@example.org")
    first = recognise_or_create(unnamed)
    named = recognise_or_create(Identity("Ali", "Khan", email="famille@example.org"))
    assert named is not first
    before = how_many()
    assert {recognise_or_create(unnamed).id for _ in range(3)} == {first.id}
    assert how_many() == before


def test_one_person_entered_twice_at_once_does_not_become_a_third(db_session):
    twins = [Person(given_name="Ali", family_name="Khan", contacts=[]) for _ in range(2)]
    for twin in twins:
        index_name(twin)
        twin.contacts.append(PersonContact(kind=ContactKind.EMAIL, value="ali@example.org"))
        db_session.add(twin)
        db_session.flush()
    assert recognise(Identity("Ali", "Khan", email="ali@example.org")) is twins[0]


def test_a_person_known_by_number_alone_gets_a_name(db_session):
    unnamed = recognise_or_create(Identity(foreigner_number=NUMBER))
    named = recognise_or_create(Identity("Awa", "Traoré", foreigner_number=NUMBER))
    assert named is unnamed
    assert (named.full_name, named.search_name) == ("Awa Traoré", "traore awa")
    assert recognise(Identity("Moussa", "Keita", foreigner_number=NUMBER)) is None


@pytest.mark.parametrize(
    ("given", "family"),
    [("N'Deye", "N’Diaye"), ("x" * 200, "y" * 200), ("ﷺ" * 40, "Œ" * 90), ("李", "明")],
)
def test_a_name_is_recognised_whatever_its_spelling_or_length(db_session, given, family):
    who = Identity(given, family, email="a@example.org")
    assert recognise_or_create(who) is recognise_or_create(who)


def test_a_changed_name_is_found_by_its_new_words_alone(db_session):
    person = a_person("Awa", "Traoré")
    person.family_name = "Diallo Awa"
    index_name(person)
    db_session.flush()
    db_session.expire(person)
    assert {word.word for word in person.name_words} == {"awa", "diallo"}


def test_two_first_contacts_at_once_make_one_person(real_cast):
    who = Identity("Nour", "Haddad", "nour@example.org", "+33639980077")

    def contact() -> int:
        with db.transaction():
            return recognise_or_create(who).id

    with ThreadPoolExecutor(1) as pool:
        with db.transaction():
            first = recognise_or_create(who).id
            second = pool.submit(contact)
            # The second waits for us to commit; if it did not, it would be through by now.
            wait([second], timeout=0.5)
        assert second.result() == first


@pytest.mark.parametrize(
    ("who", "known"),
    [
        (Identity("Awa", "Traoré", AWA), "awa"),
        (Identity("traore", "awa", AWA, PHONE, NUMBER), "awa"),
        (Identity("Awa", "Traoré", phone=PHONE), "awa"),
        (Identity("Binta", "Traoré", phone=PHONE), "binta"),
        # one address is known, the other is new: it may be anybody's
        (Identity("Awa", "Traoré", "attacker@evil.example", PHONE), None),
        (Identity("Awa", "Traoré", AWA, "+33639980077"), None),
        (Identity("Awa", "Traoré", "attacker@evil.example", None, NUMBER), None),
        # a foreigner number is printed on a card that others hold
        (Identity("Awa", "Traoré", foreigner_number=NUMBER), None),
        (Identity(foreigner_number=NUMBER), None),
        (Identity("Awa", "Traoré", AWA, foreigner_number="7503099999"), None),
        (Identity("Moussa", "Traoré", AWA), None),
        (Identity(email=AWA), None),
        (Identity("Awa", "Traoré"), None),
        (Identity(), None),
    ],
)
def test_who_is_recognised_by_what_anybody_may_type(cast, who, known):
    assert recognise_declared(who) is (cast.persons[known] if known else None)


def test_what_anybody_may_type_never_adds_an_address(cast):
    before = [contact.value for contact in cast.awa.contacts]
    declared = declared_or_create(
        Identity("Awa", "Traoré", "attacker@evil.example", PHONE, foreigner_number=NUMBER)
    )
    assert declared is not cast.awa
    assert [contact.value for contact in cast.awa.contacts] == before
    once_more = Identity("Awa", "Traoré", "attacker@evil.example", PHONE, foreigner_number=NUMBER)
    assert declared_or_create(once_more) is declared  # and never one more each time
