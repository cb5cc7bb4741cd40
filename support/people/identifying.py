"""Same person or not: what a contact says of itself, against whom we know.

Only a sure sign joins: the same foreigner number with a compatible name, or the same address
with the same name. Families share addresses and telephones: a likeness is for a person to
judge, never joined by itself.

Two doors. ``recognise_or_create`` is for an address that proved itself by writing (mail) and for
an agent who has the person before them. ``declared_or_create`` is for what anybody may type on a
public page: it proves nothing, so it never gives a known person a new address or number. A new
person is made instead, and whether the two are one is judged by somebody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from support.kernel import db
from support.kernel.taking_turns import take_turn
from support.people.finding import persons_with
from support.people.models import ContactKind, Person, PersonContact, PersonNameWord
from support.people.normalising import fold, fold_name


@dataclass(frozen=True)
class Identity:
    """What someone says of themselves; addresses and numbers already normalised."""

    given_name: str = ""
    family_name: str = ""
    email: str | None = None
    phone: str | None = None
    foreigner_number: str | None = None
    language: str = "fr"
    department: str | None = None

    @property
    def folded(self) -> str:
        return search_name(self.given_name, self.family_name)


def search_name(given_name: str, family_name: str) -> str:
    return fold_name(f"{family_name.strip()[:120]} {given_name.strip()[:120]}")[:250]


def index_name(person: Person) -> None:
    """Bring the look-up words in line with the name. Call it whenever a name changes."""
    person.search_name = search_name(person.given_name, person.family_name)
    # « diaye » finds N'Diaye as well as « ndiaye » does.
    apart = fold(f"{person.family_name} {person.given_name}").split()
    words = {word[:120] for word in [*person.search_name.split(), *apart]}
    person.name_words = [PersonNameWord(word=word) for word in sorted(words)]


def recognise(who: Identity) -> Person | None:
    """The one known person who this surely is, or None."""
    if who.foreigner_number:
        same = _compatible(_with_number(who.foreigner_number), who)
        if len(same) == 1:
            return same[0]
    for kind, value in _addresses(who):
        same = [p for p in persons_with(kind, value) if _agrees(p, who)]
        if len(same) == 1:
            return same[0]
        # Of several, one with this very name (or nameless like it): never one more each time.
        namesakes = [p for p in same if _same_name(p, who)]
        if namesakes:
            return namesakes[0]
    return None


def recognise_or_create(who: Identity) -> Person:
    """The known person completed by what is new, or a new one.

    Two first contacts of one stranger at the same instant pass one after the other.
    """
    return _found_or_created(who, recognise)


def recognise_declared(who: Identity) -> Person | None:
    """The known person who already has every address and number given, under this name.

    Who writes from a public page may be anybody: to know somebody's name, telephone or
    foreigner number is not to be them.
    """
    given = _addresses(who)
    if not given or not who.folded:
        return None
    same = [
        person
        for person in persons_with(*given[0])
        if _agrees(person, who) and set(given) <= _known_addresses(person)
    ]
    return same[0] if same else None


def declared_or_create(who: Identity) -> Person:
    """As ``recognise_or_create``, for what nobody vouches for: no address is ever added to a
    person whom we knew.
    """
    return _found_or_created(who, recognise_declared)


def _found_or_created(who: Identity, find: Callable[[Identity], Person | None]) -> Person:
    for sign in sorted(filter(None, (who.email, who.phone, who.foreigner_number))):
        take_turn(f"person:{sign}")
    person = find(who)
    if person is None:
        person = Person(given_name="", family_name="", language=who.language, contacts=[])
        index_name(person)
        db.session().add(person)
    _complete(person, who)
    db.session().flush()
    return person


def _agrees(person: Person, who: Identity) -> bool:
    if who.foreigner_number and person.foreigner_number not in (None, who.foreigner_number):
        return False
    return not who.folded or _same_name(person, who)


def _same_name(person: Person, who: Identity) -> bool:
    # The same words in any order: « Traoré Awa » and « Awa TRAORE » are one name.
    return sorted(person.search_name.split()) == sorted(who.folded.split())


def _compatible(persons: Iterable[Person], who: Identity) -> list[Person]:
    said = set(who.folded.split())
    return [
        p for p in persons if not said or not p.search_name or said & set(p.search_name.split())
    ]


def _with_number(number: str) -> Sequence[Person]:
    return db.session().scalars(select(Person).where(Person.foreigner_number == number)).all()


def _complete(person: Person, who: Identity) -> None:
    """Add what we did not know; never overwrite what we did."""
    if who.folded and not person.search_name:
        person.given_name = who.given_name.strip()[:120]
        person.family_name = who.family_name.strip()[:120]
        index_name(person)
    person.foreigner_number = person.foreigner_number or who.foreigner_number
    person.department = person.department or who.department
    known = _known_addresses(person)
    for kind, value in _addresses(who):
        if (kind, value) not in known:
            person.contacts.append(PersonContact(kind=kind, value=value))


def _addresses(who: Identity) -> list[tuple[ContactKind, str]]:
    both = ((ContactKind.EMAIL, who.email), (ContactKind.PHONE, who.phone))
    return [(kind, value) for kind, value in both if value]


def _known_addresses(person: Person) -> set[tuple[ContactKind, str]]:
    return {(c.kind, c.value) for c in person.contacts}
