"""What agents type again and again is one line for who writes, and says of nobody who they are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from knowledge.articles.plain_text import to_text
from knowledge.gaps import typed_again
from knowledge.gaps.typed_again import TypedPassage
from support.kernel import db
from support.kernel.time import as_of, now, today
from support.tickets.given import Given
from support.tickets.models import Ticket
from support.tickets.replying import agent_replies
from tests.cast import Cast
from tests.factories import a_reply, a_ticket, counted
from tests.knowledge.conftest import Write

LONG = (
    "Pour recevoir votre carte, attendez le SMS de la préfecture, puis prenez rendez-vous sur son "
    "site avec votre passeport, l'ancien titre et le timbre de {price} euros acheté en ligne."
)


def typed(cast: Cast, text: str, **more) -> Ticket:
    ticket = a_ticket(cast, cast.awa, reason="other")
    agent_replies(ticket, a_reply(text, **more), by=cast.teleadviser)
    return ticket


def collected() -> list[typed_again.TypedAgain]:
    typed_again.collect(1000)
    return typed_again.typed_again(today() - typed_again.WINDOW)


def test_the_same_words_on_three_tickets_are_one_line(cast: Cast) -> None:
    tickets = [
        typed(cast, f"Bonjour Madame Diallo,\n\n{LONG.format(price=225)}\n\nCordialement"),
        typed(cast, LONG.format(price=200).upper()),
        typed(cast, LONG.format(price=225).replace(", puis", " puis")),
    ]
    (found,) = collected()
    assert found.tickets == 3
    assert found.references == [ticket.reference for ticket in reversed(tickets)]
    assert "le timbre de 225 euros" in found.text


def test_what_is_typed_less_often_or_is_short_is_none(cast: Cast) -> None:
    for _ in range(2):
        typed(cast, LONG.format(price=225))
    for _ in range(4):
        typed(cast, "Nous restons à votre disposition pour tout renseignement.")
    # Twice on one ticket is once.
    ticket = typed(cast, "Rien.")
    agent_replies(ticket, a_reply("Encore rien."), by=cast.teleadviser)
    assert collected() == []


def test_who_wrote_and_who_asked_are_not_said(cast: Cast) -> None:
    named = f"Madame {cast.awa.family_name}, écrit {cast.teleadviser.full_name} : {LONG}"
    for _ in range(3):
        typed(cast, named.format(price=225))
    (found,) = collected()
    assert cast.awa.family_name not in found.text
    assert cast.teleadviser.family_name not in found.text
    assert "attendez le SMS" in found.text
    assert typed_again.one(found.key) == found.text


def test_what_an_article_put_there_was_typed_by_nobody(cast: Cast, write: Write) -> None:
    article = write("carte", body=f"## Retirer\n\n{LONG.format(price=225)}")
    text = to_text(f"## Retirer\n\n{LONG.format(price=225)}")
    for _ in range(3):
        typed(cast, text, articles=[Given(article.id, 1)])
    assert collected() == []


def test_it_goes_on_from_where_it_was(cast: Cast) -> None:
    for _ in range(3):
        typed(cast, LONG.format(price=225))
    read, after = typed_again.collect(2)
    assert read == 2
    assert typed_again.collect(2, after)[0] == 1
    assert typed_again.collect(2)[0] == 0
    assert db.session().query(TypedPassage).count() == 3


def test_what_is_old_is_forgotten(cast: Cast) -> None:
    with as_of(now() - timedelta(days=200)):
        typed(cast, LONG.format(price=225))
        typed_again.collect(10)
    typed(cast, LONG.format(price=225))
    typed_again.collect(10)
    assert typed_again.forget_old(10) == 1
    assert db.session().query(TypedPassage).count() == 1


def test_what_is_typed_together_is_one_text(cast: Cast) -> None:
    for n in range(3):
        typed(cast, f"{LONG}\n\nSeul {'abcdefghi'[n] * 9} {LONG}\n\nEncore : {LONG}")
    (found,) = collected()
    assert found.text == f"{LONG}\n\nEncore : {LONG}"
    assert typed_again.one(found.key) == found.text


def test_texts_in_other_letters_are_told_apart(cast: Cast) -> None:
    arabic = "المطلوب رسالة من صديقكم يقول فيها إنكم تسكنون عنده مع فاتورة حديثة باسمه " * 2
    for n in range(6):
        typed(cast, arabic + ("انتبهوا" if n % 2 else ""))
    assert [one.tickets for one in collected()] == [3, 3]


def test_what_leads_to_an_article_is_no_want(cast: Cast) -> None:
    for _ in range(3):
        typed(cast, f"{LONG} https://relais.example/aide/timbre")
    assert collected() == []


@pytest.mark.parametrize("text", ["", "…", "\n\n \n\n", "é" * 5000, "x\r\n\r\n" + "mot " * 60])
def test_no_text_makes_it_fail(cast: Cast, text: str) -> None:
    for paragraph in typed_again.paragraphs(text):
        assert len(typed_again.key_of(paragraph)) == 32


def test_it_costs_the_same_however_much_was_typed(cast: Cast) -> None:
    sizes = []
    for n in range(3):
        for _ in range(3):
            typed(cast, f"{LONG.format(price=n)} " + "encore " * n)
        typed_again.collect(1000)
        db.session().expire_all()
        with counted() as sql:
            typed_again.typed_again(today() - typed_again.WINDOW)
        sizes.append(len(sql))
    assert sizes[0] == sizes[2] == 4
