"""Know other doors"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "directory_place",
        sa.Column("id", BIG, nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "france_services", "administration", name="source", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("external_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("town", sa.String(length=120), nullable=False),
        sa.Column("department", sa.String(length=3), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_place")),
        sa.UniqueConstraint(
            "source", "external_id", name=op.f("uq_directory_place_source_external_id")
        ),
    )
    op.create_index(
        "ix_directory_place_near", "directory_place", ["kind", "department"], unique=False
    )
    op.create_table(
        "redirection",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("help_point_id", BIG, nullable=False),
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
            nullable=False,
        ),
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
        sa.ForeignKeyConstraint(
            ["help_point_id"], ["help_point.id"], name=op.f("fk_redirection_help_point_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redirection")),
        sa.UniqueConstraint("key", name=op.f("uq_redirection_key")),
    )
    op.create_index("ix_redirection_at", "redirection", ["help_point_id", "at"], unique=False)
    op.create_table(
        "directory_import",
        sa.Column("id", BIG, nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "france_services", "administration", name="source", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("file_day", sa.Date(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("by_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["agent.id"], name=op.f("fk_directory_import_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_import")),
    )
    op.create_index(
        op.f("ix_directory_import_source"), "directory_import", ["source"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_directory_import_source"), table_name="directory_import")
    op.drop_table("directory_import")
    op.drop_index("ix_redirection_at", table_name="redirection")
    op.drop_table("redirection")
    op.drop_index("ix_directory_place_near", table_name="directory_place")
    op.drop_table("directory_place")
