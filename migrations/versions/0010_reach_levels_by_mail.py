"""Reach levels by mail"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("team") as table:
        table.add_column(sa.Column("mailbox", sa.String(length=254), nullable=True))
        table.add_column(sa.Column("delegates", sa.JSON(), nullable=True))
    with op.batch_alter_table("agent") as table:
        table.add_column(
            sa.Column("by_mail", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("agent") as table:
        table.drop_column("by_mail")
    with op.batch_alter_table("team") as table:
        table.drop_column("delegates")
        table.drop_column("mailbox")
