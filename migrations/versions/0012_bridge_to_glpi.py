"""Bridge to GLPI"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "external_ref",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("system", sa.String(length=20), nullable=False),
        sa.Column("local_type", sa.String(length=20), nullable=False),
        sa.Column("local_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("remote_type", sa.String(length=40), nullable=False),
        sa.Column(
            "remote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("remote_url", sa.String(length=300), nullable=False),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
        sa.Column("last_synced_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_ref")),
        sa.UniqueConstraint("system", "local_type", "local_id", name="uq_external_ref_local"),
        sa.UniqueConstraint("system", "remote_type", "remote_id", name="uq_external_ref_remote"),
    )
    op.create_table(
        "glpi_bridge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_by", sa.String(length=170), nullable=True),
        sa.Column("cursor", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pushed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("problem_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_glpi_bridge")),
    )
    op.create_table(
        "glpi_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("remote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_glpi_event")),
        sa.UniqueConstraint("digest", name=op.f("uq_glpi_event_digest")),
    )
    op.create_index("ix_glpi_event_received", "glpi_event", ["received_at", "id"], unique=False)
    op.create_table(
        "glpi_ticket",
        sa.Column(
            "ticket_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "direction",
            sa.Enum("raised", "adopted", name="direction", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column(
            "noticed_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "pushed_entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("busy_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("remote_status", sa.Integer(), nullable=True),
        sa.Column("status_by", sa.String(length=10), nullable=True),
        sa.Column("remote_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pushed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_glpi_ticket_team_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_glpi_ticket_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_glpi_ticket")),
        sa.UniqueConstraint("remote_id", name=op.f("uq_glpi_ticket_remote_id")),
    )
    op.create_index(
        "ix_glpi_ticket_live",
        "glpi_ticket",
        ["ticket_id"],
        unique=False,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
    op.add_column("team", sa.Column("bridge", sa.String(length=20), nullable=True))


def downgrade() -> None:
    op.drop_column("team", "bridge")
    op.drop_index(
        "ix_glpi_ticket_live",
        table_name="glpi_ticket",
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
    op.drop_table("glpi_ticket")
    op.drop_index("ix_glpi_event_received", table_name="glpi_event")
    op.drop_table("glpi_event")
    op.drop_table("glpi_bridge")
    op.drop_table("external_ref")
