"""The cast's help point, open on Monday and Wednesday mornings, on the Friday before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from support.help_sessions.models import HelpPoint
from support.kernel import db
from tests.support.help_sessions.conftest import FRIDAY_BEFORE, a_point, reasons
from tests.web.conftest import Site


@pytest.fixture
def friday() -> Iterator[None]:
    with time_machine.travel(FRIDAY_BEFORE, tick=False):
        yield


@pytest.fixture
def point(site: Site, friday: None) -> HelpPoint:
    with db.transaction():
        point = a_point(site.cast)
        reasons()
    return point
