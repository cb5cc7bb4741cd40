"""Know the first place"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "first_place",
        sa.Column("help_point_id", BIG, nullable=False),
        sa.Column("reason_id", BIG, nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "phone",
                "counter",
                "public",
                "contact_centre",
                "walk_in",
                name="bookingchannel",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stale", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["help_point_id"], ["help_point.id"], name=op.f("fk_first_place_help_point_id")
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["appointment_reason.id"], name=op.f("fk_first_place_reason_id")
        ),
        sa.PrimaryKeyConstraint(
            "help_point_id", "reason_id", "channel", name=op.f("pk_first_place")
        ),
    )
    op.create_index(
        "ix_first_place_at", "first_place", ["reason_id", "channel", "at"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_first_place_at", table_name="first_place")
    op.drop_table("first_place")
