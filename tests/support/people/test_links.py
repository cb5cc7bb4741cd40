"""Signed links cannot be made, changed or used for something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.people import links


def test_a_link_of_ours_is_read():
    token = links.sign("follow", 17, "salt")
    assert links.read("follow", token) == (17, "salt")


def test_a_link_is_good_for_its_purpose_and_secret_only():
    token = links.sign("follow", 17, "salt")
    assert links.read("survey", token) is None
    links.configure("another secret")
    assert links.read("follow", token) is None


@given(st.text(max_size=60))
def test_any_other_text_is_no_link(text):
    assert links.read("follow", text) is None


@pytest.mark.parametrize("text", ["", ".", "a.b", "é.é", "\x00", "\ud800", "WzEsMV0.x" * 999])
def test_odd_texts_are_no_links(text):
    assert links.read("follow", text) is None


def test_every_change_of_a_letter_is_caught():
    token = links.sign("follow", 17, "salt")
    for place in range(len(token)):
        letter = "A" if token[place] != "A" else "B"
        changed = token[:place] + letter + token[place + 1 :]
        read = links.read("follow", changed)
        # The last letter of a signature carries two bits that mean nothing.
        assert read is None or (place == len(token) - 1 and read == (17, "salt"))


@pytest.mark.parametrize("payload", [17, "x", [17], [17, 18], ["17", "s"], {"a": 1}, None])
def test_what_we_signed_for_something_else_is_no_link(payload):
    token = str(links._signer("follow").dumps(payload))
    assert links.read("follow", token) is None
