"""Who may open a ticket and who may be answered: one line a kind of sender."""

import pytest

from channels.mail.guarding import comes_back
from channels.mail.parsing import ParsedMail, parse

PERSON = "From: Jean <jean@example.net>"
SUBJECTS = [
    "Réponse automatique : Votre demande",
    "Absence du bureau : Votre demande",
    "Automatic reply: Your request",
    "Out of Office: Your request",
    "Automatische Antwort: Ihre Anfrage",
    "Abwesenheitsnotiz: Ihre Anfrage",
    "Respuesta automática: Su solicitud",
    "Resposta automática: O seu pedido",
    "Risposta automatica: La sua richiesta",
    "Automatisch antwoord: Uw aanvraag",
    "Автоматический ответ: Ваш запрос",
    "Автоматична відповідь: Ваш запит",
    "Otomatik yanıt: Talebiniz",
    "自动回复: 您的申请",
    "رد تلقائي: طلبكم",
    "Automatyczna odpowiedź: Wniosek",
    "Autosvar: Ditt ärende",
]


def mail(*fields: str, subject: str = "Question", body: str = "Bonjour") -> ParsedMail:
    return parse("\n".join([*fields, f"Subject: {subject}", "", body]).encode())


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner-email=x@example.net",
        "auto-submitted: AUTO-NOTIFIED",
        "X-Autoreply: yes",
        "X-Autorespond: vacation",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "X-Auto-Response-Suppress: All",
        "Precedence: auto_reply",
        "X-POST-MessageClass: 9; Autoresponder",
        "Delivered-To: Autoresponder",
        "X-FC-MachineGenerated: true",
        "Return-Path: <>",
    ],
)
def test_automatic_mail_is_known_by_its_fields(field: str) -> None:
    found = mail(PERSON, field)
    assert found.auto_reply
    assert not found.verdict.may_be_answered
    assert found.verdict.reason


@pytest.mark.parametrize("subject", SUBJECTS)
def test_absence_notices_are_known_by_their_titles(subject: str) -> None:
    found = mail(PERSON, subject=subject)
    assert found.auto_reply
    # People write so too: it is shown, and only not answered.
    assert (found.verdict.may_open_ticket, found.verdict.may_be_answered) == (True, False)
    assert not mail(PERSON, subject=f"Re: {subject}").auto_reply


@pytest.mark.parametrize(
    "fields",
    [
        [PERSON],
        [PERSON, "Auto-Submitted: no"],
        [PERSON, "Return-Path: <jean@example.net>"],
        [PERSON, "Precedence: first-class"],
        [PERSON, "X-Auto-Response-Suppress: DR, RN, NRN"],
        [PERSON, "X-Autoreply: no"],
        ["From: notre.replyka@example.net"],
        ["From: Formulaire <noreply@example.com>", "Reply-To: jean@example.net"],
        ["From: Renault <contact@example.com>"],
        ["From: Post Master <poste@example.com>"],
    ],
)
@pytest.mark.parametrize(
    "subject",
    [
        "Question",
        "Automatique ?",
        "Absent de la liste, que faire ?",
        "Absence : je ne pourrai pas venir à mon rendez-vous",
        "Message automatique reçu de l'ANEF, que faire ?",
        "Réponse automatique que je ne comprends pas",
        "Absent du bureau le jour du RDV",
        "OOO : help",
    ],
)
def test_people_are_not_taken_for_robots(fields: list[str], subject: str) -> None:
    found = mail(*fields, subject=subject)
    assert (found.auto_reply, found.bounce, found.list) == (False, False, False)
    assert found.verdict.may_be_answered
    assert found.verdict.may_open_ticket


@pytest.mark.parametrize(
    "sender",
    [
        "noreply@example.com",
        "no-reply+42@example.com",
        "ne-pas-repondre@example.com",
        "nepasrepondre@example.com",
        "do_not_reply@example.com",
        "donotreply.fr@example.com",
        "compte-noreply@example.com",
        "notifications@example.com",
    ],
)
def test_senders_that_nobody_reads_get_no_answer_but_are_shown(sender: str) -> None:
    found = mail(f"From: {sender}")
    assert found.auto_reply
    assert not found.verdict.may_be_answered
    assert found.verdict.may_open_ticket


@pytest.mark.parametrize(
    "field",
    [
        "List-Id: <actus.example.com>",
        "List-Unsubscribe: <https://example.com/u>",
        "Precedence: bulk",
        "X-BeenThere: actus@example.com",
        "Return-Path: <actus-bounces+jean=example.net@example.com>",
        "Mailing-List: contact actus-help@example.com",
    ],
)
def test_lists_open_no_ticket(field: str) -> None:
    found = mail(PERSON, field)
    assert found.list
    assert not found.verdict.may_open_ticket


