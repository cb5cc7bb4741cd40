"""``relais knowledge``: what scripts read, and how it says no."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from knowledge.search import index
from knowledge.search.generations import IndexBusy
from support.kernel import db
from support.people.models import Role
from tests.cast import again
from tests.web.conftest import Site
from tests.web.library.conftest import PHOTO, SECRET
from web.cli import knowledge as command

ARTICLE = """---
slug: {slug}
title: "{title}"
audience: public
---
Un corps qui parle de {title}.
"""


@pytest.fixture
def run(site: Site, monkeypatch: pytest.MonkeyPatch):
    """The command, on the database and index of the test."""
    monkeypatch.setattr(command, "ready", lambda: None)
    monkeypatch.setattr(command.migrations, "pending", lambda connection: False)

    def one(*arguments: str, said: str = "") -> Result:
        return CliRunner().invoke(command.knowledge, arguments, input=said)

    return one


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "articles"
    made.mkdir()
    for slug, title in (("timbre", "Le timbre"), ("visa", "Le visa")):
        (made / f"{slug}.md").write_text(ARTICLE.format(slug=slug, title=title))
    return made


def test_import_then_found(run, folder: Path) -> None:
    result = run("import", "--format", "markdown", str(folder))
    assert result.exit_code == 0, result.output
    assert result.stdout.split() == ["created", "timbre", "created", "visa"]
    assert "2 created: done" in result.stderr
    assert "timbre" in run("search", "timbre").stdout


def test_import_twice_changes_nothing_and_then_what_changed(run, folder: Path) -> None:
    run("import", "--format", "markdown", str(folder))
    again_ = run("import", "--format", "markdown", str(folder))
    assert (again_.exit_code, again_.stdout) == (0, "")
    (folder / "visa.md").write_text(ARTICLE.format(slug="visa", title="Le visa long"))
    third = run("import", "--format", "markdown", str(folder))
    assert third.stdout == "changed   visa  (title, body)\n"


def test_dry_run_writes_nothing(run, folder: Path) -> None:
    result = run("import", "--format", "markdown", "--dry-run", str(folder))
    assert "created   timbre" in result.stdout
    assert "nothing written (dry run)" in result.stderr
    assert run("search", "timbre").stdout == ""


def test_one_wrong_file_stops_the_import_and_is_named(run, folder: Path) -> None:
    (folder / "bad.md").write_text("---\nslug: Bad Slug\ntitle: T\naudience: world\n---\nx\n")
    result = run("import", "--format", "markdown", str(folder))
    assert result.exit_code == 1
    assert "bad.md: audience: front_matter.wrong_kind" in result.stderr
    assert run("search", "timbre").stdout == ""


def test_a_format_that_is_not_there_yet(run, folder: Path) -> None:
    result = run("import", "--format", "service-public", str(folder))
    assert result.exit_code == 2
    assert "service-public" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "--format", "markdown", "/no/such/folder"),
        ("import", "--format", "docx", "."),
        ("import", "--format", "markdown", __file__),
        ("search",),
        ("search", "--limit", "0", "photo"),
        ("search", "--audience", "everybody", "photo"),
        ("search", "--batch", "/no/such/file"),
    ],
)
def test_wrong_usage(run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


def test_no_editor_no_import(run, site: Site, folder: Path) -> None:
    with db.transaction():
        assert site.cast.editor.role is Role.KNOWLEDGE_EDITOR
        again(site.cast.editor).active = False
    result = run("import", "--format", "markdown", str(folder))
    assert result.exit_code == 1
    assert "relais user create" in result.stderr


def test_the_signer_must_be_an_editor(run, site: Site, folder: Path) -> None:
    for email, code in ((site.cast.teleadviser.email, 1), (site.cast.editor.email, 0)):
        asked = ("import", "--format", "markdown", "--as", email, str(folder))
        assert run(*asked).exit_code == code


def test_search_as_json(run, shelf) -> None:
    lines = [
        json.loads(line) for line in run("search", "--json", "photo", "refusée").stdout.splitlines()
    ]
    assert lines[0]["slug"] == PHOTO
    assert [line["rank"] for line in lines] == list(range(1, len(lines) + 1))
    assert {line["audience"] for line in lines} == {"public"}


def test_only_staff_find_staff_articles(run, shelf) -> None:
    assert SECRET not in run("search", "photo").stdout
    assert SECRET in run("search", "--audience", "staff", "photo").stdout


def test_batch_answers_each_question_in_its_order(run, shelf) -> None:
    asked = '{"qid": 7, "query": "photo"}\n\n{"qid": "b", "query": "xyzzyque"}\n'
    result = run("search", "--batch", "-", "--limit", "1", said=asked)
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"qid": 7, "hits": [PHOTO]},
        {"qid": "b", "hits": []},
    ]


@pytest.mark.parametrize("line", ["{", "[]", '{"qid": 1}', '{"qid": 1, "query": 5}', "3"])
def test_a_wrong_line_is_named_before_any_answer(run, shelf, line: str) -> None:
    result = run("search", "--batch", "-", said=f'{{"qid": 1, "query": "photo"}}\n{line}\n')
    assert (result.exit_code, result.stdout) == (2, "")
    assert "line 2" in result.stderr


def test_nothing_found_is_no_failure(run, shelf) -> None:
    result = run("search", "xyzzyque")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "nothing found\n")


def test_reindex(run, shelf) -> None:
    assert run("reindex").stdout == "3 articles indexed\n"


def test_a_busy_index_asks_to_try_later(run, shelf, monkeypatch) -> None:
    def busy(*_args: object, **_more: object) -> int:
        raise IndexBusy

    monkeypatch.setattr(index.NodeIndex, "reindex", busy)
    assert run("reindex").exit_code == 75
