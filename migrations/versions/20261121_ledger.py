"""Accounts, transfers, postings, and the functions and guards that write and keep them."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "ledger"
down_revision = "jobs"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parents[2] / "koshelok" / "ledger" / "sql"


def upgrade() -> None:
    _create_accounts()
    _create_transfers()
    _create_postings()
    _create_past_days()
    _open_house_accounts()
    _run("guards.sql")
    _run("transfer.sql")


def _run(name: str) -> None:
    script = (SQL / name).read_text().replace("%", "%%")  # the driver reads % as a placeholder
    op.get_bind().exec_driver_sql(script)


def _create_accounts() -> None:
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("hot", sa.Boolean(), nullable=False),
        sa.Column("balance", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(id = 1) = (kind = 'platform')", name=op.f("ck_ledger_accounts_one_platform")
        ),
        sa.CheckConstraint(
            "(id = 2) = (kind = 'issuer')", name=op.f("ck_ledger_accounts_one_issuer")
        ),
        sa.CheckConstraint(
            "balance >= 0 OR kind = 'issuer'", name=op.f("ck_ledger_accounts_balance_not_negative")
        ),
        sa.CheckConstraint("hot OR kind = 'card'", name=op.f("ck_ledger_accounts_house_is_hot")),
        sa.CheckConstraint(
            "kind IN ('card', 'platform', 'issuer')", name=op.f("ck_ledger_accounts_kind")
        ),
        sa.CheckConstraint(
            "status <> 'CLOSED' OR balance = 0", name=op.f("ck_ledger_accounts_closed_is_empty")
        ),
        sa.CheckConstraint(
            "status IN ('FROZEN', 'ACTIVE', 'EXPIRED', 'CLOSED')",
            name=op.f("ck_ledger_accounts_status"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_accounts")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index(
        op.f("ix_ledger_accounts_kind_status"), "ledger_accounts", ["kind", "status"], unique=False
    )


def _create_transfers() -> None:
    op.create_table(
        "ledger_transfers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=7), nullable=False),
        sa.Column("from_account_id", sa.BigInteger(), nullable=False),
        sa.Column("to_account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("commission", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("failure_code", sa.String(length=40), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'failed') = (failure_code IS NOT NULL)",
            name=op.f("ck_ledger_transfers_failure_code"),
        ),
        sa.CheckConstraint(
            "(type = 'reversal') = (reverses_id IS NOT NULL)",
            name=op.f("ck_ledger_transfers_reverses"),
        ),
        sa.CheckConstraint(
            "idempotency_key <> ''", name=op.f("ck_ledger_transfers_idempotency_key")
        ),
        sa.CheckConstraint(
            "status IN ('success', 'failed')", name=op.f("ck_ledger_transfers_status")
        ),
        sa.CheckConstraint(
            "type = 'reversal' OR (type = 'deposit') = (from_account_id = 2)",
            name=op.f("ck_ledger_transfers_deposit_from_issuer"),
        ),
        sa.CheckConstraint(
            "type IN ('transfer', 'deposit', 'purchase', 'refund', 'debt_payment', 'reversal')",
            name=op.f("ck_ledger_transfers_type"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_transfers_amount_positive")),
        sa.CheckConstraint(
            "commission = 0 OR 1 NOT IN (from_account_id, to_account_id)",
            name=op.f("ck_ledger_transfers_commission_of_others"),
        ),
        sa.CheckConstraint(
            "commission >= 0", name=op.f("ck_ledger_transfers_commission_not_negative")
        ),
        sa.CheckConstraint(
            "from_account_id <> to_account_id", name=op.f("ck_ledger_transfers_two_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["from_account_id"],
            ["ledger_accounts.id"],
            name=op.f("fk_ledger_transfers_from_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["ledger_transfers.id"], name=op.f("fk_ledger_transfers_reverses_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_account_id"],
            ["ledger_accounts.id"],
            name=op.f("fk_ledger_transfers_to_account_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transfers")),
    )
    op.create_index(
        "ix_ledger_transfers_from",
        "ledger_transfers",
        ["from_account_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_ledger_transfers_list", "ledger_transfers", ["created_at", "id"], unique=False
    )
    op.create_index(
        "ix_ledger_transfers_failed",
        "ledger_transfers",
        ["actor_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'failed'"),
    )
    for side in ("from", "to"):
        op.create_index(
            f"ix_ledger_transfers_other_{side}",
            "ledger_transfers",
            [f"{side}_account_id", "created_at", "id"],
            unique=False,
            postgresql_where=sa.text("type <> 'transfer'"),
        )
    op.create_index(
        "ix_ledger_transfers_to",
        "ledger_transfers",
        ["to_account_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_ledger_transfers_key", "ledger_transfers", ["actor_id", "idempotency_key"], unique=True
    )
    op.create_index(
        "uq_ledger_transfers_reverses",
        "ledger_transfers",
        ["reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL AND status = 'success'"),
    )


def _create_postings() -> None:
    op.create_table(
        "ledger_postings",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("balance_after", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_postings_amount_not_zero")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_ledger_postings")),
    )
    op.create_index(
        "ix_ledger_postings_created_at",
        "ledger_postings",
        ["created_at"],
        unique=False,
        postgresql_using="brin",
    )
    op.create_index(
        "uq_ledger_postings_transfer", "ledger_postings", ["transfer_id", "account_id"], unique=True
    )
    op.create_table(
        "ledger_pending",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_ledger_pending")),
    )


def _create_past_days() -> None:
    op.create_table(
        "ledger_seals",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("postings", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("postings >= 0", name=op.f("ck_ledger_seals_postings")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_ledger_seals")),
    )
    op.create_table(
        "ledger_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("succeeded", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("turnover", sa.Numeric(precision=24, scale=2), nullable=False),
        sa.Column("commission", sa.Numeric(precision=24, scale=2), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_ledger_days")),
    )


def _open_house_accounts() -> None:
    op.execute("""
        INSERT INTO ledger_accounts (id, kind, status, hot, balance, created_at) VALUES
            (1, 'platform', 'ACTIVE', true, 0, now()), (2, 'issuer', 'ACTIVE', true, 0, now())
    """)
    op.execute("ALTER TABLE ledger_accounts ALTER COLUMN id RESTART WITH 100")


def downgrade() -> None:
    for table in (
        "ledger_days",
        "ledger_seals",
        "ledger_pending",
        "ledger_postings",
        "ledger_transfers",
        "ledger_accounts",
    ):
        op.execute(f"DROP TABLE {table} CASCADE")
    op.execute("DROP FUNCTION ledger_fold, ledger_refuse, ledger_postings_balance")