def test_a_bounce_names_the_address_the_reason_and_the_message() -> None:
    raw = (
        b"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nSubject: Undelivered\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
        b"--x\n\nPas remis.\n--x\nContent-Type: message/delivery-status\n\n"
        b"Reporting-MTA: dns; mx.example.net\n\n"
        b"Original-Recipient: rfc822; Jean@example.net\nFinal-Recipient: rfc822; jean@example.net\n"
        b"Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full\n\n"
        b"Final-Recipient: rfc822; ok@example.net\nAction: delivered\nStatus: 2.0.0\n"
        b"--x\nContent-Type: text/rfc822-headers\n\nMessage-ID: <notre-1@example.org>\n\n--x--\n"
    )
    verdict = parse(raw).verdict
    assert verdict.bounce
    [failed] = verdict.failed
    assert (failed.address, failed.status, failed.permanent) == ("jean@example.net", "5.2.2", True)
    assert failed.diagnostic == "552 5.2.2 mailbox full"
    assert verdict.bounced_message_id == "<notre-1@example.org>"
    assert not verdict.may_open_ticket


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        (
            "MAILER-DAEMON@mx.example.net",
            "failure notice",
            "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to"
            " deliver your message to the following addresses.\n\n<inconnu@example.net>:\n"
            "Sorry, no mailbox here by that name.\n\n--- Below this line is a copy of the message."
            "\n\nMessage-ID: <notre-1@example.org>\n",
        ),
        (
            "Mail Delivery System <mailer-daemon@mx.example.net>",
            "Mail delivery failed: returning message to sender",
            "A message that you sent could not be delivered to one or more of its recipients.\n\n"
            "  inconnu@example.net\n    550 user unknown\n\n------ This is a copy of the"
            " message ----\n\nMessage-ID: <notre-1@example.org>\n",
        ),
        (
            "postmaster@example.com",
            "Non remis : Votre demande",
            "Votre message n'a pas pu être remis.\n\nMessage-ID: <notre-1@example.org>\n",
        ),
    ],
)
def test_bounces_that_are_no_reports_are_known_too(sender: str, subject: str, body: str) -> None:
    found = mail("Return-Path: <>", f"From: {sender}", subject=subject, body=body)
    assert found.bounce
    assert found.verdict.bounced_message_id == "<notre-1@example.org>"


def test_our_own_mail_coming_back_is_known() -> None:
    ours = mail(PERSON, "Message-ID: <1.a@relais.example.org>")
    assert comes_back(ours.message_id, ours.verdict, {"relais.example.org"})
    marked = mail(PERSON, "Message-ID: <else@example.com>", "X-Relais-Message: abc123")
    assert comes_back(marked.message_id, marked.verdict, {"relais.example.org"})
    assert not marked.verdict.may_be_answered
    theirs = mail(PERSON, "Message-ID: <1@example.net>", "In-Reply-To: <1.a@relais.example.org>")
    assert not comes_back(theirs.message_id, theirs.verdict, {"relais.example.org"})


WORDED = [
    ("Re: x", "Merci de votre message.\n*** Merci de ne pas répondre à ce message ***"),
    ("Re: x", "Thank you. This is an automated response confirming your request."),
    ("I am on vacation", "I am out of the office until Monday."),
    ("Absent jusqu'au 5", "Je suis absent jusqu'au 5 novembre. En mon absence, contactez Paul."),
    ("Réponse automatique", "Merci"),
    ("Out of Office Re: Your request", "Back on Monday"),
]
PERSONAL = [
    ("Congé maternité", "Je suis en congé maternité jusqu'en mai, mon titre expire, que faire ?"),
    ("Vacances", "Puis-je voyager pendant les vacances avec mon récépissé ?"),
    ("Accusé de réception", "Je vous envoie l'accusé de réception de la demande."),
    ("Delivery problem", "My card could not be delivered to me. My email is awa2@example.net."),
    ("mail non remis", "Votre mail à awa2@example.net n'a pas été remis, le renvoyer ?"),
    ("Re: Dossier", "Non merci.\n\nDe : noreply@example.org\nCeci est un message automatique."),
    ("Auto-entrepreneur : titre", "Bonjour"),
]


@pytest.mark.parametrize(("subject", "body"), WORDED)
def test_robots_are_known_by_what_they_say(subject: str, body: str) -> None:
    found = mail(PERSON, "Content-Type: text/plain; charset=utf-8", subject=subject, body=body)
    assert found.auto_reply
    assert (found.verdict.may_be_answered, found.verdict.may_open_ticket) == (False, True)


@pytest.mark.parametrize(("subject", "body"), PERSONAL)
def test_people_who_say_the_same_are_people(subject: str, body: str) -> None:
    found = mail(PERSON, "Content-Type: text/plain; charset=utf-8", subject=subject, body=body)
    assert (found.auto_reply, found.bounce, found.list) == (False, False, False)
