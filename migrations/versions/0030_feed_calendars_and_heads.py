"""Feed calendars and heads of services"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("desk", sa.Column("feed_salt", sa.String(length=32), nullable=True))
    op.add_column(
        "help_point",
        sa.Column("weekly_to", sa.String(length=600), server_default="", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("help_point", "weekly_to")
    op.drop_column("desk", "feed_salt")
