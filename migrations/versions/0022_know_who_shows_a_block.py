"""Know who shows a block"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NAME = re.compile(r"\{\{\s*([a-z0-9]+(?:-[a-z0-9]+)*)\s*\}\}")


def upgrade() -> None:
    block = op.create_table(
        "article_block",
        sa.Column(
            "article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_article_block_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", "name", name=op.f("pk_article_block")),
    )
    op.create_index("ix_article_block_name", "article_block", ["name"])
    shown = op.get_bind().execute(
        sa.text(
            "SELECT article.id, revision.body_markdown FROM article JOIN revision"
            " ON revision.article_id = article.id AND revision.number = article.published_number"
            " WHERE revision.body_markdown LIKE '%{{%'"
        )
    )
    rows = [
        {"article_id": article_id, "name": name[:60]}
        for article_id, body in shown
        for name in set(NAME.findall(body))
    ]
    if rows:
        op.bulk_insert(block, rows)


def downgrade() -> None:
    op.drop_table("article_block")
