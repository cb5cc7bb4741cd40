"""Translate articles"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("article") as table:
        table.add_column(
            sa.Column(
                "translation_of_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        table.add_column(sa.Column("translated_number", sa.Integer(), nullable=True))
        table.add_column(
            sa.Column("plain", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.create_index(
        "uq_article_translation",
        "article",
        ["translation_of_id", "language", "plain"],
        unique=True,
        sqlite_where=sa.text("translation_of_id IS NOT NULL"),
        postgresql_where=sa.text("translation_of_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_article_translation", table_name="article")
    for name in ("plain", "translated_number", "translation_of_id"):
        op.drop_column("article", name)
