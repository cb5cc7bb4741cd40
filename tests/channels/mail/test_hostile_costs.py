"""Four times the bytes cost about four times the work, not sixteen times."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from channels.mail.addresses import LONGEST_FIELD, parse_list
from channels.mail.flowed import unfold
from channels.mail.parsing import parse
from channels.mail.quoting import reply_text
from channels.mail.sanitising import sanitise


def attributes(count: int) -> str:
    return "<a " + " ".join(f"x{n}=1" for n in range(count)) + ">words</a>"


def report(text: str) -> object:
    """The verdict on a text that says to come from a mail server."""
    head = "From: MAILER-DAEMON@example.net\nSubject: Undelivered: user unknown\n\n"
    return parse((head + text).encode()).verdict


COSTS: dict[str, tuple[Callable[[str], object], Callable[[int], str], int]] = {
    "quotes never closed": (parse_list, lambda n: '"\\' * n, LONGEST_FIELD // 8),
    "soft breaks": (unfold, lambda n: "abc \n" * n, 100_000),
    "attributes": (sanitise, attributes, 25_000),
    "report with spaces": (report, lambda n: "recipients:" + " " * n + "x", 60_000),
    "report with a rule": (report, lambda n: "user unknown\n" + "=-" * n, 30_000),
    "report with one word": (report, lambda n: "user unknown\n" + "a" * n, 60_000),
    "one endless rule": (reply_text, lambda n: "Bonjour\n\n" + "_" * n, 250_000),
    "many attributions begun": (reply_text, lambda n: "x On 1 <a@b.c> le\n" * n, 1_500),
    "one line of them": (reply_text, lambda n: "x:" + " On 1" * n + "@", 12_000),
}


def cost(work: Callable[[str], object], given: str) -> float:
    """Processor seconds, the best of three: others may be at work on the machine."""
    took = []
    for _ in range(3):
        begun = time.process_time()
        work(given)
        took.append(time.process_time() - begun)
    return min(took)


@pytest.mark.parametrize("case", COSTS)
def test_cost_grows_with_the_size(case: str) -> None:
    work, made, size = COSTS[case]
    small, large = cost(work, made(size)), cost(work, made(4 * size))
    assert large < 9 * small + 0.02


def test_an_endless_address_field_is_read_up_to_a_point_and_noted() -> None:
    raw = b"From: jean@example.net" + b'"\\' * LONGEST_FIELD + b"\nSubject: Question\n\nBonjour\n"
    assert "from-too-long" in parse(raw).defects


def test_of_many_attributes_the_words_are_kept() -> None:
    assert ">words</a>" in sanitise(attributes(5000))
    many = '<a href="https://example.org/">' + " ".join("x" * 3 for _ in range(5000)) + "</a>"
    assert sanitise(many).count("xxx") == 5000
