"""Cards, saved cards, and records that follow transfers."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "wallet"
down_revision = "ledger"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parents[2] / "koshelok" / "wallet" / "sql"


def upgrade() -> None:
    _create_cards()
    _create_saved_cards()
    _create_wallets()
    _link_records()
    _run("records.sql")


def _run(name: str) -> None:
    script = (SQL / name).read_text().replace("%", "%%")  # the driver reads % as a placeholder
    op.get_bind().exec_driver_sql(script)


def _create_cards() -> None:
    op.create_table(
        "cards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("expiry_date", sa.Date(), nullable=False),
        sa.Column("frozen_by_admin", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number ~ '^7777[0-9]{12}$'", name=op.f("ck_cards_number")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ledger_accounts.id"],
            name=op.f("fk_cards_account_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_cards_owner_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("account_id", name=op.f("uq_cards_account_id")),
        sa.UniqueConstraint("number", name=op.f("uq_cards_number")),
    )
    op.create_index(op.f("ix_cards_expiry_date"), "cards", ["expiry_date"], unique=False)
    op.create_index("ix_cards_list", "cards", ["created_at", "id"], unique=False)
    op.create_index(
        op.f("ix_cards_owner_id_created_at_id"),
        "cards",
        ["owner_id", "created_at", "id"],
        unique=False,
    )


def _create_saved_cards() -> None:
    op.create_table(
        "saved_cards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("alias", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(alias) <> ''", name=op.f("ck_saved_cards_alias_not_blank")),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name=op.f("fk_saved_cards_card_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_saved_cards_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_cards")),
    )
    op.create_index(op.f("ix_saved_cards_card_id"), "saved_cards", ["card_id"], unique=False)
    op.create_index(
        op.f("ix_saved_cards_owner_id_alias_id"),
        "saved_cards",
        ["owner_id", "alias", "id"],
        unique=False,
    )
    op.create_index("uq_saved_cards_card", "saved_cards", ["owner_id", "card_id"], unique=True)


def _create_wallets() -> None:
    op.create_table(
        "wallets",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.Boolean(), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("expense_category_id", sa.BigInteger(), nullable=False),
        sa.Column("income_category_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["expense_category_id"],
            ["categories.id"],
            name=op.f("fk_wallets_expense_category_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["income_category_id"],
            ["categories.id"],
            name=op.f("fk_wallets_income_category_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_wallets_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_wallets_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_wallets")),
    )
    op.create_index(
        op.f("ix_wallets_expense_category_id"), "wallets", ["expense_category_id"], unique=False
    )
    op.create_index(
        op.f("ix_wallets_income_category_id"), "wallets", ["income_category_id"], unique=False
    )
    op.create_index(op.f("ix_wallets_workspace_id"), "wallets", ["workspace_id"], unique=False)


def _link_records() -> None:
    op.add_column("transactions", sa.Column("transfer_id", sa.Uuid(), nullable=True))
    op.create_index(
        "uq_transactions_transfer",
        "transactions",
        ["transfer_id", "workspace_id"],
        unique=True,
        postgresql_where=sa.text("transfer_id IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_transactions_transfer_id"),
        "transactions",
        "ledger_transfers",
        ["transfer_id"],
        ["id"],
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER wallet_record_transfers ON ledger_transfers")
    op.execute("DROP FUNCTION wallet_record_transfers")
    op.drop_column("transactions", "transfer_id")
    for table in ("wallets", "saved_cards", "cards"):
        op.drop_table(table)
