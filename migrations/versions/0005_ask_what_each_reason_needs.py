"""Ask what each reason needs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact_reason", sa.Column("questions", sa.JSON(), nullable=True))
    op.add_column("ticket", sa.Column("priority_reasons", sa.JSON(), nullable=True))
    op.create_table(
        "situation",
        sa.Column("id", _key(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("hint", sa.String(length=200), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation")),
        sa.UniqueConstraint("code", name=op.f("uq_situation_code")),
    )
    _ticket_fact()
    _article_shown()


def downgrade() -> None:
    op.drop_table("article_shown")
    op.drop_table("ticket_fact")
    op.drop_table("situation")
    op.drop_column("ticket", "priority_reasons")
    op.drop_column("contact_reason", "questions")


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _ticket_fact() -> None:
    said_by = sa.Enum("person", "agent", name="saidby", native_enum=False, length=32)
    op.create_table(
        "ticket_fact",
        sa.Column("ticket_id", _key(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("said_by", said_by, nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "code", name=op.f("pk_ticket_fact")),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["ticket.id"],
            name=op.f("fk_ticket_fact_ticket_id_ticket"),
            ondelete="CASCADE",
        ),
    )


def _article_shown() -> None:
    helped = sa.Enum("shown", "solved", "continued", name="helped", native_enum=False, length=32)
    op.create_table(
        "article_shown",
        sa.Column("id", _key(), nullable=False),
        sa.Column("visit", sa.String(length=64), nullable=False),
        sa.Column("article_id", _key(), nullable=False),
        sa.Column("reason_id", _key(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("helped", helped, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_shown")),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_article_shown_article_id_article"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"],
            ["contact_reason.id"],
            name=op.f("fk_article_shown_reason_id_contact_reason"),
        ),
    )
    op.create_index("uq_article_shown_visit", "article_shown", ["visit", "article_id"], unique=True)
    op.create_index(
        "ix_article_shown_article", "article_shown", ["article_id", "shown_at"], unique=False
    )
