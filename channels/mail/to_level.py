"""An exchange between levels as the mail that carries it: everything the level must know to
answer, with the files, so that nobody has to ask again.

The same entry gives the same bytes at each try: what was said after it has mails of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from channels.mail import post
from channels.mail.addresses import normalise
from channels.mail.carrying import megabytes, read_files, sorted_by_weight
from channels.mail.composing import OutgoingMail
from channels.mail.rendering import in_words, laid_out
from support.kernel import db
from support.people.models import Team
from support.tickets.leaving import not_withdrawn
from support.tickets.level_links import level_token
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.timeline import Attachment, Entry, EntryKind

# What a level is told of the ticket: what was said with the person and between levels, not what
# colleagues of another team note for themselves, nor letters that left by themselves.
_SAID = (EntryKind.MESSAGE, EntryKind.REPLY, EntryKind.CALL, EntryKind.EXCHANGE)
_LATEST = 30  # of what was said; older words are on the signed page
_LONGEST = 6_000  # characters of one of them
_THREAD = 50
# Moves whose mail tells all there is to know; the others say one thing.
_WHOLE = ("raised", "answered", "returned", "pointless", "told", "reminded")
_WITH_FILES = ("raised", "answered", "returned", "pointless", "told")

_letters = Environment(
    loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, autoescape=False,
    trim_blocks=True,
)  # fmt: skip


def level_mail(ticket: Ticket, entry: Entry, address: str) -> OutgoingMail:
    """The mail of ``entry``, an exchange that goes to a level by mail."""
    to_team = (entry.data or {}).get("to_team_id")
    if entry.kind is not EntryKind.EXCHANGE or entry.message_id is None or to_team is None:
        raise ValueError(f"entry {entry.id} ({entry.kind}) is not a mail of ours to a level")
    here, move = post.current(), entry.data["move"]
    team = db.session().get_one(Team, to_team)
    said = _said(entry)
    carried, left = sorted_by_weight(_files(entry, said))
    page = f"{here.public_url}/niveaux/{level_token(entry)}"
    over = move == "called_back"
    text, html = laid_out(
        _text(ticket, entry, said),
        {
            "follow": "Lire la demande :"
            if over
            else "Ou, sans compte, sur cette page : "
            "répondre, dire ce qui manque, transmettre, ou donner une date.",
            "follow_url": page,
            "files": [(f"{one.filename} ({megabytes(one.size)})", page) for one in left],
            "download": "Trop lourds pour un courriel, à lire sur la même page :",
        },
        signature=f"{entry.data['from']}\n{here.service_name}",
        title=ticket.subject,
    )
    answered, above = _thread(entry, team.id)
    return OutgoingMail(
        message_id=entry.message_id,
        date=entry.created_at,
        sender_name=f"{entry.data['from']}, {here.sender[0] or here.service_name}",
        sender_address=here.sender[1],
        to=((team.label, normalise(address)),),
        subject=("Rappel : " if move == "reminded" else "") + ticket.subject,
        text=text,
        html=html,
        reference=shown(ticket.reference),
        in_reply_to=answered,
        references=above,
        files=tuple(read_files(carried)),
    )


def _text(ticket: Ticket, entry: Entry, said: Sequence[Entry]) -> str:
    data, move = entry.data, entry.data["move"]
    label = post.current().item_label
    whole = move in _WHOLE
    asked = entry if move != "told" else _about(entry)
    return _letters.get_template("level_letter.txt").render(
        opening=_opening(entry),
        facts=_facts(ticket, entry) if move != "called_back" else [],
        question=asked.text if whole and asked is not None else "",
        known=[(label(code), value) for code, value in _handover(entry, said).items()],
        missing=[label(code) for code in data.get("missing") or ()],
        said=[(_head(one, ticket), one.text[:_LONGEST]) for one in said if one.text.strip()],
        answer_how=move != "called_back",
        sender=data["from"],
    )


def _opening(entry: Entry) -> str:
    data = entry.data
    return {
        "raised": f"{data['from']} vous transmet une demande et attend votre réponse.",
        "answered": f"{data['from']} a répondu à votre question.",
        "returned": f"{data['from']} vous rend cette demande : il manque quelque chose.",
        "pointless": f"{data['from']} vous rend cette demande : un article y répond.",
        "kept": f"{data['from']} a des nouvelles de votre question.",
        "told": "Ce qui suit vous est transmis et attend votre réponse.",
        "added": "La personne a ajouté ceci à sa demande, qui attend toujours votre réponse.",
        "reminded": "Rappel : cette demande attend votre réponse.",
        "called_back": "Cette demande n’attend plus votre réponse. Vous n’avez rien à faire.",
    }.get(data["move"], "")


def _facts(ticket: Ticket, entry: Entry) -> list[tuple[str, str]]:
    due = entry.data.get("due")
    facts = [
        ("Demande", f"{shown(ticket.reference)}, {ticket.subject}"),
        ("Motif", ticket.reason.label),
        ("Démarche", ticket.procedure.label if ticket.procedure else ""),
        ("Personne", ticket.requester_name),
        ("Reçue le", in_words(ticket.first_received_at, "fr")),
        ("Réponse attendue", _before(due) if due else ""),
    ]
    return [(term, value) for term, value in facts if value]


def _before(due: str) -> str:
    return f"avant la fin du {in_words(datetime.fromisoformat(due), 'fr')}"


def _handover(entry: Entry, said: Sequence[Entry]) -> dict[str, str]:
    """What was given with the question, here or with the hand-over that is asked again."""
    if entry.data["move"] not in _WHOLE:
        return {}
    for one in (entry, *reversed(said)):
        if one.data.get("handover"):
            return dict(one.data["handover"])
    return {}


def _said(entry: Entry) -> Sequence[Entry]:
    """What was said before ``entry``, oldest first; for what the person added, that alone."""
    query = (
        select(Entry)
        .outerjoin(Entry.delivery)
        .where(Entry.ticket_id == entry.ticket_id, not_withdrawn())
        .options(
            joinedload(Entry.author_agent),
            joinedload(Entry.author_person),
            selectinload(Entry.attachments),
        )
        .order_by(Entry.id.desc())
        .limit(_LATEST)
    )
    if entry.data["move"] == "added":
        query = query.where(Entry.id == entry.data["about"])
    elif entry.data["move"] in _WHOLE:
        query = query.where(Entry.id < entry.id, Entry.kind.in_(_SAID))
    else:
        return []
    return list(reversed(db.session().scalars(query).unique().all()))


def _files(entry: Entry, said: Sequence[Entry]) -> Sequence[Attachment]:
    """Those of the question and of the whole ticket the first time, each once."""
    source = [*said, entry] if entry.data["move"] in (*_WITH_FILES, "added") else [entry]
    found = {one.file_key: one for part in source for one in part.attachments if not one.inline}
    return list(found.values())


def _head(entry: Entry, ticket: Ticket) -> str:
    at = in_words(entry.created_at, "fr")
    if entry.kind is EntryKind.EXCHANGE:
        return f"Entre niveaux, {entry.data['from']} à {entry.data['to']}, {at} :"
    if entry.kind is EntryKind.MESSAGE:
        who = entry.data.get("from_name") or ticket.requester_name
        return f"{who or 'La personne'}, {at} :"
    if entry.kind is EntryKind.CALL:
        return f"Au téléphone, {at} :"
    return f"Notre réponse, {at} :"


def _about(entry: Entry) -> Entry | None:
    return db.session().get(Entry, entry.data.get("about") or 0)


def _thread(entry: Entry, team_id: int) -> tuple[str | None, tuple[str, ...]]:
    """The mails of this ticket between us and that level: the last one is answered."""
    rows = db.session().execute(
        select(Entry.message_id, Entry.data)
        .where(
            Entry.ticket_id == entry.ticket_id,
            Entry.id < entry.id,
            Entry.kind == EntryKind.EXCHANGE,
            Entry.message_id.is_not(None),
        )
        .order_by(Entry.id.desc())
        .limit(_THREAD)
    )
    ours = [str(row.message_id) for row in rows if _of(row.data, team_id)]
    return (ours[0] if ours else None), tuple(reversed(ours))


def _of(data: dict[str, object], team_id: int) -> bool:
    """Between us and that team: a mail of ours to it, or one of theirs."""
    return data.get("to_team_id") == team_id or "address" in data
