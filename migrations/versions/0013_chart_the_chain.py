"""Chart the chain, and who is away"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WHO = sa.Enum("person", "referent", "platform", name="requester", native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        "team_absence",
        sa.Column("id", BIG, nullable=False),
        sa.Column("team_id", BIG, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("deputy_id", BIG, nullable=True),
        sa.Column("on_call_id", BIG, nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["deputy_id"], ["team.id"], name="fk_team_absence_deputy_id"),
        sa.ForeignKeyConstraint(["on_call_id"], ["agent.id"], name="fk_team_absence_on_call_id"),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name="fk_team_absence_team_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_team_absence"),
    )
    op.create_index("ix_team_absence_team", "team_absence", ["team_id", "ends_on"])
    with op.batch_alter_table("chain_step") as table:
        table.add_column(sa.Column("requester", WHO, nullable=True))
        table.drop_constraint("uq_chain_step_from_kind_field_nature_to_team_id", type_="unique")
        table.create_unique_constraint(
            "uq_chain_step_arrow", ["from_kind", "field", "nature", "requester", "to_team_id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("chain_step") as table:
        table.drop_constraint("uq_chain_step_arrow", type_="unique")
        table.create_unique_constraint(
            "uq_chain_step_from_kind_field_nature_to_team_id",
            ["from_kind", "field", "nature", "to_team_id"],
        )
        table.drop_column("requester")
    op.drop_index("ix_team_absence_team", table_name="team_absence")
    op.drop_table("team_absence")
