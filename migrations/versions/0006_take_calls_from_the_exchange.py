"""Take calls from the exchange"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "first_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "sender_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_answer")),
        sa.UniqueConstraint("sender_id", "key", name=op.f("uq_first_answer_sender_id_key")),
    )
    op.create_index("ix_first_answer_created", "first_answer", ["created_at"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("account", "telephony", name="tokenkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minute_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minute_uses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_api_token_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    op.create_index("ix_api_token_agent", "api_token", ["agent_id", "id"], unique=False)
    op.create_index("ix_api_token_kind", "api_token", ["kind", "revoked_at"], unique=False)
    op.create_table(
        "call_back",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "origin",
            sa.Enum("missed", "planned", name="origin", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "number",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missed_calls", sa.Integer(), nullable=False),
        sa.Column("first_missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("once_key", sa.String(length=80), nullable=True),
        sa.Column(
            "ended",
            sa.Enum(
                "done",
                "got_through",
                "not_reached",
                "cancelled",
                name="ended",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ended_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("outcome", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_call_back_agent_id")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["agent.id"], name=op.f("fk_call_back_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["agent.id"], name=op.f("fk_call_back_ended_by_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_call_back_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_call_back_team_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_call_back_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_back")),
        sa.UniqueConstraint("once_key", name=op.f("uq_call_back_once_key")),
    )
    op.create_index("ix_call_back_number", "call_back", ["number", "id"], unique=False)
    op.create_index(
        "ix_call_back_open",
        "call_back",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )
    op.create_index("ix_call_back_ticket", "call_back", ["ticket_id", "id"], unique=False)
    op.create_index(
        "uq_call_back_missed_open",
        "call_back",
        ["number"],
        unique=True,
        sqlite_where=sa.text("origin = 'missed' AND ended IS NULL"),
        postgresql_where=sa.text("origin = 'missed' AND ended IS NULL"),
    )
    op.create_table(
        "phone_call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.String(length=160), nullable=False),
        sa.Column("original_call_id", sa.String(length=160), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("in", "out", name="direction", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("from_sent", sa.String(length=120), nullable=False),
        sa.Column("to_sent", sa.String(length=120), nullable=False),
        sa.Column(
            "number",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("queue", sa.String(length=80), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("everybody", sa.Boolean(), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "ringing",
                "answered",
                "transferred",
                "ended",
                "missed",
                "abandoned",
                name="callstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rang_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("transferred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column(
            "taken_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_phone_call_agent_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_phone_call_entry_id")),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["agent.id"], name=op.f("fk_phone_call_taken_by_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_phone_call_team_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_phone_call_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_call")),
        sa.UniqueConstraint("call_id", name=op.f("uq_phone_call_call_id")),
    )
    op.create_index("ix_phone_call_live", "phone_call", ["state", "seen_at"], unique=False)
    op.create_index("ix_phone_call_number", "phone_call", ["number", "id"], unique=False)
    op.create_table(
        "phone_leg",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "phone_call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_on", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_phone_leg_agent_id")),
        sa.ForeignKeyConstraint(
            ["phone_call_id"],
            ["phone_call.id"],
            name=op.f("fk_phone_leg_phone_call_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_leg")),
        sa.UniqueConstraint(
            "phone_call_id", "agent_id", name=op.f("uq_phone_leg_phone_call_id_agent_id")
        ),
    )
    op.create_index("ix_phone_leg_agent", "phone_leg", ["agent_id", "phone_call_id"], unique=False)
    op.add_column("agent", sa.Column("extension", sa.String(length=40), nullable=True))
    op.create_index("uq_agent_extension", "agent", ["extension"], unique=True)
    op.add_column(
        "call",
        sa.Column(
            "phone_call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
    )
    op.add_column(
        "call",
        sa.Column(
            "main_call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
    )
    op.add_column(
        "call", sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "call",
        sa.Column(
            "through",
            sa.Enum(
                "interpreter",
                "relay",
                "third_party",
                name="spokenthrough",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
    )
    op.add_column(
        "call", sa.Column("helper_name", sa.String(length=120), nullable=False, server_default="")
    )
    op.add_column(
        "call",
        sa.Column("helper_organisation", sa.String(length=120), nullable=False, server_default=""),
    )
    op.add_column(
        "call", sa.Column("helper_language", sa.String(length=3), nullable=False, server_default="")
    )
    op.add_column("call", sa.Column("consent", sa.Boolean(), nullable=True))
    op.create_index(op.f("ix_call_main_call_id"), "call", ["main_call_id"], unique=False)
    op.create_index(op.f("ix_call_phone_call_id"), "call", ["phone_call_id"], unique=False)
    op.add_column("person", sa.Column("speaks_through", sa.String(length=20), nullable=True))
    op.add_column("person", sa.Column("interpreted_language", sa.String(length=3), nullable=True))


def downgrade() -> None:
    op.drop_column("person", "interpreted_language")
    op.drop_column("person", "speaks_through")
    op.drop_index(op.f("ix_call_phone_call_id"), table_name="call")
    op.drop_index(op.f("ix_call_main_call_id"), table_name="call")
    op.drop_column("call", "consent")
    op.drop_column("call", "helper_language")
    op.drop_column("call", "helper_organisation")
    op.drop_column("call", "helper_name")
    op.drop_column("call", "through")
    op.drop_column("call", "shared")
    op.drop_column("call", "main_call_id")
    op.drop_column("call", "phone_call_id")
    op.drop_index("uq_agent_extension", table_name="agent")
    op.drop_column("agent", "extension")
    op.drop_index("ix_phone_leg_agent", table_name="phone_leg")
    op.drop_table("phone_leg")
    op.drop_index("ix_phone_call_number", table_name="phone_call")
    op.drop_index("ix_phone_call_live", table_name="phone_call")
    op.drop_table("phone_call")
    op.drop_index(
        "uq_call_back_missed_open",
        table_name="call_back",
        sqlite_where=sa.text("origin = 'missed' AND ended IS NULL"),
        postgresql_where=sa.text("origin = 'missed' AND ended IS NULL"),
    )
    op.drop_index("ix_call_back_ticket", table_name="call_back")
    op.drop_index(
        "ix_call_back_open",
        table_name="call_back",
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )
    op.drop_index("ix_call_back_number", table_name="call_back")
    op.drop_table("call_back")
    op.drop_index("ix_api_token_kind", table_name="api_token")
    op.drop_index("ix_api_token_agent", table_name="api_token")
    op.drop_table("api_token")
    op.drop_index("ix_first_answer_created", table_name="first_answer")
    op.drop_table("first_answer")
