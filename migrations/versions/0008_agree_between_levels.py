"""Agree between levels, and promise each other news"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("team") as table:
        table.add_column(sa.Column("agreed_hours", sa.Integer(), nullable=True))
    with op.batch_alter_table("escalation") as table:
        table.add_column(sa.Column("agreed_until", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("news_on", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("escalation") as table:
        table.drop_column("news_on")
        table.drop_column("agreed_until")
    with op.batch_alter_table("team") as table:
        table.drop_column("agreed_hours")
