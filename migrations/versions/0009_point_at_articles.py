"""Point at the article that answers a hand-over"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("escalation") as table:
        table.add_column(sa.Column("article_slug", sa.String(length=200), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("escalation") as table:
        table.drop_column("article_slug")
