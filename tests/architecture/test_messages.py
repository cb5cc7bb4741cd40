"""Every refusal of the domain has words for the person who is refused."""

from __future__ import annotations

import ast

from tests.architecture.reading import DOMAIN, calls, shown, sources
from web.messages import SENTENCES

REFUSALS = {"Invalid.of", "Forbidden.of", "NotVisible.of", "Conflict.of", "Problem"}


def codes() -> dict[str, str]:
    """Each code that the domain refuses with, and where; the changing part of one is « * »."""
    found = {}
    for path in sources(*DOMAIN):
        for name, call in calls(path):
            if name in REFUSALS and call.args:
                code = literal(call.args[0])
                if code:
                    found[code] = f"{shown(path)}:{call.lineno}"
    return found


def literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values
        )
    return None


# Told at the command line, with the file and the key, to whoever writes articles in files.
AT_THE_COMMAND_LINE = "front_matter."


def test_every_code_has_its_sentence():
    known = set(SENTENCES)
    prefixes = {code.partition(".")[0] for code in known}
    missing = {
        code: where
        for code, where in codes().items()
        if code not in known and not ("*" in code and code.partition(".")[0] in prefixes)
        if not code.startswith(AT_THE_COMMAND_LINE)
    }
    assert missing == {}


def test_there_are_codes_to_look_for():
    assert {"ticket.taken", "handover.question_missing", "reply.newer"} <= set(codes())
