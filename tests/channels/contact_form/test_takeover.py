"""Nobody becomes somebody else by filling in the public form."""

from __future__ import annotations

import pytest

from channels.contact_form import taking
from channels.contact_form.sheet import Sheet
from support.kernel import db
from support.kernel.errors import NotVisible
from support.people.identifying import Identity, recognise, recognise_or_create
from support.people.models import ContactKind
from support.people.vouching import is_vouched, vouch
from support.tickets.filing import belongs
from support.tickets.following import by_reference
from support.tickets.models import Ticket
from support.tickets.replying import requester_address
from tests.factories import a_ticket

ATTACKER = "attacker@evil.example"
NUMBER = "9912345678"
PHONE = "+33639980055"


def send(**typed: str) -> Ticket:
    sheet = Sheet(key="k", reason="account.blocked", text="Bonjour", **typed)
    return taking.understand(taking.keep(sheet).id)


@pytest.fixture
def victim(cast) -> Ticket:
    """Known by telephone and number only, with an open request."""
    who = Identity("Wei", "Chen", phone=PHONE, foreigner_number=NUMBER)
    return a_ticket(cast, recognise_or_create(who))


@pytest.mark.parametrize(
    "typed",
    [
        {"given_name": "Wei", "family_name": "Chen", "phone": "06 39 98 00 55"},
        {"family_name": "Chen", "foreigner_number": NUMBER},
        {"given_name": "Wei", "family_name": "Chen", "foreigner_number": NUMBER,
         "phone": "06 39 98 00 55"},
    ],
    ids=["name and telephone", "number and one word", "all of them"],
)  # fmt: skip
def test_an_address_typed_by_anybody_opens_nothing_of_a_known_person(victim, typed):
    theirs = send(email=ATTACKER, **typed)
    db.session().expire_all()
    assert theirs.person_id != victim.person_id
    assert requester_address(victim) is None
    assert not belongs(ATTACKER, victim)
    with pytest.raises(NotVisible):
        by_reference(victim.reference, ATTACKER)
    assert requester_address(theirs) == ATTACKER  # who wrote is answered all the same


def test_a_telephone_typed_by_anybody_opens_nothing_of_a_known_person(cast):
    hers = a_ticket(cast, cast.awa)
    theirs = send(
        given_name="Awa", family_name="Traoré", email="awa@example.org", phone="06 39 98 00 66"
    )
    db.session().expire_all()
    assert theirs.person_id != hers.person_id
    with pytest.raises(NotVisible):
        by_reference(hers.reference, "+33639980066")
    assert by_reference(hers.reference, "awa@example.org") is hers


def test_who_gives_only_what_we_know_is_recognised(cast):
    hers = a_ticket(cast, cast.awa)
    assert send(given_name="Awa", family_name="Traoré", email="awa@example.org").person is (
        hers.person
    )


PLANTED = {
    "a telephone": ({"phone": "06 39 98 00 55"}, Identity("Wei", "Chen", phone=PHONE)),
    "a foreigner number": (
        {"foreigner_number": NUMBER}, Identity("Wei", "Chen", foreigner_number=NUMBER)
    ),
    "both": (
        {"phone": "06 39 98 00 55", "foreigner_number": NUMBER},
        Identity("Wei", "Chen", phone=PHONE, foreigner_number=NUMBER),
    ),
}  # fmt: skip


@pytest.mark.parametrize("confirmed", [False, True], ids=["unanswered", "confirmed"])
@pytest.mark.parametrize(("typed", "caller"), PLANTED.values(), ids=PLANTED)
def test_a_record_planted_ahead_is_not_joined_by_whoever_calls_later(
    cast, typed, caller, confirmed
):
    planted = send(given_name="Wei", family_name="Chen", email=ATTACKER, **typed).person
    if confirmed:  # the attacker's own address is theirs, and proves nothing of the rest
        assert vouch(planted, ContactKind.EMAIL, ATTACKER)
    assert recognise(caller) is None
    called = recognise_or_create(caller)
    assert called is not planted
    assert called.email is None


def test_a_record_that_holds_nothing_else_is_joined_and_vouched_for(cast):
    first = send(given_name="Wei", family_name="Chen", email="wei@example.org").person
    assert not is_vouched(first, ContactKind.EMAIL, "wei@example.org")
    assert recognise_or_create(Identity("Wei", "Chen", "wei@example.org")) is first
    assert is_vouched(first, ContactKind.EMAIL, "wei@example.org")
    more = Identity("Wei", "Chen", "wei@example.org", PHONE)
    assert recognise_or_create(more) is first  # what is vouched for leads to the rest
    assert recognise(Identity("Wei", "Chen", phone=PHONE)) is first
