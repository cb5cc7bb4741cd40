"""Ticket references: twelve digits that can be read out on the telephone.

Year and month as the calendars of those who read it say (in Paris), seven digits drawn at random
(so that nobody can count through them), and a check digit by Damm's algorithm, which catches
every single wrong digit and every swap of two neighbours. Shown in
groups of four: ``2611-2004-8312``.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from stdnum import damm

from support.people.normalising import western_digits

LENGTH = 12
PARIS = ZoneInfo("Europe/Paris")


def new_reference(at: datetime) -> str:
    """Twelve digits for a ticket of ``at``'s month; unique only once the database has agreed."""
    body = f"{at.astimezone(PARIS):%y%m}{secrets.randbelow(10**7):07d}"
    return body + str(damm.calc_check_digit(body))


def read_reference(text: str) -> str | None:
    """The twelve digits of what a person typed or read out; None when they cannot be right."""
    digits = re.sub(r"[\s.\-‐‑–—/#\[\]]", "", western_digits(text))
    if re.fullmatch(r"[0-9]{12}", digits) and damm.is_valid(digits):
        return digits
    return None


def shown(reference: str) -> str:
    """``261120048312`` as ``2611-2004-8312``."""
    return "-".join((reference[:4], reference[4:8], reference[8:]))
