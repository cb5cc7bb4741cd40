"""How ready a release is: a table of cases."""

from __future__ import annotations

from datetime import date

import pytest

from escalation.releases.models import DocumentKind, ReleaseBlock, ReleaseOpening
from escalation.releases.readiness import KIT, What, assess, opening_day

TODAY = date(2026, 11, 26)
SOON, PAST, FAR = date(2026, 12, 5), date(2026, 11, 1), date(2027, 3, 1)


def block(**more) -> ReleaseBlock:
    return ReleaseBlock(code="b", title="B", procedures=["student"], **more)


def states(found, openings=(), kinds=frozenset(KIT), uncovered=()):
    checks = assess(found, list(openings), kinds, list(uncovered), TODAY)
    return {c.what: "late" if c.late else "done" if c.done else "todo" for c in checks}


@pytest.mark.parametrize(
    ("found", "more", "expected"),
    [
        (block(), {}, {What.OPENING: "todo", What.TRAINING: "todo"}),
        (block(planned_on=FAR), {}, {What.OPENING: "todo", What.TRAINING: "todo"}),
        (block(planned_on=SOON), {}, {What.OPENING: "todo", What.TRAINING: "late"}),
        (block(planned_on=SOON, trained_on=PAST), {}, {What.TRAINING: "done"}),
        (block(planned_on=PAST), {}, {What.OPENING: "late"}),
        (block(planned_on=PAST, opened_on=PAST), {}, {What.OPENING: "done"}),
        (block(planned_on=SOON), {"kinds": {DocumentKind.FLYER}}, {What.KIT: "late"}),
        (block(planned_on=FAR), {"kinds": {DocumentKind.FLYER}}, {What.KIT: "todo"}),
        (block(planned_on=FAR), {}, {What.KIT: "done", What.WIKI: "done"}),
        (block(planned_on=SOON), {"uncovered": ["Étudiants"]}, {What.WIKI: "late"}),
        (
            block(planned_on=FAR),
            {"openings": [ReleaseOpening(department="44", planned_on=PAST)]},
            {What.OPENING: "late", What.TRAINING: "late"},  # the first one sets the pace
        ),
    ],
)
def test_what_is_late(found, more, expected):
    assert expected.items() <= states(found, **more).items()


def test_what_lacks_is_named():
    opening = assess(block(), [ReleaseOpening(department="44", planned_on=PAST)], {*KIT}, [], TODAY)
    assert opening[0].missing == ["44"]
    kit = assess(block(planned_on=SOON), [], set(KIT) - {DocumentKind.POSTER}, [], TODAY)
    assert kit[3].missing == ["poster"]
    assert kit[3].due == date(2026, 11, 20)


def test_the_first_opening_is_that_of_the_first_department():
    places = [ReleaseOpening(department="44", opened_on=date(2026, 6, 1), planned_on=FAR)]
    assert opening_day(block(planned_on=SOON), places) == date(2026, 6, 1)
    assert opening_day(block(), []) is None
