"""Which door a few answers lead to, and that each redirection is counted once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from support.help_sessions import orienting
from support.help_sessions.assistance_log import Door
from support.help_sessions.models import BookingChannel
from support.help_sessions.orienting import Advice
from support.kernel.errors import Forbidden
from support.kernel.time import now
from tests.cast import Cast
from tests.support.help_sessions.conftest import FRIDAY_BEFORE


@pytest.mark.parametrize(
    ("answers", "advice"),
    [
        (("",), None),
        (("made_up",), None),
        (("status",), Advice(Door.CONTACT_CENTRE)),
        (("decision",), Advice(Door.EXAMINATION)),
        (("other",), Advice(Door.FRANCE_SERVICES)),
        (("impossible",), Advice(Door.FALLBACK)),
        (("file",), None),
        (("file", "made_up", "yes"), None),
        (("file", "no"), Advice(Door.EXAMINATION)),
        (("file", "yes"), None),
        (("file", "yes", "yes"), Advice()),
        (("file", "unknown", "yes"), Advice()),
        (("file", "yes", "no"), Advice(papers_first=True)),
        # What no longer decides does not count.
        (("status", "yes", "yes"), Advice(Door.CONTACT_CENTRE)),
    ],
    ids=lambda one: "-".join(one) if isinstance(one, tuple) else "",
)
def test_what_the_answers_say(answers, advice) -> None:
    assert orienting.advise(*answers) == advice


def test_counted_once_a_form_and_nobody_named(cast: Cast, point) -> None:
    with time_machine.travel(FRIDAY_BEFORE, tick=False):
        for key in ("a", "a", "b"):
            orienting.redirect_to(
                point, Door.FRANCE_SERVICES, BookingChannel.PHONE, key, by=cast.pan
            )
        orienting.redirect_to(point, Door.EXAMINATION, BookingChannel.PUBLIC, "c", by=None)
        start, hour = now() - timedelta(hours=1), timedelta(hours=2)
        counts = orienting.counted(point, start, start + hour)
        assert counts == {Door.FRANCE_SERVICES: 2, Door.EXAMINATION: 1}
        assert orienting.counted(point, start - hour, start) == {}
        with pytest.raises(Forbidden):
            orienting.redirect_to(point, Door.OTHER, BookingChannel.PHONE, "d", by=cast.steering)
