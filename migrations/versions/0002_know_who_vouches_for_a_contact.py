"""Know who vouches for a contact"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Whoever came by another way than the public form wrote from that address or spoke to an agent.
_MET = """(SELECT min(ticket.created_at) FROM ticket
           WHERE ticket.person_id = {person} AND ticket.channel <> 'form')"""


def upgrade() -> None:
    for table, column in (("person_contact", "vouched_at"), ("person", "number_vouched_at")):
        op.add_column(table, sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    met = _MET.format(person="person_contact.person_id")
    op.execute(f"UPDATE person_contact SET vouched_at = {met}")
    met = _MET.format(person="person.id")
    op.execute(
        f"UPDATE person SET number_vouched_at = {met} WHERE person.foreigner_number IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_column("person", "number_vouched_at")
    op.drop_column("person_contact", "vouched_at")
