"""Hold what is written before it leaves"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNHEARD = sa.text("unheard_since IS NOT NULL")


def upgrade() -> None:
    # When a reply leaves, when it began to, what it would undo, when it is tried again.
    op.add_column("delivery", sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("before", sa.JSON(), nullable=True))
    # Since when an answer of ours is known not to have reached the requester.
    op.add_column("ticket", sa.Column("unheard_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_ticket_unheard",
        "ticket",
        ["unheard_since", "id"],
        postgresql_where=UNHEARD,
        sqlite_where=UNHEARD,
    )
    # How all the agents of a team sign, when that is stricter than their own way.
    op.add_column("team", sa.Column("signature_policy", sa.String(32), nullable=True))
    # What silence means for a reason that is a request in the sense of the law.
    op.add_column("contact_reason", sa.Column("silence_means", sa.String(32), nullable=True))
    op.add_column("contact_reason", sa.Column("silence_months", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("contact_reason", "silence_months")
    op.drop_column("contact_reason", "silence_means")
    op.drop_column("team", "signature_policy")
    op.drop_index("ix_ticket_unheard", "ticket")
    op.drop_column("ticket", "unheard_since")
    for name in ("before", "next_try_at", "begun_at", "leaves_at"):
        op.drop_column("delivery", name)
