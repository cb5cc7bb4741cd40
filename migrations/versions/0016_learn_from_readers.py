"""Learn from readers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_asked",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words", sa.String(length=80), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                "public",
                "staff",
                "programme",
                "directorate",
                name="audience",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("empty", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_asked")),
    )
    op.create_index(
        "uq_search_asked_day", "search_asked", ["day", "words", "audience"], unique=True
    )
    op.create_table(
        "vocabulary_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("synonyms", "shorthand", name="entrykind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("phrases", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_vocabulary_entry_agent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vocabulary_entry")),
    )
    op.create_table(
        "article_vote",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column(
            "why",
            sa.Enum(
                "not_my_case",
                "unclear",
                "did_not_work",
                "wrong",
                "other",
                name="whynot",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("said", sa.String(length=500), nullable=False),
        sa.Column("visit", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_article_vote_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_vote")),
    )
    op.create_index(
        "ix_article_vote_article", "article_vote", ["article_id", "created_at"], unique=False
    )
    op.create_index("uq_article_vote_visit", "article_vote", ["visit", "article_id"], unique=True)
    op.create_table(
        "recall",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column(
            "author_agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_recall_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["author_agent_id"], ["agent.id"], name=op.f("fk_recall_author_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["agent.id"], name=op.f("fk_recall_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
    )
    op.create_index("ix_recall_article", "recall", ["article_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_recall_article", table_name="recall")
    op.drop_table("recall")
    op.drop_index("uq_article_vote_visit", table_name="article_vote")
    op.drop_index("ix_article_vote_article", table_name="article_vote")
    op.drop_table("article_vote")
    op.drop_table("vocabulary_entry")
    op.drop_index("uq_search_asked_day", table_name="search_asked")
    op.drop_table("search_asked")
