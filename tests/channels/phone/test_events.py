"""What exchanges send, read: numbers in every spelling, events by every name."""

from __future__ import annotations

import json

import pytest

from channels.phone.calls import CallState, Direction
from channels.phone.events import Happened, check_event, read_event
from channels.phone.judging import Facts, state_of
from channels.phone.numbers import read_number
from support.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("sent", "e164"),
    [
        ("+33639980001", "+33639980001"),
        ("33639980001", "+33639980001"),
        ("0033639980001", "+33639980001"),
        ("0639980001", "+33639980001"),
        ("06 39 98 00 01", "+33639980001"),
        ("٠٦٣٩٩٨٠٠٠١", "+33639980001"),
        ("sip:+33639980001@pbx.example;user=phone", "+33639980001"),
        ('"Awa T." <sip:0639980001@10.0.0.1:5060>', "+33639980001"),
        ("sip:%2B33639980001@pbx.example", "+33639980001"),
        ("tel:+33-6-39-98-00-01", "+33639980001"),
        ("4915112345678", "+4915112345678"),
        ("+262692123456", "+262692123456"),
    ],
)
def test_a_whole_number_is_read(sent: str, e164: str) -> None:
    read = read_number(sent)
    assert (read.e164, read.withheld, read.short) == (e164, False, "")


@pytest.mark.parametrize(
    "sent",
    ["", "anonymous", "Anonymous", "sip:anonymous@anonymous.invalid", "withheld", "privé", "0",
     "Numéro masqué", "unknown", "<sip:anonymous@anonymous.invalid>", "00000000"],
)  # fmt: skip
def test_a_withheld_number_is_nobodys(sent: str) -> None:
    read = read_number(sent)
    assert (read.e164, read.withheld) == (None, True)


@pytest.mark.parametrize(
    ("sent", "short"), [("2204", "2204"), ("sip:2204@pbx", "2204"), ("accueil", "accueil")]
)
def test_a_place_on_the_exchange_is_no_number(sent: str, short: str) -> None:
    read = read_number(sent)
    assert (read.e164, read.withheld, read.short) == (None, False, short)


@pytest.mark.parametrize("sent", ["9" * 400, "+", "\x00", "12345678901234567890", "+33639"])
def test_what_is_no_number_is_kept_as_sent(sent: str) -> None:
    assert read_number(sent).e164 is None
    assert len(read_number(sent).sent) <= 120


@pytest.mark.parametrize(
    ("name", "what"),
    [("newCall", Happened.RINGS), ("new-call", Happened.RINGS), ("RING", Happened.RINGS),
     ("answered", Happened.ANSWERED), ("CallAccepted", Happened.ANSWERED),
     ("transfer", Happened.PASSED_ON), ("hangup", Happened.HUNG_UP), ("hang_up", Happened.HUNG_UP),
     ("missed", Happened.HUNG_UP), ("dtmf", None)],
)  # fmt: skip
def test_an_event_has_many_names(name: str, what: Happened | None) -> None:
    assert read_event(json.dumps({"event": name, "callId": "1"}).encode()).what is what


def test_an_event_names_its_agents_in_every_way() -> None:
    sent = {"event": "newCall", "call_id": "7", "user[]": ["2204", " Awa ", "2204"], "user": "x",
            "direction": "Outbound", "from": "2204", "to": "0639980001"}  # fmt: skip
    read = read_event(json.dumps(sent).encode())
    assert read.users == ("x", "2204", "Awa")
    assert (read.call_id, read.direction) == ("7", Direction.OUT)
    assert read.other_party.e164 == "+33639980001"


def test_an_event_without_its_call_means_nothing() -> None:
    with pytest.raises(Invalid) as refused:
        check_event({"event": " ", "callId": []})
    assert [(p.code, p.field) for p in refused.value.problems] == [
        ("field.required", "event"),
        ("field.required", "callId"),
    ]
    with pytest.raises(Invalid):
        check_event({"event": "newCall", "callId": "9" * 161})
    check_event({"event": "newCall", "callId": 17})


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, CallState.RINGING),
        ({"answered": True}, CallState.ANSWERED),
        ({"answered": True, "ended": True, "cause": "busy"}, CallState.ENDED),
        ({"passed_on": True, "answered": True}, CallState.TRANSFERRED),
        ({"passed_on": True, "answered": True, "passed_on_to_answer": True}, CallState.ANSWERED),
        ({"ended": True, "cause": "noanswer"}, CallState.MISSED),
        ({"ended": True, "cause": "busy"}, CallState.MISSED),
        ({"ended": True, "cause": "congestion"}, CallState.MISSED),
        ({"ended": True, "cause": "notfound"}, CallState.MISSED),
        ({"ended": True}, CallState.MISSED),
        ({"ended": True, "cause": "cancel"}, CallState.ABANDONED),
        ({"ended": True, "cause": "normalclearing"}, CallState.ABANDONED),
        ({"ended": True, "cause": "forwarded"}, CallState.TRANSFERRED),
        ({"ended": True, "cause": "busy", "direction": Direction.OUT}, CallState.ENDED),
    ],
)
def test_the_state_is_what_is_known(facts: dict, state: CallState) -> None:
    usual = {"direction": Direction.IN, "answered": False, "passed_on": False,
             "passed_on_to_answer": False, "ended": False}  # fmt: skip
    assert state_of(Facts(**(usual | facts))) is state
