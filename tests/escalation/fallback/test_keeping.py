"""The proof of steps: what Relais knows is in it, what is written stands or is struck."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
import time_machine
from sqlalchemy import select

from escalation.fallback import keeping
from escalation.fallback.keeping import StepDraft
from escalation.fallback.known import record_of
from escalation.fallback.models import CaseState, FallbackCase, StepKind
from escalation.fallback.statement import statement, story
from support.catalogue.models import Procedure
from support.help_sessions import attendance
from support.help_sessions.models import AppointmentState
from support.intake.models import Channel
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, Invalid, NotVisible
from support.tickets.references import shown
from tests.cast import Cast
from tests.factories import a_person, a_ticket, climb, counted
from tests.support.help_sessions.conftest import FRIDAY_BEFORE, MONDAY, at

K, C = StepKind, CaseState
DAY = date(2026, 11, 20)
_keys = count(1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(FRIDAY_BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def case(cast: Cast, point) -> FallbackCase:
    person = a_person("Aïcha", "Benali", foreigner_number="9912345678")
    return keeping.open_case(person, a_procedure(), by=cast.pan)


def a_procedure(number: int = 0) -> Procedure:
    query = select(Procedure).order_by(Procedure.id).offset(number).limit(1)
    return db.session().scalars(query).one()


def a_draft(kind: StepKind | str = K.ATTEMPT, on: date | None = DAY, **more) -> StepDraft:
    return StepDraft(**{"key": f"form-{next(_keys)}", "kind": kind, "on": on, **more})


def kinds(case: FallbackCase) -> list[StepKind]:
    return [proof.kind for proof in record_of(case)]


def plain(pieces) -> str:
    """What a reader reads of the statement."""
    said = []
    for piece in pieces:
        cells = [cell for line in getattr(piece, "_cellvalues", []) for cell in line]
        said += [cell.text for cell in cells] or [getattr(piece, "text", "")]
    return "\n".join(said)


def test_what_relais_knows_is_not_written_again(cast: Cast, case, give) -> None:
    asked = a_ticket(cast, case.person, channel=Channel.FORM)
    called = a_ticket(cast, case.person, channel=Channel.PHONE)
    climb(called, "dp", cast, by=cast.teleadviser)
    visit = give(at("09:00"), case.person)
    assert kinds(case) == [K.ANOMALY, K.CALL, K.TICKET]  # a place given is no visit yet
    with time_machine.travel(at("09:05"), tick=False):
        attendance.act(visit, AppointmentState.CHECKED_IN, by=cast.pan)
    record = record_of(case)
    assert [p.kind for p in record] == [K.ANOMALY, K.CALL, K.TICKET, K.VISIT]
    assert shown(asked.reference) in [p.reference for p in record]
    assert record[-1].on == MONDAY
    assert case.site.name in record[-1].reference


def test_a_person_s_record_costs_the_same_however_long(cast: Cast, case) -> None:
    a_ticket(cast, case.person)
    with counted() as one:
        record_of(keeping.one_case(case.id, by=cast.pan))
    for _n in range(5):
        climb(a_ticket(cast, case.person, channel=Channel.PHONE), "dp", cast, by=cast.teleadviser)
        keeping.add_step(case, a_draft(), by=cast.pan)
    db.session().expire_all()
    with counted() as many:
        record_of(keeping.one_case(case.id, by=cast.pan))
    assert len(many) <= len(one) + 4  # with steps, their files and who wrote them


def test_steps_are_written_once_and_struck_with_why(cast: Cast, case) -> None:
    draft = a_draft(words="Erreur 500 à l’étape 3", reference="DEM-1", browser="Firefox 140")
    step = keeping.add_step(case, draft, by=cast.pan)
    assert keeping.add_step(case, draft, by=cast.pan) is step
    keeping.add_step(case, a_draft(K.LETTER, DAY - timedelta(days=9)), by=cast.pan)
    assert kinds(case) == [K.LETTER, K.ATTEMPT]
    with pytest.raises(Invalid, match=r"fallback\.why"):
        keeping.strike(case, step.id, " ", by=cast.pan)
    keeping.strike(case, step.id, "Autre personne", by=cast.pan)
    db.session().expire_all()
    assert kinds(case) == [K.LETTER]
    assert step.struck_why == "Autre personne"
    with pytest.raises(NotVisible):
        keeping.strike(case, step.id, "encore", by=cast.pan)


@pytest.mark.parametrize(
    ("wrong", "codes"),
    [
        ({"on": None}, ["fallback.day"]),
        ({"on": date(2026, 11, 28)}, ["fallback.day"]),
        ({"kind": "answer"}, ["field.choice"]),
        ({"kind": "", "on": None}, ["fallback.day", "field.choice"]),
        ({"words": "x" * 1001}, ["words.long"]),
    ],
    ids=["no_day", "to_come", "not_theirs_to_write", "both", "long"],
)
def test_what_is_wrong_with_a_step(cast: Cast, case, wrong, codes) -> None:
    with pytest.raises(Invalid) as refusal:
        keeping.add_step(case, a_draft(**wrong), by=cast.pan)
    assert [p.code for p in refusal.value.problems] == codes


def test_from_the_request_to_the_registration(cast: Cast, case) -> None:
    with pytest.raises(Conflict, match=r"fallback\.moved"):
        keeping.move(case, C.REGISTERED, a_draft(), by=cast.pan)
    keeping.move(case, C.ASKED, a_draft(reference="Courriel"), by=cast.pan)
    with pytest.raises(Invalid) as refusal:
        keeping.move(case, C.REFUSED, a_draft(on=None), by=cast.pan)
    assert {p.code for p in refusal.value.problems} == {"fallback.day", "fallback.why"}
    keeping.move(case, C.REFUSED, a_draft(words="Pas d’impossibilité établie"), by=cast.pan)
    # On more steps, it is asked again.
    keeping.move(case, C.ASKED, a_draft(), by=cast.pan)
    keeping.move(case, C.INVITED, a_draft(), by=cast.pan)
    keeping.move(case, C.REGISTERED, a_draft(reference="R-77"), by=cast.pan)
    assert kinds(case).count(K.REQUEST) == 2
    assert kinds(case).count(K.ANSWER) == 2
    assert kinds(case).count(K.REGISTRATION) == 1
    with pytest.raises(Conflict, match=r"fallback\.moved"):
        keeping.add_step(case, a_draft(), by=cast.pan)


def test_one_record_a_person_and_procedure(cast: Cast, case) -> None:
    assert keeping.open_case(case.person, a_procedure(), by=cast.pan) is case
    assert keeping.open_case(case.person, a_procedure(1), by=cast.pan) is not case
    with pytest.raises(Invalid):
        keeping.open_case(case.person, None, by=cast.pan)
    keeping.move(case, C.DROPPED, a_draft(words="Elle renonce"), by=cast.pan)
    assert keeping.open_case(case.person, a_procedure(), by=cast.pan) is not case


def test_who_sees_it(cast: Cast, case) -> None:
    assert keeping.one_case(case.id, by=cast.teleadviser).id == case.id
    assert [c.id for c in keeping.listed(by=cast.pan, live=True)] == [case.id]
    assert not keeping.listed(by=cast.pan, live=False)
    for agent in (cast.referent, cast.steering):
        with pytest.raises(Forbidden):
            keeping.one_case(case.id, by=agent)
    case.site_id = cast.referent.team.site_id
    db.session().flush()
    with pytest.raises(NotVisible):
        keeping.one_case(case.id, by=cast.pan)
    with pytest.raises(Conflict, match=r"fallback\.elsewhere"):
        keeping.open_case(case.person, a_procedure(), by=cast.pan)


def test_the_statement_has_dates_and_references_only(cast: Cast, case) -> None:
    ticket = a_ticket(cast, case.person, subject="Je perds mon travail")
    keeping.add_step(
        case, a_draft(words="Erreur 500, mon mot de passe", reference="DEM-1", browser="Firefox"),
        by=cast.pan,
    )  # fmt: skip
    day = datetime(2026, 11, 27, tzinfo=UTC).date()
    said = plain(story(case, record_of(case), str, day))
    for expected in ("Aïcha Benali", "9912345678", "27/11/2026", "20/11/2026", "DEM-1",
                     shown(ticket.reference), "ne vaut ni dépôt"):  # fmt: skip
        assert expected in said
    for hidden in ("travail", "Erreur", "mot de passe", "Firefox", cast.pan.full_name):
        assert hidden not in said
    first = statement(case, record_of(case), str, day)
    assert first.startswith(b"%PDF-")
    assert statement(case, record_of(case), str, day) == first


def test_a_name_that_the_fonts_cannot_write_is_left_to_the_hand(cast: Cast, case) -> None:
    case.person.given_name, case.person.family_name = "عائشة", "بن علي"
    said = plain(story(case, [], str, DAY))
    assert "Personne : ...." in said
    assert "Aucune démarche" in said
