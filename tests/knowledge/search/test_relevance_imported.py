"""Articles of service-public.fr as they are imported, against judged queries, with floors."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.articles.models import Audience
from knowledge.importing.service_public.converting import convert
from knowledge.importing.service_public.importing import article_file
from knowledge.importing.service_public.reading import sources
from knowledge.importing.service_public.tree import read
from knowledge.search import index
from tests.knowledge.search.test_relevance import reciprocal_rank
from tests.knowledge.small_base import document_of_file, small_base

HERE = Path("tests/knowledge/relevance")
FLOOR = 0.95
FLOORS = {
    "question": 0.85, "words": 0.95, "accents": 0.95, "typo": 0.95, "sms": 0.95, "unfinished": 0.95,
}  # fmt: skip


def judged() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((HERE / "imported.yaml").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def documents() -> list[Any]:
    every = list(sources(HERE / "imported.zip"))
    files = [article_file(convert(read(one.content, one.name), str)) for one in every]
    return [document_of_file(number, file) for number, file in enumerate(files, 1)]


@pytest.mark.parametrize("engine", index.ENGINES)
def test_the_right_article_comes_first(documents: list[Any], engine: str, tmp_path: Path) -> None:
    base = small_base(tmp_path, documents, Audience.PUBLIC, index.ENGINES[engine]())
    by_form: dict[str, list[float]] = defaultdict(list)
    for one in judged():
        right = [number.lower() for number in one["right"]]
        by_form[one["form"]].append(reciprocal_rank(base.slugs(one["query"]), right))
    everything = [rank for ranks in by_form.values() for rank in ranks]
    assert len(everything) >= 100
    assert sum(everything) / len(everything) >= FLOOR
    means = {form: sum(ranks) / len(ranks) for form, ranks in by_form.items()}
    assert set(means) == set(FLOORS)
    assert {form: mean for form, mean in means.items() if mean < FLOORS[form]} == {}


def test_every_judged_article_is_there(documents: list[Any]) -> None:
    known = {document.slug for document in documents}
    assert {number.lower() for one in judged() for number in one["right"]} <= known
