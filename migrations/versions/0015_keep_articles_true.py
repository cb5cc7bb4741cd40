"""Keep articles true"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_LINK = re.compile(r"\]\(/aide/([a-z0-9-]+)(?:#([^)\s]*))?\)")


def upgrade() -> None:
    op.create_table(
        "shared_block",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("body_markdown", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_block")),
        sa.UniqueConstraint("name", name=op.f("uq_shared_block_name")),
    )
    op.create_table(
        "shared_block_revision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("block_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body_markdown", sa.Text(), nullable=False),
        sa.Column(
            "author_agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("comment", sa.String(length=400), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_agent_id"], ["agent.id"], name=op.f("fk_shared_block_revision_author_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["block_id"],
            ["shared_block.id"],
            name=op.f("fk_shared_block_revision_block_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_block_revision")),
        sa.UniqueConstraint(
            "block_id", "number", name=op.f("uq_shared_block_revision_block_id_number")
        ),
    )
    op.create_table(
        "article_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "submitted",
                "returned",
                "approved",
                "scheduled",
                "unscheduled",
                "published",
                "published_unread",
                "checked",
                "withdrawn",
                "archived",
                "renamed",
                "wrong",
                name="happening",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_article_event_agent_id")),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_article_event_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_event")),
    )
    op.create_index("ix_article_event_article", "article_event", ["article_id", "id"], unique=False)
    op.create_table(
        "article_link",
        sa.Column(
            "article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("anchor", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_article_link_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", "slug", "anchor", name=op.f("pk_article_link")),
    )
    op.create_index("ix_article_link_slug", "article_link", ["slug"], unique=False)
    op.create_table(
        "article_redirect",
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column(
            "article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_article_redirect_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_article_redirect")),
    )
    op.create_index(
        op.f("ix_article_redirect_article_id"), "article_redirect", ["article_id"], unique=False
    )
    with op.batch_alter_table("article") as table:
        table.add_column(sa.Column("check_every_days", sa.Integer(), nullable=True))
        table.add_column(sa.Column("check_due_on", sa.Date(), nullable=True))
        table.add_column(
            sa.Column("critical", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.add_column(sa.Column("submitted_number", sa.Integer(), nullable=True))
        table.add_column(
            sa.Column(
                "submitted_by_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        table.add_column(sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("publish_number", sa.Integer(), nullable=True))
        table.add_column(sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("next_change_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_article_check_due",
        "article",
        ["check_due_on", "id"],
        unique=False,
        sqlite_where=sa.text("check_due_on IS NOT NULL"),
        postgresql_where=sa.text("check_due_on IS NOT NULL"),
    )
    op.create_index(
        "ix_article_next_change",
        "article",
        ["next_change_on"],
        unique=False,
        sqlite_where=sa.text("next_change_on IS NOT NULL"),
        postgresql_where=sa.text("next_change_on IS NOT NULL"),
    )
    op.create_index(
        "ix_article_publish_at",
        "article",
        ["publish_at"],
        unique=False,
        sqlite_where=sa.text("publish_at IS NOT NULL"),
        postgresql_where=sa.text("publish_at IS NOT NULL"),
    )
    op.create_index(
        "ix_article_submitted",
        "article",
        ["submitted_at"],
        unique=False,
        sqlite_where=sa.text("submitted_at IS NOT NULL"),
        postgresql_where=sa.text("submitted_at IS NOT NULL"),
    )
    _note_links()


def _note_links() -> None:
    """What published articles lead to, as publishing notes it from now on."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT article.id, revision.body_markdown FROM article JOIN revision"
            " ON revision.article_id = article.id AND revision.number = article.published_number"
            " WHERE revision.body_markdown LIKE '%/aide/%'"
        )
    )
    links = {
        (article_id, found[1][:120], (found[2] or "")[:200])
        for article_id, body in rows
        for found in _LINK.finditer(body)
    }
    if links:
        connection.execute(
            sa.text(
                "INSERT INTO article_link (article_id, slug, anchor)"
                " VALUES (:article, :slug, :anchor)"
            ),
            [{"article": a, "slug": s, "anchor": n} for a, s, n in sorted(links)],
        )


def downgrade() -> None:
    op.drop_index("ix_article_submitted", table_name="article")
    op.drop_index("ix_article_publish_at", table_name="article")
    op.drop_index("ix_article_next_change", table_name="article")
    op.drop_index("ix_article_check_due", table_name="article")
    # One by one: making the table anew would take its revisions along on SQLite.
    op.drop_column("article", "next_change_on")
    op.drop_column("article", "publish_at")
    op.drop_column("article", "publish_number")
    op.drop_column("article", "submitted_at")
    op.drop_column("article", "submitted_by_id")
    op.drop_column("article", "submitted_number")
    op.drop_column("article", "critical")
    op.drop_column("article", "check_due_on")
    op.drop_column("article", "check_every_days")
    op.drop_index(op.f("ix_article_redirect_article_id"), table_name="article_redirect")
    op.drop_table("article_redirect")
    op.drop_index("ix_article_link_slug", table_name="article_link")
    op.drop_table("article_link")
    op.drop_index("ix_article_event_article", table_name="article_event")
    op.drop_table("article_event")
    op.drop_table("shared_block_revision")
    op.drop_table("shared_block")
