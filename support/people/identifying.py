"""Same person or not: what a contact says of itself, against whom we know.

Only a sure sign joins: the same foreigner number with a compatible name, or the same address
with the same name. Families share addresses and telephones: a likeness is for a person to
judge, never joined by itself.

Two doors. ``recognise_or_create`` is for an address that proved itself by writing (mail) and for
an agent who has the person before them: what is given there is vouched for. ``declared_or_create``
is for what anybody may type on a public page: it proves nothing, so it never gives a known person
a new address or number. A new person is made instead, and whether the two are one is judged by
somebody.

What was only declared is no sure sign either: a stranger may have typed somebody's telephone
beside an address of their own, before we ever heard of that somebody. Such a record is joined
only when it holds no other address than those given now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from support.kernel import db
from support.kernel.numbering import number
from support.kernel.taking_turns import take_turns
from support.kernel.time import now
from support.kernel.writing import write_new, write_values
from support.people.finding import persons_numbered, persons_reached_at
from support.people.models import ContactKind, Person, PersonContact, PersonNameWord
from support.people.normalising import fold, fold_name
from support.people.vouching import is_vouched, vouch


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
    person.name_words = [PersonNameWord(word=word) for word in _name_words(person)]


def _name_words(person: Person) -> list[str]:
    # « diaye » finds N'Diaye as well as « ndiaye » does.
    apart = fold(f"{person.family_name} {person.given_name}").split()
    return sorted({word[:120] for word in [*person.search_name.split(), *apart]})


def recognise(who: Identity) -> Person | None:
    """The one known person who this surely is, or None."""
    return _recognised(who, _Known.about([who]))


def recognise_or_create(who: Identity) -> Person:
    """The known person completed by what is new, or a new one.

    Two first contacts of one stranger at the same instant pass one after the other.
    """
    return recognise_or_create_all([who])[0]


def recognise_or_create_all(several: Sequence[Identity]) -> list[Person]:
    """As :func:`recognise_or_create` one after the other, in as many queries as for one.

    Of several, those that are new are only to be read.
    """
    return _found_or_created(several, _recognised, vouched=True)


def recognise_declared(who: Identity) -> Person | None:
    """The known person who already has every address and number given, under this name.

    Who writes from a public page may be anybody: to know somebody's name, telephone or
    foreigner number is not to be them.
    """
    return _recognised_declared(who, _Known.about([who]))


def declared_or_create(who: Identity) -> Person:
    """As ``recognise_or_create``, for what nobody vouches for: no address is ever added to a
    person whom we knew.
    """
    return _found_or_created([who], _recognised_declared, vouched=False)[0]


@dataclass
class _Known:
    """The persons who bear a sign of those asked about, oldest first, by that sign."""

    numbers: dict[str, list[Person]]
    addresses: dict[tuple[ContactKind, str], list[Person]]

    @classmethod
    def about(cls, several: Iterable[Identity]) -> _Known:
        several = list(several)
        numbers = {who.foreigner_number for who in several if who.foreigner_number}
        addresses = {address for who in several for address in _addresses(who)}
        return cls(persons_numbered(numbers), persons_reached_at(addresses))

    def add(self, person: Person, who: Identity) -> None:
        """A person made just now: the next ones asked about may be the same."""
        if who.foreigner_number:
            self.numbers.setdefault(who.foreigner_number, []).append(person)
        for address in _addresses(who):
            self.addresses.setdefault(address, []).append(person)


def _recognised(who: Identity, known: _Known) -> Person | None:
    if who.foreigner_number:
        bearers = [
            person
            for person in known.numbers.get(who.foreigner_number, ())
            if person.number_vouched_at is not None or _holds_nothing_else(person, who)
        ]
        same = _compatible(bearers, who)
        if len(same) == 1:
            return same[0]
    for kind, value in _addresses(who):
        reached = known.addresses.get((kind, value), ())
        same = [p for p in reached if _agrees(p, who) and _surely_reached(p, who, kind, value)]
        if len(same) == 1:
            return same[0]
        # Of several, one with this very name (or nameless like it): never one more each time.
        namesakes = [p for p in same if _same_name(p, who)]
        if namesakes:
            return namesakes[0]
    return None


def _recognised_declared(who: Identity, known: _Known) -> Person | None:
    given = _addresses(who)
    if not given or not who.folded:
        return None
    return next(
        (
            person
            for person in known.addresses.get(given[0], ())
            if _agrees(person, who) and set(given) <= _known_addresses(person)
        ),
        None,
    )


def _found_or_created(
    several: Sequence[Identity],
    find: Callable[[Identity, _Known], Person | None],
    *,
    vouched: bool,
) -> list[Person]:
    signs = {
        sign for who in several for sign in (who.email, who.phone, who.foreigner_number) if sign
    }
    take_turns(f"person:{sign}" for sign in signs)
    known = _Known.about(several)
    found, made = [], []
    for who in several:
        person = find(who, known)
        if person is None:
            person = _new(who)
            made.append(person)
            known.add(person, who)
        _complete(person, who, vouched=vouched)
        found.append(person)
    _write(made)
    db.session().flush()
    return found


def _new(who: Identity) -> Person:
    return Person(given_name="", family_name="", search_name="", language=who.language, contacts=[])


def _write(persons: Sequence[Person]) -> None:
    """Numbered ahead, they and what they hold are written in a few statements for all."""
    if len(persons) < 2:
        for person in persons:
            index_name(person)
        db.session().add_all(persons)
        return
    number(persons)
    contacts = [contact for person in persons for contact in person.contacts]
    for person in persons:
        for contact in person.contacts:
            contact.person_id = person.id
    number(contacts)
    write_new(persons)
    write_new(contacts)
    write_values(
        PersonNameWord,
        [
            {"person_id": person.id, "word": word}
            for person in persons
            for word in _name_words(person)
        ],
    )


def _surely_reached(person: Person, who: Identity, kind: ContactKind, value: str) -> bool:
    return is_vouched(person, kind, value) or _holds_nothing_else(person, who)


def _holds_nothing_else(person: Person, who: Identity) -> bool:
    return _known_addresses(person) <= set(_addresses(who))


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


def _complete(person: Person, who: Identity, *, vouched: bool) -> None:
    """Add what we did not know; never overwrite what we did."""
    if who.folded and not person.search_name:
        person.given_name = who.given_name.strip()[:120]
        person.family_name = who.family_name.strip()[:120]
        person.search_name = who.folded
        if person.id is not None:  # of a new one, the words are written with it
            index_name(person)
    person.foreigner_number = person.foreigner_number or who.foreigner_number
    person.department = person.department or who.department
    known = _known_addresses(person)
    for kind, value in _addresses(who):
        if (kind, value) not in known:
            person.contacts.append(PersonContact(kind=kind, value=value))
        if vouched:
            vouch(person, kind, value)
    if vouched and who.foreigner_number and person.foreigner_number == who.foreigner_number:
        person.number_vouched_at = person.number_vouched_at or now()


def _addresses(who: Identity) -> list[tuple[ContactKind, str]]:
    both = ((ContactKind.EMAIL, who.email), (ContactKind.PHONE, who.phone))
    return [(kind, value) for kind, value in both if value]


def _known_addresses(person: Person) -> set[tuple[ContactKind, str]]:
    return {(c.kind, c.value) for c in person.contacts}
