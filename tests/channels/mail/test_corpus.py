"""Each message of the corpus against what its author expects of it.

``NAME.json`` names only the fields that the message is about; ``defects`` must be among those
found. ``failed_addresses`` are those of the failed recipients, in order.
"""

import json
from pathlib import Path

import pytest

from channels.mail.parsing import as_json, parse

CORPUS = Path(__file__).parent / "corpus"
NAMES = sorted(path.stem for path in CORPUS.glob("*.eml"))


def test_every_message_has_its_expectation() -> None:
    assert sorted(path.stem for path in CORPUS.glob("*.json")) == NAMES
    assert len(NAMES) >= 220


@pytest.mark.parametrize("name", NAMES)
def test_message_is_understood_as_its_author_expects(name: str) -> None:
    expected = json.loads((CORPUS / f"{name}.json").read_text())
    found = as_json(parse((CORPUS / f"{name}.eml").read_bytes()))
    missing = set(expected.pop("defects", [])) - set(found["defects"])
    found["failed_addresses"] = [one["address"] for one in found["failed_recipients"]]
    assert {field: found[field] for field in expected} == expected
    assert not missing, found["defects"]
    assert "\ufffd" not in found["text"] + found["subject"]
    assert not any(defect.startswith("unreadable") for defect in found["defects"])


def test_nothing_of_an_attached_message_leaks() -> None:
    mail = parse((CORPUS / "attached-message.eml").read_bytes())
    assert "ne doit pas sortir" not in mail.text
    assert mail.attachments[0].content.startswith(b"From: secret@example.net")


def test_html_is_harmless_and_loads_nothing_from_outside() -> None:
    html = parse((CORPUS / "html-only.eml").read_bytes()).html or ""
    assert "https://example.org/a" in html
    for danger in ("script", "alert", "style", "pixel.gif", "src="):
        assert danger not in html
