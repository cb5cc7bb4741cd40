"""A person, as a programme reads them: ``GET /api/v1/persons/{id}``."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from support.people.models import ContactKind
from support.people.permissions import Permission
from support.tickets.persons import one_person
from web.access import by_token
from web.http import me

bp = Blueprint("api_persons", __name__, url_prefix="/api/v1")


@bp.get("/persons/<int:person_id>")
@by_token(Permission.READ_PERSONS)
def person(person_id: int) -> ResponseReturnValue:
    found = one_person(person_id, by=me())
    values = {kind: [c.value for c in found.contacts if c.kind is kind] for kind in ContactKind}
    return jsonify(
        {
            "id": found.id,
            "given_name": found.given_name,
            "family_name": found.family_name,
            "language": found.language,
            "nationality": found.nationality,
            "department": found.department,
            "foreigner_number": found.foreigner_number,
            "emails": values[ContactKind.EMAIL],
            "phones": values[ContactKind.PHONE],
            "speaks_through": found.speaks_through,
            "interpreted_language": found.interpreted_language,
        }
    )
