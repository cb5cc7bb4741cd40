"""Who sees what: every agent of the cast against tickets of every kind, through every reading."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from escalation.returning import answer
from support.kernel.errors import Forbidden, NotVisible
from support.people.models import Role
from support.people.permissions import PERMISSIONS, SCOPES, Permission, Scope, may, scope_of
from support.tickets.closing import close
from support.tickets.journal import Words
from support.tickets.models import ClosedHow
from support.tickets.noting import add_note
from support.tickets.queue import Filters, View, count_views, read_queue
from support.tickets.references import shown
from support.tickets.replying import person_replies
from support.tickets.thread import attachment_visible, read_thread
from support.tickets.timeline import PUBLIC_KINDS, Entry
from support.tickets.visibility import hold, one_visible
from tests.factories import a_file, a_report, a_ticket, climb

CENTRE = {
    "of team a", "of team b", "opened at the help point", "opened by the help point's other agent",
    "at the project", "at the business", "half-way down", "nationality", "asylum", "closed",
}  # fmt: skip

# By hand, from the rule book: this is what it must mean.
SEES = {
    "teleadviser": CENTRE,
    "colleague": CENTRE,
    "other_team": CENTRE,
    "supervisor": CENTRE,
    "dp": {
        "at the project", "at the business", "half-way down", "asylum", "report of 42",
        "report of 93", "report of the platform", "report at the business",
    },
    "sdst": {"at the business", "half-way down", "report at the business"},
    "sdanf": {"nationality"},
    "asylum": {"asylum"},
    "referent": {"report of 42", "report at the business"},
    "stranger_referent": {"report of 93"},
    "natali": {"report of the platform"},
    "pan": {"opened at the help point"},
    "pan_colleague": {"opened by the help point's other agent"},
    "editor": set(),
    "steering": set(),
    "admin": CENTRE | {
        "report of 42", "report of 93", "report of the platform", "report at the business",
    },
}  # fmt: skip
# Those who ask read what requesters read.
READS_PUBLIC_ONLY = {"referent", "stranger_referent", "natali", "pan", "pan_colleague"}
NO_TICKETS = {"editor", "steering"}


def climbing(cast, *way: str, **more):
    ticket = a_ticket(cast, **more)
    by = cast.teleadviser
    for to in way:
        climb(ticket, to, cast, by=by)
        by = cast.agents[to]
    return ticket


@pytest.fixture
def tickets(cast):
    made = {
        "of team a": a_ticket(cast),
        "of team b": a_ticket(cast, cast.chen, team="ccc_b"),
        "opened at the help point": a_ticket(cast, by=cast.pan),
        "opened by the help point's other agent": a_ticket(cast, by=cast.pan_colleague),
        "at the project": climbing(cast, "dp"),
        "at the business": climbing(cast, "dp", "sdst"),
        "half-way down": climbing(cast, "dp", "sdst"),
        "nationality": climbing(cast, "sdanf", reason="nationality.decree"),
        "asylum": climbing(cast, "dp", "asylum", reason="asylum.redirect"),
        "closed": a_ticket(cast),
        "report of 42": a_report(cast),
        "report of 93": a_report(cast, cast.stranger_referent),
        "report of the platform": a_report(cast, cast.natali),
        "report at the business": a_report(cast),
    }
    answer(made["half-way down"], "Refaire.", by=cast.sdst)
    close(made["closed"], ClosedHow.ANSWERED, by=cast.teleadviser)
    climb(made["report at the business"], "sdst", cast, by=cast.dp)
    return made


@pytest.fixture
def files(cast, tickets, db_session):
    """A public and an internal file on each ticket."""
    found = {}
    for name, ticket in tickets.items():
        note = add_note(ticket, "vu", by=cast.admin, files=[a_file()])
        by = ticket.requester_agent or ticket.person
        if name == "closed":
            said = db_session.get(Entry, note.id)  # a message would open it again
        else:
            said = person_replies(ticket, Words("x", files=[a_file()]), by=by)
        found[name] = SimpleNamespace(public=said.attachments[0], internal=note.attachments[0])
    return found


def test_everybody_has_an_expectation(cast, tickets):
    assert set(SEES) | {"dp_colleague"} == set(cast.agents)
    assert SEES["admin"] == set(tickets)


@pytest.mark.parametrize("name", SEES)
def test_who_sees_which_ticket(cast, tickets, files, name):
    agent = cast.agents[name]
    if name in NO_TICKETS:
        for ticket in tickets.values():
            with pytest.raises(Forbidden):
                one_visible(ticket.reference, agent)
        for view in View:
            with pytest.raises(Forbidden):
                read_queue(agent, Filters(view=view))
    else:
        assert {n for n in tickets if opens(tickets[n], agent)} == SEES[name]
        assert in_queue(tickets, agent, View.ALL) == SEES[name] - {"closed"}
        assert in_queue(tickets, agent, View.CLOSED) == SEES[name] & {"closed"}
    seen = {n for n in tickets if n != "closed" and opens_file(files[n].public, agent)}
    assert seen == SEES[name] - {"closed"}
    internal = set() if name in READS_PUBLIC_ONLY else SEES[name]
    assert {n for n in tickets if opens_file(files[n].internal, agent)} == internal


def test_no_view_and_no_count_shows_more(cast, tickets):
    for name in SEES:
        _shows_no_more(cast, tickets, name)


def _shows_no_more(cast, tickets, name):
    agent = cast.agents[name]
    counts = count_views(agent, list(View))
    for view in View:
        if name in NO_TICKETS:
            assert counts[view] == 0
            continue
        page = read_queue(agent, Filters(view=view))
        listed = in_queue(tickets, agent, view)
        assert listed <= SEES[name]
        assert counts[view] == page.count == len(listed)


@pytest.mark.parametrize("name", SEES)
def test_threads_show_requesters_what_requesters_read(cast, tickets, name):
    agent = cast.agents[name]
    for label in SEES[name]:
        entries = read_thread(tickets[label], by=agent)
        assert entries
        internal = [entry for entry in entries if entry.kind not in PUBLIC_KINDS]
        assert bool(internal) is (name not in READS_PUBLIC_ONLY)


def test_a_disabled_agent_sees_nothing(cast, tickets, files):
    cast.admin.active = False
    with pytest.raises(Forbidden):
        one_visible(tickets["of team a"].reference, cast.admin)
    assert not opens_file(files["of team a"].public, cast.admin)
    assert count_views(cast.admin, [View.ALL])[View.ALL] == 0


def test_what_one_has_had_stays_visible(cast, tickets):
    ticket = tickets["at the project"]
    answer(ticket, "Refaire.", by=cast.dp)
    assert ticket.team is cast.teams["ccc_a"]
    assert opens(ticket, cast.dp)
    assert not opens(ticket, cast.sdst)


@pytest.mark.parametrize("typed", ["", "2611", "000000000000", "x" * 99, "261120048310"])
def test_a_wrong_reference_and_a_hidden_one_are_not_told_apart(cast, tickets, typed):
    hidden = tickets["report of 42"].reference
    said = set()
    for reference in (typed, hidden, shown(hidden)):
        with pytest.raises(NotVisible) as refused:
            one_visible(reference, cast.teleadviser)
        said.add((refused.value.code, str(refused.value.problems)))
    assert len(said) == 1


def test_locking_reads_the_ticket_afresh(cast, tickets, db_session):
    ticket = tickets["of team a"]
    assert one_visible(shown(ticket.reference), cast.teleadviser, lock=True) is ticket
    assert (ticket.person, ticket.team) == (cast.awa, cast.teams["ccc_a"])


def test_the_rule_book_names_every_role():
    assert set(PERMISSIONS) == set(SCOPES) == set(Role)
    assert {right for rights in PERMISSIONS.values() for right in rights} == set(Permission)


# The rights that matter most, by hand: who has each.
HOLDERS = {
    Permission.REPLY: {"teleadviser", "supervisor", "project_agent"},
    Permission.CLOSE: {"teleadviser", "supervisor", "project_agent"},
    Permission.ASSIGN_OTHERS: {"supervisor", "administrator"},
    Permission.TAKE_CALLS: {"teleadviser", "supervisor"},
    Permission.SORT_MAIL: {"teleadviser", "supervisor", "administrator"},
    Permission.ESCALATE: {"teleadviser", "supervisor", "project_agent", "business_agent"},
    Permission.ANSWER_BELOW: {"project_agent", "business_agent"},
    Permission.REPORT_ISSUES: {"site_referent"},
    Permission.WRITE_ARTICLES: {"knowledge_editor"},
    Permission.ADMINISTER: {"administrator"},
    Permission.READ_FIGURES: {"supervisor", "project_agent", "steering_reader", "administrator"},
}


@pytest.mark.parametrize("right", HOLDERS)
def test_who_has_which_right(right):
    assert {role.value for role, rights in PERMISSIONS.items() if right in rights} == HOLDERS[right]


def test_who_reads_figures_reads_no_person(cast):
    rights = PERMISSIONS[cast.steering.role]
    assert rights == {Permission.READ_FIGURES}
    assert scope_of(cast.steering) is Scope.NONE
    cast.dp.active = False
    assert not may(cast.dp, Permission.READ_TICKETS)
    assert scope_of(cast.dp) is Scope.NONE


def opens(ticket, agent) -> bool:
    try:
        return one_visible(ticket.reference, agent) is ticket
    except NotVisible:
        return False


def opens_file(attachment, agent) -> bool:
    try:
        return attachment_visible(attachment.id, by=agent) is attachment
    except NotVisible:
        return False


def in_queue(tickets, agent, view) -> set[str]:
    names = {ticket.id: name for name, ticket in tickets.items()}
    return {names[ticket.id] for ticket in read_queue(agent, Filters(view=view)).tickets}


def test_holding_a_ticket_forgets_nothing_that_is_not_written_yet(cast, db_session):
    ticket = a_ticket(cast)
    with db_session.no_autoflush:
        ticket.subject = "Changé à l'instant"
        hold(ticket)
    assert ticket.subject == "Changé à l'instant"
