"""What any engine behind the port must do; each kind is run through it."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.articles.models import Audience
from knowledge.search.document import Part, packed, unpacked
from knowledge.search.engine import EngineKind
from knowledge.search.tantivy_engine import TantivyKind
from knowledge.search.whoosh_engine import WhooshKind
from tests.knowledge.small_base import document

PUBLIC = document(1, "Perdre sa carte", "La carte se déclare perdue.", reasons=("permit.lost",))
STAFF = document(
    2,
    "Carte perdue : conduite à tenir",
    "secret",
    audience=Audience.STAFF,
    reasons=("permit.lost",),
)
OTHER = document(3, "Le timbre fiscal", "Acheter un timbre.", procedures=("student",))


@pytest.fixture(params=[WhooshKind, TantivyKind])
def kind(request: pytest.FixtureRequest) -> EngineKind:
    made: EngineKind = request.param()
    return made


@pytest.fixture
def folder(kind: EngineKind, tmp_path: Path) -> Path:
    kind.create(tmp_path / "index")
    kind.add(tmp_path / "index", [PUBLIC, STAFF, OTHER])
    return tmp_path / "index"


def found(kind: EngineKind, folder: Path, term: str, audience: Audience) -> set[int]:
    engine = kind.open(folder)
    try:
        return {d.article_id for d in engine.candidates({term: 1.0}, audience, 10)}
    finally:
        engine.close()


def test_a_document_comes_back_as_it_was(kind: EngineKind, folder: Path) -> None:
    engine = kind.open(folder)
    (one,) = engine.candidates({"timbr": 1.0}, Audience.PUBLIC, 10)
    assert packed(one) == packed(OTHER)
    assert packed(unpacked(packed(OTHER))) == packed(OTHER)
    engine.close()


def test_the_audience_is_inside_the_query(kind: EngineKind, folder: Path) -> None:
    assert found(kind, folder, "cart", Audience.STAFF) == {1, 2}
    assert found(kind, folder, "cart", Audience.PUBLIC) == {1}
    assert found(kind, folder, "secret", Audience.PUBLIC) == set()
    engine = kind.open(folder)
    for reason in ("permit.lost", None):
        about = engine.about(Audience.PUBLIC, procedure=None, reason=reason, limit=10)
        assert STAFF.article_id not in {d.article_id for d in about}
    # Asking as staff first leaves nothing behind for the public.
    engine.candidates({"cart": 1.0}, Audience.STAFF, 10)
    public = engine.candidates({"cart": 1.0}, Audience.PUBLIC, 10)
    assert [d.article_id for d in public] == [1]
    engine.close()


def test_on_a_reason_or_a_procedure(kind: EngineKind, folder: Path) -> None:
    engine = kind.open(folder)
    both = engine.about(Audience.STAFF, procedure="student", reason="permit.lost", limit=10)
    assert [d.article_id for d in both] == [1, 2, 3]
    assert len(engine.about(Audience.STAFF, procedure=None, reason=None, limit=2)) == 2
    assert engine.about(Audience.STAFF, procedure="no", reason=None, limit=2) == []
    engine.close()


def test_statistics(kind: EngineKind, folder: Path) -> None:
    engine = kind.open(folder)
    assert engine.count() == 3
    assert engine.frequency(Part.TITLE, "cart") == 2
    assert engine.frequency(Part.BODY, "cart") == 1
    assert engine.frequency(Part.BODY, "nothing") == 0
    assert engine.average_length(Part.TITLE) == pytest.approx((2 + 4 + 2) / 3, abs=0.01)
    engine.close()


def test_replacing_and_removing(kind: EngineKind, folder: Path) -> None:
    before = kind.open(folder)
    kind.replace(folder, [document(1, "Le visa")], [3])
    # Whoever has it open goes on reading what was there.
    assert [d.title for d in before.candidates({"timbr": 1.0}, Audience.PUBLIC, 5)] == [
        "Le timbre fiscal"
    ]
    before.close()
    assert found(kind, folder, "visa", Audience.PUBLIC) == {1}
    assert found(kind, folder, "cart", Audience.STAFF) == {2}
    assert found(kind, folder, "timbr", Audience.STAFF) == set()
    engine = kind.open(folder)
    assert engine.count() == 2
    engine.close()


def test_the_best_candidates_are_not_cut_off(kind: EngineKind, tmp_path: Path) -> None:
    many = [document(n, f"Carte numéro {n}", "carte de séjour") for n in range(1, 200)]
    many.append(document(500, "Carte brisée", "carte"))
    kind.create(tmp_path / "many")
    kind.add(tmp_path / "many", many)
    engine = kind.open(tmp_path / "many")
    best = engine.candidates({"cart": 1.0, "bris": 1.0}, Audience.PUBLIC, 5)
    assert best[0].article_id == 500
    assert len(best) == 5
    engine.close()


def test_a_failed_change_leaves_the_index_as_it_was(kind: EngineKind, folder: Path) -> None:
    def fails() -> object:
        yield document(9, "Neuf")
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        kind.replace(folder, fails(), [1])  # type: ignore[arg-type]
    assert found(kind, folder, "cart", Audience.PUBLIC) == {1}
    kind.replace(folder, [document(9, "Neuf")], [])
    assert found(kind, folder, "neuf", Audience.PUBLIC) == {9}
