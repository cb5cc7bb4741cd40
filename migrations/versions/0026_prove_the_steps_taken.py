"""Prove the steps taken"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "fallback_case",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("procedure_id", BIG, nullable=False),
        sa.Column("site_id", BIG, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "collecting",
                "asked",
                "invited",
                "refused",
                "registered",
                "solved",
                "dropped",
                name="casestate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("opened_by_id", BIG, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["agent.id"], name=op.f("fk_fallback_case_opened_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_fallback_case_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_fallback_case_procedure_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_fallback_case_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fallback_case")),
    )
    op.create_index(
        op.f("ix_fallback_case_person_id"), "fallback_case", ["person_id"], unique=False
    )
    op.create_index("ix_fallback_case_site", "fallback_case", ["site_id", "id"], unique=False)
    op.create_index(
        "uq_fallback_case_live",
        "fallback_case",
        ["person_id", "procedure_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('collecting', 'asked', 'invited')"),
        postgresql_where=sa.text("state IN ('collecting', 'asked', 'invited')"),
    )
    op.create_table(
        "fallback_step",
        sa.Column("id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "attempt",
                "call",
                "ticket",
                "visit",
                "letter",
                "anomaly",
                "request",
                "answer",
                "registration",
                name="stepkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("browser", sa.String(length=120), nullable=False),
        sa.Column("written_by_id", BIG, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_by_id", BIG, nullable=True),
        sa.Column("struck_why", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["fallback_case.id"], name=op.f("fk_fallback_step_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["struck_by_id"], ["agent.id"], name=op.f("fk_fallback_step_struck_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["agent.id"], name=op.f("fk_fallback_step_written_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fallback_step")),
        sa.UniqueConstraint("key", name=op.f("uq_fallback_step_key")),
    )
    op.create_index(op.f("ix_fallback_step_case_id"), "fallback_step", ["case_id"], unique=False)
    op.create_table(
        "fallback_file",
        sa.Column("id", BIG, nullable=False),
        sa.Column("step_id", BIG, nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("file_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["step_id"], ["fallback_step.id"], name=op.f("fk_fallback_file_step_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fallback_file")),
    )
    op.create_index(op.f("ix_fallback_file_step_id"), "fallback_file", ["step_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_fallback_file_step_id"), table_name="fallback_file")
    op.drop_table("fallback_file")
    op.drop_index(op.f("ix_fallback_step_case_id"), table_name="fallback_step")
    op.drop_table("fallback_step")
    op.drop_index(
        "uq_fallback_case_live",
        table_name="fallback_case",
        sqlite_where=sa.text("state IN ('collecting', 'asked', 'invited')"),
        postgresql_where=sa.text("state IN ('collecting', 'asked', 'invited')"),
    )
    op.drop_index("ix_fallback_case_site", table_name="fallback_case")
    op.drop_index(op.f("ix_fallback_case_person_id"), table_name="fallback_case")
    op.drop_table("fallback_case")
