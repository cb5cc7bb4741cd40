"""The threads of the demonstration, checked without playing them."""

from __future__ import annotations

import pytest

from escalation.handover import ITEMS
from support.tickets.calling import WRAP_UPS
from support.tickets.models import ClosedHow
from web.demo.foreseeing import Lands, cuts, standings
from web.demo.reading import ARTICLES, BadThread, Step, Thread, many, read_threads
from web.demo.wording import fill
from web.seeds.reading import read_catalogue

THREADS = read_threads()
CATALOGUE = read_catalogue()
REASONS = {row["code"]: row for row in CATALOGUE.reasons}
PROCEDURES = {row["code"] for row in CATALOGUE.procedures}
each_thread = pytest.mark.parametrize("thread", THREADS, ids=lambda thread: thread.id)


class Anybody:
    given_name, family_name = "Awa", "Traoré"


@each_thread
def test_a_thread_ends_as_it_says(thread):
    assert standings(thread)[-1].lands.value == thread.ends


@each_thread
def test_a_thread_speaks_of_what_exists(thread):
    assert thread.reason in REASONS
    assert set(thread.procedures) <= PROCEDURES
    for step in thread.steps:
        for slug in many(step.more.get("article")):
            assert (ARTICLES / f"{slug}.md").exists(), slug
        if step.what == "close":
            assert ClosedHow(step.value)
        if step.what == "call_note":
            assert step.more.get("wrap_up", "answered") in WRAP_UPS
        if step.what == "ask_missing":
            assert set(step.value["items"]) <= set(ITEMS)


@each_thread
def test_a_handover_from_the_centre_gives_all_that_is_asked(thread):
    asked = {item["code"] for item in REASONS[thread.reason]["handover"] if item["required"]}
    given: set[str] = set()
    for step in thread.steps:
        if step.what in ("escalate", "pass_up"):
            given |= {key for key, value in step.value.items() if str(value).strip()}
            assert given - {"to", "question"} <= set(ITEMS)
            # A referent's report says it all in its first message.
            assert thread.requester == "referent" or asked <= given


@each_thread
def test_every_gap_in_the_words_can_be_filled(thread):
    for step in thread.steps:
        texts = [step.text, *([str(v) for v in step.value.values()] if _rows(step) else [])]
        for text in texts:
            assert "{" not in fill(text, Anybody())


def _rows(step: Step) -> bool:
    return isinstance(step.value, dict)


def test_identifiers_are_not_used_twice():
    assert len({thread.id for thread in THREADS}) == len(THREADS)


def test_there_is_a_story_for_every_state_requester_and_channel():
    found = {(t.requester, cut.lands) for t in THREADS for cut in cuts(t)}
    assert {lands for who, lands in found if who == "person"} == set(Lands)
    assert {lands for who, lands in found if who == "referent"} >= {Lands.NEW, Lands.ESCALATED_3}
    assert {c.value for t in THREADS for c in t.channels} >= {"form", "email", "phone"}


def a_thread(*steps: tuple[str, object]) -> Thread:
    return Thread(
        "made-up", "other", (), (), "fr", ("Objet",), 1, "person", None, "closed",
        [Step(what, value, 1, {}) for what, value in steps],
    )  # fmt: skip


@pytest.mark.parametrize(
    "steps",
    [
        [("reply", "Bonjour")],
        [("person", "Bonjour"), ("level_reply", "Voici")],
        [("person", "Bonjour"), ("escalate", {"to": "dp"}), ("close", "solved")],
    ],
)
def test_an_impossible_story_is_refused_by_name(steps):
    with pytest.raises(BadThread, match="made-up"):
        standings(a_thread(*steps))


def test_a_story_is_not_cut_between_an_answer_and_its_closing():
    thread = a_thread(("person", "Bonjour"), ("reply", "Voici"), ("close", "answered"))
    assert [cut.length for cut in cuts(thread)] == [1, 2, 3]
    soon = Step("close", "answered", 0.1, {})
    hurried = Thread(**{**thread.__dict__, "steps": [*thread.steps[:2], soon]})
    assert [cut.length for cut in cuts(hurried)] == [1, 3]


def test_an_unknown_gap_is_refused():
    with pytest.raises(BadThread, match="prefecture"):
        fill("Bonjour {prenom}, la {prefecture} vous répond", Anybody())
