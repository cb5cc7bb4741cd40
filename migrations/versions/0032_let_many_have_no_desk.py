"""Let many have no desk"""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

NAME = "ex_appointment_desk"
LEFT = "state NOT IN ('cancelled_by_user', 'cancelled_by_service', 'rescheduled')"
ONCE = f"""
ALTER TABLE appointment ADD CONSTRAINT {NAME} EXCLUDE USING gist (
    int8range(desk_id, desk_id, '[]') WITH &&, tstzrange(starts_at, ends_at, '[)') WITH &&
) WHERE ({{}})
"""


def upgrade() -> None:
    # A range without ends is every desk at once: two visits without appointment at one hour,
    # or one beside a desk in use, were refused.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE appointment DROP CONSTRAINT {NAME}")
        op.execute(ONCE.format(f"desk_id IS NOT NULL AND {LEFT}"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE appointment DROP CONSTRAINT {NAME}")
        op.execute(ONCE.format(LEFT))
