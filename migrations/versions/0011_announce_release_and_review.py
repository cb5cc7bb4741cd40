"""Announce, release and review"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_block",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("procedures", sa.JSON(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("trained_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_block")),
        sa.UniqueConstraint("code", name=op.f("uq_release_block_code")),
    )
    op.create_table(
        "review_meeting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "prepared", "open", "closed", name="meetingstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("participants", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_meeting")),
    )
    op.create_index(
        "uq_review_meeting_next",
        "review_meeting",
        ["current"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "block_document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("block_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "agent_guide",
                "public_guide",
                "press_release",
                "flyer",
                "poster",
                "message",
                "other",
                name="documentkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id"], ["release_block.id"], name=op.f("fk_block_document_block_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block_document")),
    )
    op.create_index("ix_block_document_block", "block_document", ["block_id", "id"], unique=False)
    op.create_table(
        "release_opening",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("block_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department", sa.String(length=3), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["block_id"], ["release_block.id"], name=op.f("fk_release_opening_block_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_opening")),
        sa.UniqueConstraint(
            "block_id", "department", name=op.f("uq_release_opening_block_id_department")
        ),
    )
    op.create_table(
        "announcement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "release", "incident", "news", name="announcementkind", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["agent.id"], name=op.f("fk_announcement_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sa.UniqueConstraint("key", name=op.f("uq_announcement_key")),
    )
    op.create_index(
        "ix_announcement_published", "announcement", ["published_at", "id"], unique=False
    )
    op.create_table(
        "block_document_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("file_key", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column(
            "added_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["agent.id"], name=op.f("fk_block_document_version_added_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["block_document.id"],
            name=op.f("fk_block_document_version_document_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block_document_version")),
        sa.UniqueConstraint(
            "document_id", "number", name=op.f("uq_block_document_version_document_id_number")
        ),
    )
    op.create_table(
        "known_issue",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("bug", "incident", name="issuekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "being_fixed",
                "fixed",
                "kept",
                name="issuestate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("workaround", sa.Text(), nullable=False),
        sa.Column("public_words", sa.Text(), nullable=False),
        sa.Column("reason_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "procedure_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "opened_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["agent.id"], name=op.f("fk_known_issue_opened_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_known_issue_procedure_id")
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["contact_reason.id"], name=op.f("fk_known_issue_reason_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_issue")),
    )
    op.create_index(
        "ix_known_issue_procedure", "known_issue", ["procedure_id", "state"], unique=False
    )
    op.create_index("ix_known_issue_reason", "known_issue", ["reason_id", "state"], unique=False)
    op.create_index(
        "ix_known_issue_state", "known_issue", ["state", "updated_at", "id"], unique=False
    )
    op.create_table(
        "staff_notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("once_key", sa.String(length=120), nullable=False),
        sa.Column("message_id", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_staff_notice_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notice")),
        sa.UniqueConstraint("message_id", name=op.f("uq_staff_notice_message_id")),
        sa.UniqueConstraint("once_key", name=op.f("uq_staff_notice_once_key")),
    )
    op.create_index(
        "ix_staff_notice_about", "staff_notice", ["kind", "about_id", "id"], unique=False
    )
    op.create_index(
        "ix_staff_notice_agent", "staff_notice", ["agent_id", "kind", "about_id"], unique=False
    )
    op.create_index(
        "ix_staff_notice_unread",
        "staff_notice",
        ["agent_id", "kind"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "issue_follower",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("affected", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_issue_follower_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["known_issue.id"], name=op.f("fk_issue_follower_issue_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_follower")),
        sa.UniqueConstraint(
            "issue_id", "agent_id", name=op.f("uq_issue_follower_issue_id_agent_id")
        ),
    )
    op.create_index(
        op.f("ix_issue_follower_agent_id"), "issue_follower", ["agent_id"], unique=False
    )
    op.create_table(
        "issue_ticket",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "linked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["known_issue.id"], name=op.f("fk_issue_ticket_issue_id")
        ),
        sa.ForeignKeyConstraint(
            ["linked_by_id"], ["agent.id"], name=op.f("fk_issue_ticket_linked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_issue_ticket_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_ticket")),
        sa.UniqueConstraint(
            "ticket_id", "issue_id", name=op.f("uq_issue_ticket_ticket_id_issue_id")
        ),
    )
    op.create_index("ix_issue_ticket_issue", "issue_ticket", ["issue_id", "id"], unique=False)
    op.create_table(
        "review_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "why",
            sa.Enum(
                "carried",
                "broken",
                "oldest",
                "returned",
                "growing",
                "article",
                "added",
                name="why",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("fact", sa.String(length=250), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("issue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "carried_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["carried_from_id"], ["review_item.id"], name=op.f("fk_review_item_carried_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["known_issue.id"], name=op.f("fk_review_item_issue_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["review_meeting.id"], name=op.f("fk_review_item_meeting_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["agent.id"], name=op.f("fk_review_item_owner_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_review_item_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_item")),
    )
    op.create_index(
        "ix_review_item_due",
        "review_item",
        ["owner_id", "due_on"],
        unique=False,
        sqlite_where=sa.text("decided_at IS NOT NULL AND done_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NOT NULL AND done_at IS NULL"),
    )
    op.create_index(
        "ix_review_item_meeting", "review_item", ["meeting_id", "position", "id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_review_item_meeting", table_name="review_item")
    op.drop_index(
        "ix_review_item_due",
        table_name="review_item",
        sqlite_where=sa.text("decided_at IS NOT NULL AND done_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NOT NULL AND done_at IS NULL"),
    )
    op.drop_table("review_item")
    op.drop_index("ix_issue_ticket_issue", table_name="issue_ticket")
    op.drop_table("issue_ticket")
    op.drop_index(op.f("ix_issue_follower_agent_id"), table_name="issue_follower")
    op.drop_table("issue_follower")
    op.drop_index(
        "ix_staff_notice_unread",
        table_name="staff_notice",
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.drop_index("ix_staff_notice_agent", table_name="staff_notice")
    op.drop_index("ix_staff_notice_about", table_name="staff_notice")
    op.drop_table("staff_notice")
    op.drop_index("ix_known_issue_state", table_name="known_issue")
    op.drop_index("ix_known_issue_reason", table_name="known_issue")
    op.drop_index("ix_known_issue_procedure", table_name="known_issue")
    op.drop_table("known_issue")
    op.drop_table("block_document_version")
    op.drop_index("ix_announcement_published", table_name="announcement")
    op.drop_table("announcement")
    op.drop_table("release_opening")
    op.drop_index("ix_block_document_block", table_name="block_document")
    op.drop_table("block_document")
    op.drop_index(
        "uq_review_meeting_next",
        table_name="review_meeting",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_table("review_meeting")
    op.drop_table("release_block")
