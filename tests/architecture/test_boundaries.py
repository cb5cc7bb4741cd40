"""The arrows between the rooms, and what the domain may never do."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.reading import DOMAIN, PACKAGES, ROOT, calls, shown, sources, tree


def test_the_import_arrows_are_kept(tmp_path):
    linter = Path(sys.executable).parent / "lint-imports"
    command = [str(linter), "--cache-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


# Whoever opens a transaction commits it, in this one place.
COMMITS = {"support/kernel/db.py"}
# A search index is a file of its own: its writer commits it.
# Handlers of the outbox, which speak to another server between two transactions.
GLPI = {f"escalation/glpi/{name}.py" for name in ("pulling", "pushing", "read")}
NOT_THE_DATABASE = ("writer.commit", "writer.rollback", "session.rollback")


def test_no_verb_commits():
    found = {
        f"{shown(path)}:{call.lineno}"
        for path in sources(*DOMAIN)
        for name, call in calls(path)
        if name.endswith((".commit", ".rollback")) and shown(path) not in COMMITS
        if not (shown(path).startswith("knowledge/search/") and name in NOT_THE_DATABASE)
    }
    assert found == set()


def test_the_domain_opens_transactions_only_where_it_is_itself_the_door():
    """Handlers of the outbox and readers of mailboxes are run by workers: they open their own."""
    opened = {
        shown(path)
        for path in sources("support", "escalation", "knowledge")
        for name, _ in calls(path)
        if name in ("transaction", "db.transaction")
    }
    assert opened <= {"support/outbox/draining.py", *GLPI, *derived(opened)}


def derived(opened: set[str]) -> set[str]:
    """The search index is a derived file: whoever rebuilds it reads in a transaction of its own."""
    return {path for path in opened if path.startswith("knowledge/search/")}


@pytest.mark.parametrize("package", PACKAGES)
def test_sql_is_never_written_from_pieces(package):
    found = [
        f"{shown(path)}:{call.lineno}"
        for path in sources(package)
        for name, call in calls(path)
        if name.rpartition(".")[2] in ("text", "literal_column", "exec_driver_sql", "execute")
        for argument in call.args[:1]
        if built(argument) and shown(path) != "support/kernel/db.py"
    ]
    assert found == []


def built(argument: ast.expr) -> bool:
    """Whether a text is put together: an f-string, a sum, or formatted."""
    if isinstance(argument, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in argument.values)
    if isinstance(argument, ast.BinOp):
        return isinstance(argument.op, (ast.Add, ast.Mod)) and any(
            isinstance(side, (ast.JoinedStr, ast.Constant))
            and isinstance(getattr(side, "value", ""), str)
            for side in (argument.left, argument.right)
        )
    return isinstance(argument, ast.Call) and ast.unparse(argument.func).endswith(".format")


@pytest.mark.parametrize("package", PACKAGES)
def test_no_instant_is_naive(package):
    found = []
    for path in sources(package):
        for name, call in calls(path):
            last = name.rpartition(".")[2]
            naive = last in ("utcnow", "utcfromtimestamp", "today") and "date" in name
            unzoned = name in ("datetime.now", "datetime.datetime.now") and not (
                call.args or call.keywords
            )
            stamped = last == "fromtimestamp" and "date" in name and len(call.args) < 2
            stamped = stamped and not call.keywords
            if naive or unzoned or stamped:
                found.append(f"{shown(path)}:{call.lineno}")
    assert found == []


def test_the_present_is_read_in_one_place():
    found = {
        shown(path)
        for path in sources("support", "escalation")
        for name, _ in calls(path)
        if name in ("datetime.now", "time.time", "date.today")
    }
    assert found == {"support/kernel/time.py"}


def test_the_domain_does_not_ask_the_web_who_it_is():
    found = {
        f"{shown(path)}: {name}"
        for path in sources(*DOMAIN)
        for node in ast.walk(tree(path))
        for name in names(node)
        if name.partition(".")[0] in {"flask", "flask_login", "flask_wtf", "celery", "web"}
    }
    assert found == set()


def names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []


def test_no_import_hides_in_a_function():
    """An import inside a function hides a cycle; heavy ones that start-up must not pay are few."""
    hidden = {
        shown(path)
        for path in sources("support", "escalation")
        for function in ast.walk(tree(path))
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        if names(node)
    }
    assert hidden == set()
