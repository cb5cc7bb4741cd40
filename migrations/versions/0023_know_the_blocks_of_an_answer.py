"""Know the blocks of an answer"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("article_use", sa.Column("blocks", key, nullable=True))
    op.add_column("recall", sa.Column("blocks", key, nullable=True))


def downgrade() -> None:
    op.drop_column("recall", "blocks")
    op.drop_column("article_use", "blocks")
