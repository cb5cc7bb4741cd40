"""The GLPI that is set, spoken to by the interface that is set. One per process: it holds a
session, which threads share.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from escalation.glpi.api_v2 import ApiV2
from escalation.glpi.port import Glpi
from escalation.glpi.rest_v1 import RestV1
from escalation.glpi.settings import Settings

VERSIONS: dict[str, Callable[[Settings], Glpi]] = {"v1": RestV1, "v2": ApiV2}

_lock = threading.Lock()
_held: tuple[Settings, Glpi] | None = None


def reach(settings: Settings) -> Glpi:
    global _held
    with _lock:
        if _held is None or _held[0] is not settings:
            _held = (settings, VERSIONS[settings.version](settings))
        return _held[1]
