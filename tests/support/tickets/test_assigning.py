"""Taking, giving and letting go: one owner at any time."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from support.kernel import db
from support.kernel.errors import Conflict, Forbidden
from support.tickets.assigning import assign, release, serves, take
from support.tickets.models import State
from support.tickets.timeline import Entry
from support.tickets.visibility import one_visible
from tests.cast import again
from tests.factories import a_report, a_ticket, climb
from tests.support.tickets.test_replying import a_ticket_again


def events(ticket) -> list[str]:
    query = select(Entry.event).where(Entry.ticket_id == ticket.id, Entry.event.is_not(None))
    return list(db.session().scalars(query.order_by(Entry.id)))


def test_taking_a_new_ticket_begins_the_work(cast):
    ticket = a_ticket(cast)
    take(ticket, by=cast.teleadviser)
    assert (ticket.owner, ticket.home_owner) == (cast.teleadviser, cast.teleadviser)
    assert ticket.state is State.IN_PROGRESS
    take(ticket, by=cast.teleadviser)
    assert events(ticket) == ["opened", "assigned", "state"]


# who has it, who acts, who should get it, refusal
CASES = {
    "take a free one": (None, "teleadviser", "teleadviser", None),
    "give a free one": (None, "teleadviser", "colleague", None),
    "give one's own away": ("teleadviser", "teleadviser", "colleague", None),
    "take a colleague's": ("colleague", "teleadviser", "teleadviser", "ticket.taken"),
    "give a colleague's": ("colleague", "teleadviser", "other_team", "ticket.taken"),
    "the supervisor takes": ("colleague", "supervisor", "supervisor", None),
    "the supervisor gives": ("colleague", "supervisor", "teleadviser", None),
    "the administrator gives": ("colleague", "admin", "teleadviser", None),
    "the administrator takes": (None, "admin", "admin", "assign.other_team"),
    "the other team helps": (None, "other_team", "other_team", None),
    "to another level": (None, "teleadviser", "dp", "assign.other_team"),
    "by another level": (None, "dp", "teleadviser", "assign.not_yours"),
    "another level takes": (None, "dp", "dp", "assign.not_yours"),
    "a referent": (None, "referent", "referent", "permission.missing"),
    "a help point": (None, "pan", "pan", "permission.missing"),
    "steering": (None, "steering", "teleadviser", "permission.missing"),
}


@pytest.mark.parametrize("case", CASES)
def test_who_may_give_what_to_whom(cast, case):
    owner, by, to, refusal = CASES[case]
    ticket = a_ticket(cast)
    if owner:
        take(ticket, by=cast.agents[owner])
    before = ticket.owner, ticket.last_entry_id
    if refusal is None:
        assign(ticket, cast.agents[to], by=cast.agents[by])
        assert ticket.owner is ticket.home_owner is cast.agents[to]
        return
    with pytest.raises((Conflict, Forbidden)) as refused:
        assign(ticket, cast.agents[to], by=cast.agents[by])
    assert refused.value.code == refusal
    assert (ticket.owner, ticket.last_entry_id) == before


def test_nobody_who_has_left_is_given_work(cast):
    cast.colleague.active = False
    with pytest.raises(Conflict, match=r"assign\.other_team"):
        assign(a_ticket(cast), cast.colleague, by=cast.supervisor)


def test_a_higher_level_deals_out_its_own_work(cast):
    ticket = a_ticket(cast)
    take(ticket, by=cast.teleadviser)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    with pytest.raises(Forbidden):
        assign(ticket, cast.dp, by=cast.supervisor)
    take(ticket, by=cast.dp)
    assert (ticket.owner, ticket.home_owner) == (cast.dp, cast.teleadviser)
    assert ticket.state is State.ESCALATED
    with pytest.raises(Forbidden):
        release(ticket, by=cast.supervisor)
    with pytest.raises(Conflict, match=r"ticket\.taken"):
        take(ticket, by=cast.dp_colleague)
    release(ticket, by=cast.dp)
    assert (ticket.owner, ticket.home_owner) == (None, cast.teleadviser)


def test_letting_go(cast):
    ticket = a_ticket(cast)
    release(ticket, by=cast.teleadviser)  # nobody has it: nothing happens
    take(ticket, by=cast.teleadviser)
    with pytest.raises(Conflict, match=r"ticket\.taken"):
        release(ticket, by=cast.colleague)
    release(ticket, by=cast.teleadviser)
    assert (ticket.owner, ticket.home_owner) == (None, None)
    assert events(ticket)[-1] == "released"
    take(ticket, by=cast.colleague)
    release(ticket, by=cast.supervisor)
    assert ticket.owner is None


def test_whose_work_a_ticket_is(cast):
    ticket, report = a_ticket(cast), a_report(cast)
    serving = {name for name, agent in cast.agents.items() if serves(agent, ticket)}
    assert serving == {"teleadviser", "colleague", "other_team", "supervisor"}
    serving = {name for name, agent in cast.agents.items() if serves(agent, report)}
    assert serving == {"dp", "dp_colleague"}


def test_of_several_who_take_at_once_one_has_it(real_cast):
    with db.transaction():
        reference = a_ticket_again(real_cast).reference
    outcomes, together = [], threading.Barrier(3)

    def grab(name: str) -> None:
        together.wait()
        try:
            with db.transaction():
                agent = again(real_cast.agents[name])
                take(one_visible(reference, agent, lock=True), by=agent)
            outcomes.append(name)
        except Conflict as conflict:
            outcomes.append(conflict.code)

    names = ("teleadviser", "colleague", "other_team")
    threads = [threading.Thread(target=grab, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("ticket.taken") == 2
    with db.transaction():
        ticket = one_visible(reference, again(real_cast.teleadviser))
        assert [name for name in outcomes if name in names] == [
            ticket.owner.email.partition("@")[0]
        ]
        assert events(ticket).count("assigned") == 1
