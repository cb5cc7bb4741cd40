"""Measure what was missing"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "typed_passage",
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_typed_passage_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", "key", name=op.f("pk_typed_passage")),
    )
    op.create_index("ix_typed_passage_key", "typed_passage", ["key", "day"])
    op.create_index("ix_typed_passage_day", "typed_passage", ["day"])
    op.create_table(
        "gap_written",
        sa.Column("id", BIG, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("searched", "typed", "reason", name="want", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("read_from", sa.Date(), nullable=True),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_gap_written_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_written")),
    )
    op.create_index("uq_gap_written", "gap_written", ["kind", "key", "article_id"], unique=True)


def downgrade() -> None:
    op.drop_table("gap_written")
    op.drop_table("typed_passage")
