"""The second factor: an app's secret, its recovery codes, and whether a person has it on."""

import sqlalchemy as sa
from alembic import op

revision = "totp"
down_revision = "finance"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _user_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"
    )


def upgrade() -> None:
    op.add_column(
        "users", sa.Column("totp", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_table(
        "totp_devices",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        _user_key("totp_devices"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_totp_devices")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        _user_key("recovery_codes"),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_codes")),
    )


def downgrade() -> None:
    op.drop_table("recovery_codes")
    op.drop_table("totp_devices")
    op.drop_column("users", "totp")
