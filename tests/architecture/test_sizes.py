"""Small rooms: a file is read at one sitting, a function at one glance."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.reading import PACKAGES, shown, sources, tree

LONGEST_FILE = 400
LONGEST_FUNCTION = 60


@pytest.mark.parametrize("package", PACKAGES)
def test_no_file_is_long(package):
    lengths = {shown(path): len(path.read_text().splitlines()) for path in sources(package)}
    assert {path: n for path, n in lengths.items() if n > LONGEST_FILE} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_function_is_long(package):
    found = {
        f"{shown(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in sources(package)
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    assert {name: n for name, n in found.items() if n > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_it_is_for(package):
    silent = [shown(path) for path in sources(package) if not ast.get_docstring(tree(path))]
    assert silent == []


def test_there_is_no_attic():
    attics = {"utils", "util", "helpers", "misc", "common", "tools"}
    assert [shown(p) for p in sources(*PACKAGES) if attics & {p.stem, p.parent.name}] == []
