"""The demonstration's articles against judged queries: mean reciprocal rank, with floors."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.articles.front_matter import ArticleFile, parse
from knowledge.articles.models import Audience
from tests.knowledge.small_base import SmallBase, document_of_file, small_base

ARTICLES = Path("web/demo/data/articles")
QUERIES = Path("tests/knowledge/relevance/queries.yaml")

FLOOR = 0.94
FLOOR_OF_A_FORM = 0.90
PUBLIC_FORMS_FLOOR = 0.95


def files() -> list[ArticleFile]:
    read = [parse(path.read_text("utf-8")) for path in sorted(ARTICLES.glob("*.md"))]
    return [file for file in read if isinstance(file, ArticleFile)]


def judged() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load(QUERIES.read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def documents() -> list[Any]:
    return [document_of_file(number, file) for number, file in enumerate(files(), 1)]


@pytest.fixture(scope="module")
def staff(documents: list[Any], tmp_path_factory: pytest.TempPathFactory) -> SmallBase:
    return small_base(tmp_path_factory.mktemp("staff"), documents)


@pytest.fixture(scope="module")
def public(documents: list[Any], tmp_path_factory: pytest.TempPathFactory) -> SmallBase:
    return small_base(tmp_path_factory.mktemp("public"), documents, Audience.PUBLIC)


def reciprocal_rank(found: list[str], right: list[str]) -> float:
    for place, slug in enumerate(found[:10], 1):
        if slug in right:
            return 1 / place
    return 0.0


def test_every_judged_article_exists() -> None:
    known = {file.slug for file in files()}
    assert {slug for one in judged() for slug in one["right"]} <= known
    assert len(judged()) >= 300


def test_staff(staff: SmallBase) -> None:
    by_form: dict[str, list[float]] = defaultdict(list)
    for one in judged():
        by_form[one["form"]].append(reciprocal_rank(staff.slugs(one["query"]), one["right"]))
    everything = [rank for ranks in by_form.values() for rank in ranks]
    assert sum(everything) / len(everything) >= FLOOR
    means = {form: sum(ranks) / len(ranks) for form, ranks in by_form.items()}
    assert {form: mean for form, mean in means.items() if mean < FLOOR_OF_A_FORM} == {}


@pytest.mark.parametrize("enough", [1, 3, 10])
def test_leaving_out_what_cannot_come_first_changes_nothing(staff: SmallBase, enough: int) -> None:
    for one in judged():
        whole = staff.ranked(one["query"])[:enough]
        assert staff.ranked(one["query"], enough=enough)[:enough] == whole


def test_the_public_finds_as_well_and_only_what_is_public(public: SmallBase) -> None:
    ranks: list[float] = []
    for one in judged():
        found = public.ranked(one["query"])
        assert all(hit.document.audience is Audience.PUBLIC for hit in found)
        if one["form"] != "staff":
            slugs = [hit.document.slug for hit in found]
            ranks.append(reciprocal_rank(slugs, one["right"]))
    assert sum(ranks) / len(ranks) >= PUBLIC_FORMS_FLOOR
