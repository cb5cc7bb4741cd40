"""Whatever mail carries is found again: in a text, or in a file, byte for byte."""

from __future__ import annotations

import base64
import json
import quopri
from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.mail.parsing import as_json, parse

CALM = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass(frozen=True)
class Leaf:
    """A part: its type, its bytes, how it travels and its file name ("" is a text of the body)."""

    kind: str
    content: bytes
    encoding: str
    name: str


@dataclass(frozen=True)
class Tree:
    kind: str
    children: tuple[Leaf | Tree, ...]


_WORDS = st.text(st.sampled_from("abc éàçß عربي Привет 你好 12.,"), min_size=1, max_size=40).map(
    lambda words: " ".join(words.split()) or "mot"
)
_TEXTS = st.builds(
    lambda words, encoding: Leaf("text/plain; charset=utf-8", words.encode(), encoding, ""),
    _WORDS,
    st.sampled_from(["8bit", "base64", "quoted-printable"]),
)
_FILES = st.builds(
    lambda content, kind, stem: Leaf(kind, content, "base64", f"{stem}.bin"),
    st.binary(max_size=300),
    st.sampled_from(["application/pdf", "application/octet-stream", "audio/mpeg", "text/x-note"]),
    st.sampled_from(["carte", "pièce", "附件"]),
)
_TREES = st.recursive(
    st.one_of(_TEXTS, _FILES),
    lambda inner: st.builds(
        Tree,
        st.sampled_from(["mixed", "related", "parallel", "signed"]),
        st.lists(inner, min_size=1, max_size=3).map(tuple),
    ),
    max_leaves=8,
)


def written(node: Leaf | Tree, path: str = "b") -> bytes:
    """A node as it travels, with its header block."""
    if isinstance(node, Tree):
        head = f'Content-Type: multipart/{node.kind}; boundary="{path}"\r\n\r\n'.encode()
        inner = b"".join(
            f"--{path}\r\n".encode() + written(child, f"{path}-{number}") + b"\r\n"
            for number, child in enumerate(node.children)
        )
        return head + inner + f"--{path}--\r\n".encode()
    head = f"Content-Type: {node.kind}\r\nContent-Transfer-Encoding: {node.encoding}\r\n"
    if node.name:
        head += f'Content-Disposition: attachment; filename="{node.name}"\r\n'
    encode = {
        "8bit": bytes,
        "base64": base64.encodebytes,
        "quoted-printable": quopri.encodestring,
    }[node.encoding]
    return head.encode() + b"\r\n" + encode(node.content)


def leaves(node: Leaf | Tree) -> list[Leaf]:
    if isinstance(node, Leaf):
        return [node]
    return [leaf for child in node.children for leaf in leaves(child)]


@CALM
@given(_TREES)
def test_every_part_is_found_again(tree: Leaf | Tree) -> None:
    mail = parse(b"From: a@example.net\r\nMIME-Version: 1.0\r\n" + written(tree))
    json.dumps(as_json(mail))
    files = [leaf for leaf in leaves(tree) if leaf.name]
    assert [(one.filename, one.content) for one in mail.attachments] == [
        (leaf.name, leaf.content) for leaf in files
    ]
    at = 0
    for leaf in leaves(tree):
        if not leaf.name:
            at = mail.text.index(leaf.content.decode(), at)


@CALM
@given(_TREES, st.data())
def test_a_message_cut_anywhere_still_gives_one_object(
    tree: Leaf | Tree, data: st.DataObject
) -> None:
    raw = b"From: a@example.net\r\nMIME-Version: 1.0\r\n" + written(tree)
    cut = raw[: data.draw(st.integers(0, len(raw)))]
    mail = parse(cut)
    json.dumps(as_json(mail))
    assert not any(defect.startswith("unreadable") for defect in mail.defects)


@CALM
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp"]))
)
def test_a_subject_survives_its_encoding(subject: str) -> None:
    word = base64.b64encode(subject.encode()).decode()
    found = parse(f"From: a@example.net\r\nSubject: =?utf-8?B?{word}?=\r\n\r\nx".encode()).subject
    assert found.split() == "".join(c if c.isprintable() else " " for c in subject).split()
