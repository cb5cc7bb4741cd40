"""What the HTML of a mail tells of its text: named signatures and heads of quotations."""

import time

import pytest

from channels.mail import html_hints
from channels.mail.parsing import parse

OWN = "Voici le document.\n\nMerci."
OWN_HTML = "<div>Voici le document.</div><div><br></div><div>Merci.</div>"
SIGNED = "Jean Dupont<br>Chef de projet<br>Association Exemple"
# A language that no list of ours knows.
HEAD = "2025 m. kovo 3 d. 10:12 Centras (aide@example.org) teigia taip:"
HEAD_HTML = "2025 m. kovo 3 d. 10:12 Centras (aide@example.org) teigia taip:"


def mail(html: str, text: str | None = None) -> bytes:
    head = b"From: a@example.net\nSubject: Question\nMIME-Version: 1.0\n"
    if text is None:
        return head + b"Content-Type: text/html; charset=utf-8\n\n" + html.encode()
    return (
        head
        + b"Content-Type: multipart/alternative; boundary=b\n\n--b\n"
        + b"Content-Type: text/plain; charset=utf-8\n\n"
        + text.encode()
        + b"\n--b\nContent-Type: text/html; charset=utf-8\n\n"
        + html.encode()
        + b"\n--b--\n"
    )


@pytest.mark.parametrize(
    "opening",
    [
        '<div class="gmail_signature" data-smartmail="gmail_signature">',
        '<div dir="ltr" class="gmail_signature">',
        '<div id="Signature">',
        '<div id="x_Signature" class="elementToProof">',
        '<div class="moz-signature">',
        "<div id=ms-outlook-mobile-signature>",
        '<div class="protonmail_signature_block protonmail_signature_block-empty">',
        '<div id="_rc_sig">',
        '<div><div class="x_x_gmail_signature">',
    ],
)
def test_a_signature_that_the_html_names_is_removed(opening: str) -> None:
    html = f"{OWN_HTML}<br>{opening}{SIGNED}</div>"
    assert parse(mail(html)).reply_text == OWN
    text = OWN + "\n\nJean Dupont\nChef de projet\nAssociation\nExemple\n"
    assert parse(mail(html, text)).reply_text == OWN


@pytest.mark.parametrize(
    "quotation",
    [
        '<div class="gmail_quote"><div class="gmail_attr">{head}<br></div>'
        '<blockquote class="gmail_quote">Bonjour</blockquote></div>',
        '<div class="gmail_extra"><div class="gmail_quote">{head}<br>'
        "<blockquote>Bonjour</blockquote></div></div>",
        '<div class="moz-cite-prefix">{head}<br></div><blockquote type="cite">Bonjour</blockquote>',
        '<div id="ydp" class="ydp yahoo_quoted"><div>{head}</div><div>Bonjour</div></div>',
        '<p id="reply-intro">{head}</p><blockquote>Bonjour</blockquote>',
        '<div class="protonmail_quote">{head}<br><blockquote>Bonjour</blockquote></div>',
    ],
)
def test_the_head_of_a_quotation_is_known_in_any_language(quotation: str) -> None:
    html = OWN_HTML + quotation.format(head=HEAD_HTML)
    assert parse(mail(html)).reply_text == OWN
    wrapped = HEAD.replace("Centras ", "Centras\n")
    assert parse(mail(html, f"{OWN}\n\n{wrapped}\n> Bonjour\n")).reply_text == OWN


def test_words_typed_in_a_signature_are_kept() -> None:
    whole = f'<div id="Signature">{OWN_HTML}</div>'
    assert parse(mail(whole)).reply_text == OWN
    above = f'<div class="gmail_signature">{SIGNED}</div><div>{OWN}</div>'
    assert OWN.split("\n")[0] in parse(mail(above)).reply_text


def test_a_quoted_greeting_does_not_cut_the_same_greeting_of_the_author() -> None:
    html = (
        "<div>Bonjour Madame Martin,</div><div>Merci.</div>"
        '<blockquote class="gmail_quote"><div>Bonjour Madame Martin,</div></blockquote>'
    )
    assert parse(mail(html)).reply_text == "Bonjour Madame Martin,\nMerci."


def test_hints_cost_little_whatever_the_html() -> None:
    begun = time.process_time()
    html_hints.of('<div class="gmail_quote">' * 20_000)
    html_hints.of("<div class=" * 50_000)
    html_hints.of('<div id="' + "x " * 200_000)
    assert time.process_time() - begun < 2
