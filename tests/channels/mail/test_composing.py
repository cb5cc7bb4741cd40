"""Our messages: threaded, titled once, read back as written, and impossible to forge."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.mail.composing import (
    OWN_HEADER,
    CannotCompose,
    OutgoingFile,
    OutgoingMail,
    compose,
    find_reference,
    subject_tag,
    titled,
)
from channels.mail.guarding import comes_back
from channels.mail.identifiers import new_message_id
from channels.mail.parsing import parse

REFERENCE = "2611-2004-8317"
MAIL = OutgoingMail(
    message_id="<1.abc@relais.example.org>",
    date=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    sender_name="Élodie, du centre",
    sender_address="aide@example.org",
    to=(("Jean Dupont", "jean@example.net"),),
    subject="Problème de dépôt",
    text="Bonjour,\n\n.\nFrom ici tout va bien — très bien.",
    reference=REFERENCE,
)


def test_what_is_composed_is_read_back() -> None:
    files = (
        OutgoingFile("récépissé.pdf", "application/pdf", b"%PDF-1.4 essai de fichier\n"),
        OutgoingFile("note.html", "text/html", b"<script>x</script>"),
    )
    mail = replace(MAIL, html="<p>Bonjour</p>", files=files, cc=(("", "x@example.net"),))
    read = parse(compose(mail))
    assert read.message_id == MAIL.message_id
    assert read.date == MAIL.date
    assert read.sender is not None
    assert (read.sender.name, read.sender.address) == ("Élodie, du centre", "aide@example.org")
    assert [address.address for address in read.to + read.cc] == [
        "jean@example.net",
        "x@example.net",
    ]
    assert read.subject == "[#2611-2004-8317] Problème de dépôt"
    assert read.text == MAIL.text
    assert read.html == "<p>Bonjour</p>"
    assert [(one.filename, one.content) for one in read.attachments] == [
        (file.filename, file.content) for file in files
    ]
    assert read.defects == ()
    assert comes_back(read.message_id, read.verdict, ["relais.example.org"])


def test_the_same_mail_gives_the_same_bytes_at_every_try() -> None:
    mail = replace(MAIL, html="<p>x</p>", files=(OutgoingFile("a.bin", "x/y", b"1"),))
    assert compose(mail) == compose(mail)


def test_replies_are_threaded_and_long_threads_bounded() -> None:
    thread = tuple(f"<{number}@example.net>" for number in range(40))
    read = parse(compose(replace(MAIL, in_reply_to="<39@example.net>", references=thread)))
    assert read.in_reply_to == "<39@example.net>"
    assert read.references[0] == "<0@example.net>"
    assert read.references[-1] == "<39@example.net>"
    assert len(read.references) == 12
    assert read.subject == "Re: [#2611-2004-8317] Problème de dépôt"


def test_what_no_person_wrote_says_so() -> None:
    read = parse(compose(replace(MAIL, automatic=True)))
    assert read.auto_reply
    assert not read.verdict.may_be_answered
    assert not parse(compose(MAIL)).auto_reply


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Re: Re: AW: Question", "Re: [#2611-2004-8317] Question"),
        ("RE: [#2611-2004-8317] Question", "Re: [#2611-2004-8317] Question"),
        ("[#2611-2004-8317] Re: [#2611 2004 8317] Question", "Re: [#2611-2004-8317] Question"),
        ("Réf : Rép : Question", "Re: [#2611-2004-8317] Question"),
        ("回复：问题", "Re: [#2611-2004-8317] 问题"),
        ("", "Re: [#2611-2004-8317]"),
        ("a\r\nBcc: x@example.net", "Re: [#2611-2004-8317] a Bcc: x@example.net"),
    ],
)
def test_subject_has_one_prefix_and_one_tag(subject: str, expected: str) -> None:
    assert titled(subject, REFERENCE, reply=True) == expected
    assert titled(expected, REFERENCE, reply=True) == expected


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Re: [#2611-2004-8317] x", REFERENCE),
        ("TR : [#261120048317]", REFERENCE),
        ("[# 2611 2004 8317 ]", REFERENCE),
        ("[#2611–2004–8317]", REFERENCE),
        ("2611-2004-8317", None),
        ("[#2611-2004-831]", None),
        ("[#1] [#1111-1111-1111] [#2611-2004-8317]", REFERENCE),
    ],
)
def test_reference_is_found_in_a_subject(subject: str, expected: str | None) -> None:
    assert find_reference(subject, lambda found: found == REFERENCE) == expected
    assert subject_tag(REFERENCE) == "[#2611-2004-8317]"


@pytest.mark.parametrize(
    "change",
    [
        {"message_id": "<a@b>\r\nBcc: x@example.net"},
        {"message_id": "no brackets"},
        {"sender_address": "a@example.org\nBcc: x@example.net"},
        {"to": (("", "a@example.org, b@example.org"),)},
        {"to": (("", "pas une adresse"),)},
        {"language": "fr\r\nX: y"},
        {"own_id": "a b"},
    ],
)
def test_what_is_no_address_or_identifier_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(CannotCompose):
        compose(replace(MAIL, **change))  # type: ignore[arg-type]


# The first text in Latin letters loads the language model: the time of one example says nothing.
@settings(deadline=None)
@given(name=st.text(max_size=60), subject=st.text(max_size=120), text=st.text(max_size=200))
def test_no_input_adds_a_header_or_a_recipient(name: str, subject: str, text: str) -> None:
    raw = compose(
        replace(MAIL, sender_name=name, subject=subject, text=text, to=((name, "j@example.net"),))
    )
    read = parse(raw)
    head = raw.split(b"\r\n\r\n", 1)[0]
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert " ".join(sorted(name.decode() for name in names)) == (
        "Content-Language Content-Transfer-Encoding Content-Type Date From MIME-Version Message-ID"
        f" Subject To {OWN_HEADER}"
    )
    assert [address.address for address in read.to] == ["j@example.net"]
    assert read.sender is not None
    assert read.sender.address == "aide@example.org"
    assert find_reference(read.subject) == REFERENCE


def test_identifiers_are_unique_and_say_nothing() -> None:
    made = {new_message_id("relais.example.org") for _ in range(1000)}
    assert len(made) == 1000
    assert all(one.endswith("@relais.example.org>") for one in made)
