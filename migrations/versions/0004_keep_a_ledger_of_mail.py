"""Keep a ledger of mail"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ADDRESS = sa.String(254).with_variant(sa.String(254, collation="C"), "postgresql")


def upgrade() -> None:
    _say_who_wrote()
    _link_tickets()
    _remember_mailboxes()


def _say_who_wrote() -> None:
    op.add_column("received", sa.Column("sender", ADDRESS, nullable=False, server_default=""))
    op.add_column(
        "received", sa.Column("subject", sa.String(300), nullable=False, server_default="")
    )
    op.add_column("received", sa.Column("message_id", sa.String(500), nullable=True))
    op.add_column("received", sa.Column("auth", sa.JSON(), nullable=True))
    op.create_index("ix_received_at", "received", ["channel", "received_at", "id"])
    op.create_index("ix_received_sender", "received", ["sender", "received_at"])
    op.create_index("ix_received_message_id", "received", ["message_id"])


def _link_tickets() -> None:
    op.create_table(
        "ticket_link",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ticket_id", KEY, nullable=False),
        sa.Column("earlier_id", KEY, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("follows", "duplicate", "apart", name="link", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_link_ticket_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["earlier_id"],
            ["ticket.id"],
            name=op.f("fk_ticket_link_earlier_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_link")),
        sa.UniqueConstraint(
            "ticket_id", "earlier_id", name=op.f("uq_ticket_link_ticket_id_earlier_id")
        ),
    )
    op.create_index(op.f("ix_ticket_link_earlier_id"), "ticket_link", ["earlier_id"])


def _remember_mailboxes() -> None:
    op.create_table(
        "mailbox_place",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mailbox", sa.String(300), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("uid_next", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_place")),
        sa.UniqueConstraint("mailbox", name=op.f("uq_mailbox_place_mailbox")),
    )
    op.create_table(
        "mailbox_message",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mailbox", sa.String(300), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.String(500), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received_id", KEY, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_message")),
        sa.UniqueConstraint(
            "mailbox",
            "uid_validity",
            "uid",
            name=op.f("uq_mailbox_message_mailbox_uid_validity_uid"),
        ),
    )
    op.create_index(op.f("ix_mailbox_message_seen_at"), "mailbox_message", ["seen_at"])
    op.create_table(
        "mail_reconciliation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailbox", sa.String(300), nullable=False),
        sa.Column("announced", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("retaken", sa.Integer(), nullable=False),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_reconciliation")),
    )
    op.create_index("ix_mail_reconciliation_ran", "mail_reconciliation", ["ran_at", "id"])


def downgrade() -> None:
    for table in ("mail_reconciliation", "mailbox_message", "mailbox_place", "ticket_link"):
        op.drop_table(table)
    for index in ("ix_received_message_id", "ix_received_sender", "ix_received_at"):
        op.drop_index(index, "received")
    for column in ("auth", "message_id", "subject", "sender"):
        with op.batch_alter_table("received") as received:
            received.drop_column(column)
