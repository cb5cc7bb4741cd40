"""Reading the published files: the list of France Services (CSV), the directory (JSON). Pure.

The formats are those of August 2024. A row that cannot be used is left out and said to be; hours
that make no sense are left out of their row, which stays.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from support.kernel.errors import Invalid

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
NEEDED = frozenset({"id_fs", "insee_dep", "lib_fs", "adresse", "code_postal", "lib_com"})
# The services whose people may be sent there, or who are ours.
KINDS = frozenset(
    {
        "prefecture", "sous_pref", "paris_ppp", "plateforme_naturalisation",
        "point_accueil_numerique", "france_services", "mairie",
    }
)  # fmt: skip
MOST_ROWS = 100_000
_RANGE = re.compile(r"(\d{1,2})[:hH](\d{2})\s*-\s*(\d{1,2})[:hH](\d{2})")


@dataclass(frozen=True)
class PlaceRow:
    """One place as the file has it."""

    external_id: str
    kind: str
    name: str
    address: str = ""
    postcode: str = ""
    town: str = ""
    department: str = ""
    latitude: float | None = None
    longitude: float | None = None
    phone: str = ""
    email: str = ""
    hours: Sequence[Mapping[str, Any]] = ()
    note: str = ""


@dataclass
class Read:
    """``left_out``: (where in the file, what is wrong): a code of web.messages."""

    rows: dict[str, PlaceRow] = field(default_factory=dict)
    left_out: list[tuple[int, str]] = field(default_factory=list)

    def take(self, number: int, row: PlaceRow | None, why: str = "directory.row") -> None:
        if row is None or not row.external_id or not row.name:
            self.left_out.append((number, why))
        elif row.external_id in self.rows:
            self.left_out.append((number, "directory.twice"))
        else:
            self.rows[row.external_id] = row


def read_france_services(raw: bytes) -> Read:
    """UTF-8, commas (or semicolons), a line of heads. Raises Invalid ``directory.format``."""
    text = _text(raw)
    first = text.split("\n", 1)[0]
    lines = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ","
    )
    try:
        if not set(lines.fieldnames or ()) >= NEEDED:
            raise Invalid.of("directory.format", "file")
        found = Read()
        for number, line in enumerate(lines, start=2):
            _refuse_more(number)
            found.take(number, _france_services(line))
    except csv.Error as error:
        raise Invalid.of("directory.format", "file") from error
    return found


def read_administration(raw: bytes) -> Read:
    """Records of the API or of the archive; parts may be JSON within JSON.

    Services of other kinds are passed over. Raises Invalid ``directory.format``.
    """
    try:
        said = json.loads(_text(raw))
    except (ValueError, RecursionError) as error:
        raise Invalid.of("directory.format", "file") from error
    records = said
    if isinstance(said, dict):
        records = next((said[k] for k in ("results", "service", "records") if k in said), None)
    if not isinstance(records, list):
        raise Invalid.of("directory.format", "file")
    found = Read()
    for number, record in enumerate(records, start=1):
        _refuse_more(number)
        if not isinstance(record, dict):
            found.take(number, None)
            continue
        pivots = [p for p in _parts(record, "pivot") if p.get("type_service_local") in KINDS]
        if pivots:
            found.take(number, _administration(record, pivots[0]))
    return found


def department_of(insee: str) -> str:
    """« 42218 » is in 42, « 97411 » in 974, « 2A004 » in 2A."""
    return insee[:3] if insee[:2] in ("97", "98") else insee[:2]


def ranges_of(text: str) -> Iterator[tuple[str, str]]:
    """« 09:00 - 12:00 / 13:30 - 17:00 », those that are in order and do not overlap."""
    last = ""
    for match in _RANGE.finditer(text):
        h1, m1, h2, m2 = (int(group) for group in match.groups())
        try:
            starts, ends = time(h1, m1), time(h2, m2)
        except ValueError:
            continue
        begin, end = f"{starts:%H:%M}", f"{ends:%H:%M}"
        if last <= begin < end:
            last = end
            yield begin, end


def _france_services(line: Mapping[str, str | None]) -> PlaceRow | None:
    said = {name: (value or "").strip() for name, value in line.items() if isinstance(name, str)}
    hours = [
        {"day": day, "from": begin, "to": end}
        for day, name in enumerate(DAYS)
        for begin, end in ranges_of(said.get(f"h_{name}", ""))
    ]
    address = " ".join(p for p in (said["adresse"], said.get("complement_adresse", "")) if p)
    return PlaceRow(
        external_id=said["id_fs"][:80], kind="france_services", name=said["lib_fs"][:250],
        address=address[:300], postcode=said["code_postal"][:10], town=said["lib_com"][:120],
        department=said["insee_dep"].zfill(2)[:3],
        latitude=_number(said.get("latitude", ""), 90),
        longitude=_number(said.get("longitude", ""), 180),
        phone=said.get("telephone", "")[:60], email=said.get("mail", "")[:254], hours=hours,
        note=said.get("commentaire", "")[:500],
    )  # fmt: skip


def _administration(record: Mapping[str, Any], pivot: Mapping[str, Any]) -> PlaceRow | None:
    towns = pivot.get("code_insee_commune") or [""]
    insee = str(towns[0] if isinstance(towns, list) else towns)
    where = next(
        (a for a in _parts(record, "adresse") if a.get("type_adresse", "Adresse") == "Adresse"), {}
    )
    street = [str(where.get(name) or "") for name in ("numero_voie", "complement1")]
    postcode = str(where.get("code_postal") or "")
    phones = [str(one.get("valeur") or "") for one in _parts(record, "telephone")]
    mail = record.get("adresse_courriel") or ""
    mail = mail[0] if isinstance(mail, list) and mail else mail
    return PlaceRow(
        external_id=str(record.get("id") or "")[:80], kind=str(pivot["type_service_local"]),
        name=str(record.get("nom") or "")[:250],
        address=", ".join(part for part in street if part)[:300],
        postcode=postcode[:10], town=str(where.get("nom_commune") or "")[:120],
        department=department_of(insee or postcode),
        latitude=_number(str(where.get("latitude") or ""), 90),
        longitude=_number(str(where.get("longitude") or ""), 180),
        phone=(phones[0] if phones else "")[:60], email=str(mail)[:254],
        hours=list(_opening(record)),
    )  # fmt: skip


def _opening(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for one in _parts(record, "plage_ouverture"):
        days = [str(one.get(name) or "").lower() for name in ("nom_jour_debut", "nom_jour_fin")]
        if days[0] not in DAYS:
            continue
        first = DAYS.index(days[0])
        last = DAYS.index(days[1]) if days[1] in DAYS else first
        said = " / ".join(
            f"{str(one.get(f'valeur_heure_debut_{n}') or '')[:5]} - "
            f"{str(one.get(f'valeur_heure_fin_{n}') or '')[:5]}"
            for n in (1, 2)
        )
        for day in range(first, last + 1):
            for begin, end in ranges_of(said):
                yield {"day": day, "from": begin, "to": end}


def _parts(record: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """A nested part, which the API gives as text."""
    part = record.get(name) or []
    if isinstance(part, str):
        try:
            part = json.loads(part)
        except ValueError:
            return []
    return [one for one in part if isinstance(one, dict)] if isinstance(part, list) else []


def _number(text: str, most: float) -> float | None:
    try:
        read = float(text.replace(",", "."))
    except ValueError:
        return None
    return read if -most <= read <= most else None


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid.of("directory.format", "file") from error


def _refuse_more(number: int) -> None:
    if number > MOST_ROWS:
        raise Invalid.of("directory.format", "file")
