"""Small makers of what tests talk about. Each goes through the verbs; nothing is committed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from escalation.models import Escalation
from escalation.raising import HandoverDraft, escalate
from knowledge.articles import publishing, writing
from knowledge.articles.models import Article, Audience
from knowledge.articles.writing import About
from knowledge.articles.writing import Words as ArticleWords
from support.intake.models import Channel, Received
from support.intake.receiving import key_of, receive
from support.kernel import db, files
from support.people.identifying import Identity, recognise_or_create
from support.people.models import Agent, Person
from support.tickets.authors import Author
from support.tickets.filing import Incoming
from support.tickets.journal import FileDraft, Words
from support.tickets.models import Ticket
from support.tickets.opening import TicketDraft, open_ticket
from support.tickets.replying import ReplyDraft
from tests.cast import Cast, again

_numbers = count(1)

# Enough for every reason of the cast.
GIVEN = {"exact_message": "Erreur 500", "step_reached": "Dernière page"}
QUESTION = "Que faut-il répondre à cette personne ?"


def a_person(given: str = "Marie", family: str = "Diallo", **known: Any) -> Person:
    """A new person with an address of their own, unless ``email`` says otherwise."""
    known.setdefault("email", f"person-{next(_numbers)}@example.org")
    return recognise_or_create(Identity(given, family, **known))


def a_ticket(
    cast: Cast,
    person: Person | None = None,
    *,
    reason: str = "other",
    procedure: str | None = None,
    by: Author | None = None,
    text: str = "Bonjour, je n'arrive pas à déposer ma demande.",
    channel: Channel = Channel.FORM,
    team: str | None = "ccc_a",
    **more: Any,
) -> Ticket:
    """A ticket of ``person`` (Awa) with the centre's first team, written by that person."""
    who = person or cast.awa
    draft = TicketDraft(
        subject=more.pop("subject", "Je suis bloquée"),
        words=Words(text, channel=channel, files=more.pop("files", ())),
        reason=cast.reasons[reason],
        channel=channel,
        procedure=cast.procedures[procedure] if procedure else None,
        person=who,
        team=again(cast.teams[team]) if team else None,
        language=who.language,
        department=more.pop("department", who.department),
        **more,
    )
    return open_ticket(draft, by=by or who)


def a_report(cast: Cast, by: Agent | None = None, *, reason: str = "renewal.business") -> Ticket:
    """A referent's report: the project directorate answers it."""
    referent = by or cast.referent
    draft = TicketDraft(
        subject="Un agent est bloqué",
        words=Words("L'écran d'instruction reste blanc.", channel=Channel.STAFF),
        reason=cast.reasons[reason],
        channel=Channel.STAFF,
        requester_agent=referent,
        department=referent.team.site.department if referent.team.site else None,
    )
    return open_ticket(draft, by=referent)


def an_article(cast: Cast, slug: str = "photo-refusee") -> Article:
    """An article that the public reads, in its first revision."""
    editor = again(cast.editor)
    about = About(audience=Audience.PUBLIC)
    article = writing.draft(slug, ArticleWords("Photo refusée", "", "Prenez-en une autre."), about,
                            by=editor)  # fmt: skip
    publishing.publish(article, by=editor)
    return article


def a_message_id() -> str:
    return f"<{next(_numbers)}@relais.example.org>"


def a_reply(text: str = "Voici la réponse.", **more: Any) -> ReplyDraft:
    return ReplyDraft(text, more.pop("message_id", a_message_id()), **more)


def a_file(content: bytes = b"%PDF-1.4 test", filename: str = "capture.pdf") -> FileDraft:
    stored = files.store().put(content)
    return FileDraft(filename, "application/pdf", stored.key, stored.size)


def a_mail(
    sender: str = "awa@example.org",
    text: str = "Bonjour, avez-vous des nouvelles ?",
    *,
    subject: str = "Ma demande",
    message_id: str | None = None,
    threads: Sequence[str] = (),
    files: Sequence[FileDraft] = (),
    name: str = "Awa Traoré",
    **more: Any,
) -> Incoming:
    """A mail that was received and understood."""
    message_id = message_id or f"<{next(_numbers)}@mail.example.org>"
    received = a_received(f"{message_id}\n{text}".encode())
    words = Words(
        text, channel=Channel.EMAIL, message_id=message_id, received=received, files=files
    )
    return Incoming(sender, name, subject, words, received, threads=threads, **more)


def a_received(raw: bytes, channel: Channel = Channel.EMAIL) -> Received:
    kept = receive(channel, raw, source="test", dedupe_key=key_of(raw))
    return kept.received


def climb(ticket: Ticket, to: str, cast: Cast, *, by: Agent, **given: str) -> Escalation:
    """``by`` hands the ticket over to the team named ``to``, with all that is asked.

    ``given``: what the last return named as missing.
    """
    return escalate(ticket, cast.teams[to], HandoverDraft(QUESTION, {**GIVEN, **given}), by=by)


class Statements(list[str]):
    """The SQL that was run; savepoints are not queries."""


@contextmanager
def counted(session: Session | None = None) -> Any:
    """Collects the statements run inside: ``with counted() as sql: …; len(sql)``."""
    current = session or (db.session() if db.in_transaction() else None)
    bind = current.get_bind() if current else db.bind()
    seen = Statements()

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            seen.append(statement)

    event.listen(bind, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(bind, "before_cursor_execute", note)
