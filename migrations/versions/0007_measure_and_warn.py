"""Measure the delays of each reason, and warn before a promise breaks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TO_WARN = "stopped_at IS NULL AND breached_at IS NULL AND warn_at IS NOT NULL"


def upgrade() -> None:
    with op.batch_alter_table("contact_reason") as table:
        table.add_column(sa.Column("measured_minutes", sa.Integer(), nullable=True))
        table.add_column(sa.Column("measured_count", sa.Integer(), nullable=True))
        table.add_column(sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("clock") as table:
        table.add_column(sa.Column("warned", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("warn_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("clock") as table:
        table.alter_column("warned", server_default=None)
    # Of those that run already nobody knows how much of their time is left: warned at the end.
    op.execute("UPDATE clock SET warn_at = deadline WHERE stopped_at IS NULL")
    op.create_index(
        "ix_clock_to_warn",
        "clock",
        ["warn_at"],
        unique=False,
        sqlite_where=sa.text(TO_WARN),
        postgresql_where=sa.text(TO_WARN),
    )
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("pressing", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("ticket") as table:
        table.alter_column("pressing", server_default=None)
    op.create_index(
        "ix_ticket_pressing",
        "ticket",
        ["pressing", "home_team_id", "home_owner_id"],
        unique=False,
        sqlite_where=sa.text("pressing > 0"),
        postgresql_where=sa.text("pressing > 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_pressing", table_name="ticket")
    with op.batch_alter_table("ticket") as table:
        table.drop_column("pressing")
    op.drop_index("ix_clock_to_warn", table_name="clock")
    with op.batch_alter_table("clock") as table:
        table.drop_column("warn_at")
        table.drop_column("warned")
    with op.batch_alter_table("contact_reason") as table:
        table.drop_column("measured_at")
        table.drop_column("measured_count")
        table.drop_column("measured_minutes")
