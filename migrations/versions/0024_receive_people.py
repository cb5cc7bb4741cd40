"""Receive people"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# One desk, one moment, one person: besides the claims, where the database can say it.
NEVER_TWICE = """
ALTER TABLE appointment ADD CONSTRAINT ex_appointment_desk EXCLUDE USING gist (
    int8range(desk_id, desk_id, '[]') WITH &&, tstzrange(starts_at, ends_at, '[)') WITH &&
) WHERE (state NOT IN ('cancelled_by_user', 'cancelled_by_service', 'rescheduled'))
"""


def upgrade() -> None:
    op.create_table(
        "appointment_reason",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("group", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=160), nullable=False),
        sa.Column("public_label", sa.String(length=160), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("bring", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_reason")),
        sa.UniqueConstraint("code", name=op.f("uq_appointment_reason_code")),
    )
    op.create_table(
        "help_point",
        sa.Column("id", BIG, nullable=False),
        sa.Column("site_id", BIG, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pan",
                "emeraude",
                "counter",
                "france_services",
                name="helppointkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("notice_hours", sa.Integer(), nullable=False),
        sa.Column("public_booking", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("centre_booking", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("release_least", sa.Integer(), nullable=False),
        sa.Column("release_most", sa.Integer(), nullable=False),
        sa.Column("said_before", sa.String(length=600), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_help_point_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_point")),
        sa.UniqueConstraint("site_id", name=op.f("uq_help_point_site_id")),
    )
    op.create_table(
        "booking_window",
        sa.Column("id", BIG, nullable=False),
        sa.Column("help_point_id", BIG, nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "phone",
                "counter",
                "public",
                "contact_centre",
                "walk_in",
                name="bookingchannel",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(
            ["help_point_id"], ["help_point.id"], name=op.f("fk_booking_window_help_point_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_window")),
    )
    op.create_index(
        op.f("ix_booking_window_help_point_id"), "booking_window", ["help_point_id"], unique=False
    )
    op.create_table(
        "desk",
        sa.Column("id", BIG, nullable=False),
        sa.Column("help_point_id", BIG, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["help_point_id"], ["help_point.id"], name=op.f("fk_desk_help_point_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk")),
        sa.UniqueConstraint("help_point_id", "name", name=op.f("uq_desk_help_point_id_name")),
    )
    op.create_table(
        "opening_window",
        sa.Column("id", BIG, nullable=False),
        sa.Column("help_point_id", BIG, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("desk_ids", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["help_point_id"], ["help_point.id"], name=op.f("fk_opening_window_help_point_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_window")),
    )
    op.create_index(
        op.f("ix_opening_window_help_point_id"), "opening_window", ["help_point_id"], unique=False
    )
    op.create_table(
        "quota_rule",
        sa.Column("id", BIG, nullable=False),
        sa.Column("help_point_id", BIG, nullable=False),
        sa.Column("group", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["help_point_id"], ["help_point.id"], name=op.f("fk_quota_rule_help_point_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_rule")),
        sa.UniqueConstraint(
            "help_point_id",
            "group",
            "channel",
            name=op.f("uq_quota_rule_help_point_id_group_channel"),
        ),
    )
    op.create_table(
        "unmet_search",
        sa.Column("help_point_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("group", sa.String(length=40), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "phone",
                "counter",
                "public",
                "contact_centre",
                "walk_in",
                name="bookingchannel",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["help_point_id"], ["help_point.id"], name=op.f("fk_unmet_search_help_point_id")
        ),
        sa.PrimaryKeyConstraint(
            "help_point_id", "day", "group", "channel", name=op.f("pk_unmet_search")
        ),
    )
    op.create_table(
        "weekly_quota",
        sa.Column("id", BIG, nullable=False),
        sa.Column("help_point_id", BIG, nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("group", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["help_point_id"], ["help_point.id"], name=op.f("fk_weekly_quota_help_point_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_quota")),
        sa.UniqueConstraint(
            "help_point_id",
            "monday",
            "group",
            "channel",
            name=op.f("uq_weekly_quota_help_point_id_monday_group_channel"),
        ),
    )
    op.create_table(
        "appointment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "code",
            sa.String(length=8).with_variant(sa.String(length=8, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("help_point_id", BIG, nullable=False),
        sa.Column("desk_id", BIG, nullable=True),
        sa.Column("reason_id", BIG, nullable=False),
        sa.Column("group", sa.String(length=40), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "scheduled",
                "checked_in",
                "in_progress",
                "completed",
                "not_served",
                "no_show",
                "cancelled_by_user",
                "cancelled_by_service",
                "rescheduled",
                name="appointmentstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "phone",
                "counter",
                "public",
                "contact_centre",
                "walk_in",
                name="bookingchannel",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("booked_by_id", BIG, nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ticket_id", BIG, nullable=True),
        sa.Column("moved_from_id", BIG, nullable=True),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("quota_ids", sa.JSON(), nullable=False),
        sa.Column("over_quota", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.String(length=200), nullable=False),
        sa.Column("public_from", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["booked_by_id"], ["agent.id"], name=op.f("fk_appointment_booked_by_id")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_appointment_desk_id")),
        sa.ForeignKeyConstraint(
            ["help_point_id"], ["help_point.id"], name=op.f("fk_appointment_help_point_id")
        ),
        sa.ForeignKeyConstraint(
            ["moved_from_id"], ["appointment.id"], name=op.f("fk_appointment_moved_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_appointment_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["appointment_reason.id"], name=op.f("fk_appointment_reason_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("code", name=op.f("uq_appointment_code")),
        sa.UniqueConstraint("key", name=op.f("uq_appointment_key")),
    )
    op.create_index(
        "ix_appointment_day", "appointment", ["help_point_id", "starts_at"], unique=False
    )
    op.create_index(
        "ix_appointment_person", "appointment", ["person_id", "starts_at"], unique=False
    )
    op.create_index("ix_appointment_ticket", "appointment", ["ticket_id"], unique=False)
    op.create_index(
        "uq_appointment_live",
        "appointment",
        ["person_id", "group"],
        unique=True,
        sqlite_where=sa.text("state IN ('scheduled', 'checked_in', 'in_progress')"),
        postgresql_where=sa.text("state IN ('scheduled', 'checked_in', 'in_progress')"),
    )
    op.create_table(
        "closure",
        sa.Column("id", BIG, nullable=False),
        sa.Column("help_point_id", BIG, nullable=False),
        sa.Column("desk_id", BIG, nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_closure_desk_id")),
        sa.ForeignKeyConstraint(
            ["help_point_id"], ["help_point.id"], name=op.f("fk_closure_help_point_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    op.create_index("ix_closure_help_point", "closure", ["help_point_id", "ends_at"], unique=False)
    op.create_table(
        "waiting",
        sa.Column("id", BIG, nullable=False),
        sa.Column("help_point_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("reason_id", BIG, nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("added_by_id", BIG, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("became", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["agent.id"], name=op.f("fk_waiting_added_by_id")),
        sa.ForeignKeyConstraint(
            ["help_point_id"], ["help_point.id"], name=op.f("fk_waiting_help_point_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_waiting_person_id")),
        sa.ForeignKeyConstraint(
            ["reason_id"], ["appointment_reason.id"], name=op.f("fk_waiting_reason_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
    )
    op.create_index(
        "ix_waiting_help_point", "waiting", ["help_point_id", "settled_at", "id"], unique=False
    )
    op.create_table(
        "appointment_event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("appointment_id", BIG, nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("agent_id", BIG, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_appointment_event_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_appointment_event_appointment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_event")),
    )
    op.create_index(
        op.f("ix_appointment_event_appointment_id"),
        "appointment_event",
        ["appointment_id"],
        unique=False,
    )
    op.create_table(
        "slot_claim",
        sa.Column("desk_id", BIG, nullable=False),
        sa.Column("quantum", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appointment_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_slot_claim_appointment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_slot_claim_desk_id")),
        sa.PrimaryKeyConstraint("desk_id", "quantum", name=op.f("pk_slot_claim")),
    )
    op.create_index(
        op.f("ix_slot_claim_appointment_id"), "slot_claim", ["appointment_id"], unique=False
    )

    if op.get_bind().dialect.name == "postgresql":
        op.execute(NEVER_TWICE)


def downgrade() -> None:
    op.drop_index(op.f("ix_slot_claim_appointment_id"), table_name="slot_claim")
    op.drop_table("slot_claim")
    op.drop_index(op.f("ix_appointment_event_appointment_id"), table_name="appointment_event")
    op.drop_table("appointment_event")
    op.drop_index("ix_waiting_help_point", table_name="waiting")
    op.drop_table("waiting")
    op.drop_index("ix_closure_help_point", table_name="closure")
    op.drop_table("closure")
    op.drop_index(
        "uq_appointment_live",
        table_name="appointment",
        sqlite_where=sa.text("state IN ('scheduled', 'checked_in', 'in_progress')"),
        postgresql_where=sa.text("state IN ('scheduled', 'checked_in', 'in_progress')"),
    )
    op.drop_index("ix_appointment_ticket", table_name="appointment")
    op.drop_index("ix_appointment_person", table_name="appointment")
    op.drop_index("ix_appointment_day", table_name="appointment")
    op.drop_table("appointment")
    op.drop_table("weekly_quota")
    op.drop_table("unmet_search")
    op.drop_table("quota_rule")
    op.drop_index(op.f("ix_opening_window_help_point_id"), table_name="opening_window")
    op.drop_table("opening_window")
    op.drop_table("desk")
    op.drop_index(op.f("ix_booking_window_help_point_id"), table_name="booking_window")
    op.drop_table("booking_window")
    op.drop_table("help_point")
    op.drop_table("appointment_reason")
