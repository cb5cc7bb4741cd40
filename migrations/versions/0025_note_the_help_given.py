"""Note the help given"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "assistance_entry",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("help_point_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "counter", "phone", "email", "remote", name="way", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("reason_id", BIG, nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "account_created",
                "submitted",
                "supplement_sent",
                "appointment_made",
                "blocked",
                "redirected",
                "information",
                name="result",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("step", sa.String(length=120), nullable=False),
        sa.Column(
            "autonomy",
            sa.Enum(
                "done_for", "done_with", "alone", name="autonomy", native_enum=False, length=32
            ),
            nullable=True,
        ),
        sa.Column(
            "profile",
            sa.Enum(
                "not_digital",
                "needs_procedural_help",
                "autonomous_blocked",
                name="profile",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("first_time", sa.Boolean(), nullable=True),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("interpreter", sa.Boolean(), nullable=False),
        sa.Column(
            "door",
            sa.Enum(
                "france_services",
                "contact_centre",
                "examination",
                "fallback",
                "association",
                "other",
                name="door",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("appointment_id", BIG, nullable=True),
        sa.Column("agent_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_assistance_entry_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_assistance_entry_appointment_id")
        ),
        sa.ForeignKeyConstraint(
            ["help_point_id"], ["help_point.id"], name=op.f("fk_assistance_entry_help_point_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_assistance_entry_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["appointment_reason.id"], name=op.f("fk_assistance_entry_reason_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistance_entry")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_assistance_entry_appointment_id")),
        sa.UniqueConstraint("key", name=op.f("uq_assistance_entry_key")),
    )
    op.create_index(
        "ix_assistance_entry_at", "assistance_entry", ["help_point_id", "at"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_assistance_entry_at", table_name="assistance_entry")
    op.drop_table("assistance_entry")
