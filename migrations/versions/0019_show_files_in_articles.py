"""Show files in articles"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "article_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("content_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("file_key", sa.String(length=64), nullable=False),
        sa.Column(
            "added_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["agent.id"], name=op.f("fk_article_file_added_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_file")),
        sa.UniqueConstraint("name", name=op.f("uq_article_file_name")),
    )
    op.create_index("ix_article_file_file_key", "article_file", ["file_key"])


def downgrade() -> None:
    op.drop_table("article_file")
