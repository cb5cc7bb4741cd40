"""Hold workshops"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "group_session",
        sa.Column("id", BIG, nullable=False),
        sa.Column("help_point_id", BIG, nullable=False),
        sa.Column("reason_id", BIG, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("about", sa.String(length=400), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("opened_by_id", BIG, nullable=False),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["help_point_id"], ["help_point.id"], name=op.f("fk_group_session_help_point_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["agent.id"], name=op.f("fk_group_session_opened_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["appointment_reason.id"], name=op.f("fk_group_session_reason_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_session")),
    )
    op.create_index(
        "ix_group_session_starts", "group_session", ["help_point_id", "starts_at"], unique=False
    )
    # In words of its own: Alembic has no column with a foreign key to add on SQLite.
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    for table in ("appointment", "closure"):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN session_id {kind} "
            f"CONSTRAINT fk_{table}_session_id REFERENCES group_session (id)"
        )
    op.create_index(op.f("ix_appointment_session_id"), "appointment", ["session_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_appointment_session_id"), table_name="appointment")
    for table in ("appointment", "closure"):
        with op.batch_alter_table(table) as changed:
            changed.drop_column("session_id")
    op.drop_index("ix_group_session_starts", table_name="group_session")
    op.drop_table("group_session")
