"""The debtors' book: people, debts, payments, what covers what, and the rules that keep it."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "debtors"
down_revision = "admin"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parents[2] / "koshelok" / "debtors" / "sql"
RECORDED = """
    CREATE OR REPLACE TRIGGER wallet_record_transfers AFTER INSERT ON ledger_transfers
    FOR EACH ROW WHEN (NEW.status = 'success' AND NEW.type IN ({types}))
    EXECUTE FUNCTION wallet_record_transfers()
"""


def upgrade() -> None:
    _run("search.sql")
    _create_settings()
    _create_people()
    _create_debts()
    _create_payments()
    _create_outreach()
    _run("book.sql")
    op.execute(RECORDED.format(types="'transfer', 'debt_payment', 'reversal'"))


def _run(name: str) -> None:
    script = (SQL / name).read_text().replace("%", "%%")  # the driver reads % as a placeholder
    op.get_bind().exec_driver_sql(script)


def _create_settings() -> None:
    op.create_table(
        "debt_books",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("receipts", sa.Boolean(), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.CheckConstraint("language IN ('uz', 'ru', 'en')", name=op.f("ck_debt_books_language")),
        sa.CheckConstraint("due_days BETWEEN 0 AND 3650", name=op.f("ck_debt_books_due_days")),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_debt_books_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_debt_books")),
    )
    op.create_table(
        "debt_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file", sa.String(length=80), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("mapping", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("reverted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('uploaded', 'running', 'done', 'reverting', 'reverted')",
            name=op.f("ck_debt_imports_status"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_debt_imports_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_debt_imports_job_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_debt_imports_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debt_imports")),
    )
    op.create_index(
        op.f("ix_debt_imports_created_by_id"), "debt_imports", ["created_by_id"], unique=False
    )
    op.create_index(op.f("ix_debt_imports_job_id"), "debt_imports", ["job_id"], unique=False)
    op.create_index(
        op.f("ix_debt_imports_workspace_id_id"),
        "debt_imports",
        ["workspace_id", "id"],
        unique=False,
    )


def _create_people() -> None:
    op.create_table(
        "debtors",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("full_name", sa.String(length=120), nullable=False),
        sa.Column("phone_number", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("credit_limit", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("debt_total", sa.Numeric(precision=24, scale=2), nullable=False),
        sa.Column("credit", sa.Numeric(precision=24, scale=2), nullable=False),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("last_entry_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed("debtor_search(workspace_id, full_name, phone_number)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("btrim(full_name) <> ''", name=op.f("ck_debtors_name_not_blank")),
        sa.CheckConstraint("phone_number ~ '^\\+[1-9][0-9]{6,14}$'", name=op.f("ck_debtors_phone")),
        sa.CheckConstraint("credit >= 0 AND debt_total >= 0", name=op.f("ck_debtors_not_negative")),
        sa.CheckConstraint(
            "deleted_at IS NULL OR credit + debt_total = 0", name=op.f("ck_debtors_put_away")
        ),
        sa.CheckConstraint("credit_limit > 0", name=op.f("ck_debtors_credit_limit")),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_debtors_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["debt_imports.id"], name=op.f("fk_debtors_import_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_debtors_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debtors")),
        sa.UniqueConstraint("id", "workspace_id", name=op.f("uq_debtors_id_workspace_id")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index(op.f("ix_debtors_created_by_id"), "debtors", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_debtors_import_id"), "debtors", ["import_id"], unique=False)
    op.create_index(
        "ix_debtors_list",
        "debtors",
        ["workspace_id", sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_debtors_owing",
        "debtors",
        ["workspace_id", sa.literal_column("debt_total DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_debtors_recent",
        "debtors",
        ["workspace_id", sa.literal_column("last_entry_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_debtors_search",
        "debtors",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index("uq_debtors_client", "debtors", ["workspace_id", "client_id"], unique=True)
    op.create_index(
        "uq_debtors_phone",
        "debtors",
        ["workspace_id", "phone_number"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )


def _create_debts() -> None:
    op.create_table(
        "debts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("debtor_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("remaining", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("void_reason", sa.String(length=300), nullable=True),
        sa.Column(
            "status",
            sa.String(length=14),
            sa.Computed(
                "CASE WHEN voided_at IS NOT NULL THEN 'voided' WHEN remaining = 0 THEN 'paid' "
                "WHEN remaining < amount THEN 'partially_paid' ELSE 'pending' END",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "aged_from",
            sa.Date(),
            sa.Computed(
                "coalesce(due_date, (created_at AT TIME ZONE 'Asia/Tashkent')::date)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "due_date BETWEEN '1970-01-01' AND '2200-12-31'", name=op.f("ck_debts_due_date")
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL)", name=op.f("ck_debts_void_reason")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_debts_amount_positive")),
        sa.CheckConstraint("remaining BETWEEN 0 AND amount", name=op.f("ck_debts_remaining")),
        sa.CheckConstraint(
            "voided_at IS NULL OR remaining = 0", name=op.f("ck_debts_voided_is_settled")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_debts_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["debtor_id", "workspace_id"],
            ["debtors.id", "debtors.workspace_id"],
            name=op.f("fk_debts_debtor_id_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["debt_imports.id"], name=op.f("fk_debts_import_id")
        ),
        sa.ForeignKeyConstraint(
            ["voided_by_id"], ["users.id"], name=op.f("fk_debts_voided_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_debts_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debts")),
        sa.UniqueConstraint("id", "debtor_id", name=op.f("uq_debts_id_debtor_id")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(op.f("ix_debts_created_by_id"), "debts", ["created_by_id"], unique=False)
    op.create_index(
        "ix_debts_debtor",
        "debts",
        ["debtor_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_debts_debtor_status",
        "debts",
        [
            "debtor_id",
            "status",
            sa.literal_column("created_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
    )
    op.create_index(
        "ix_debts_due",
        "debts",
        ["workspace_id", "aged_from", "debtor_id"],
        unique=False,
        postgresql_where=sa.text("remaining > 0"),
        postgresql_include=["remaining"],
    )
    op.create_index(op.f("ix_debts_import_id"), "debts", ["import_id"], unique=False)
    op.create_index(
        "ix_debts_list",
        "debts",
        ["workspace_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_debts_open",
        "debts",
        ["debtor_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("remaining > 0"),
    )
    op.create_index(
        "ix_debts_overdue",
        "debts",
        ["workspace_id", "due_date", "id"],
        unique=False,
        postgresql_where=sa.text("remaining > 0 AND due_date IS NOT NULL"),
    )
    op.create_index(
        "ix_debts_status",
        "debts",
        [
            "workspace_id",
            "status",
            sa.literal_column("created_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
    )
    op.create_index(
        "ix_debts_voided",
        "debts",
        ["workspace_id", "voided_at"],
        unique=False,
        postgresql_where=sa.text("voided_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_debts_voided_by_id"), "debts", ["voided_by_id"], unique=False)
    op.create_index("uq_debts_client", "debts", ["workspace_id", "client_id"], unique=True)
    op.create_table(
        "debt_dues",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=24, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_debt_dues_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "day", name=op.f("pk_debt_dues")),
        postgresql_with={"fillfactor": "70"},
    )


def _create_payments() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("debtor_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("credited", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("void_reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "(method = 'koshelok') = (transfer_id IS NOT NULL)", name=op.f("ck_payments_transfer")
        ),
        sa.CheckConstraint(
            "method IN ('cash', 'card', 'koshelok')", name=op.f("ck_payments_method")
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL)", name=op.f("ck_payments_void_reason")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount_positive")),
        sa.CheckConstraint("credited BETWEEN 0 AND amount", name=op.f("ck_payments_credited")),
        sa.CheckConstraint(
            "voided_at IS NULL OR credited = 0", name=op.f("ck_payments_voided_is_settled")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_payments_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["debtor_id", "workspace_id"],
            ["debtors.id", "debtors.workspace_id"],
            name=op.f("fk_payments_debtor_id_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["debt_imports.id"], name=op.f("fk_payments_import_id")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["ledger_transfers.id"], name=op.f("fk_payments_transfer_id")
        ),
        sa.ForeignKeyConstraint(
            ["voided_by_id"],
            ["users.id"],
            name=op.f("fk_payments_voided_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_payments_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("id", "debtor_id", name=op.f("uq_payments_id_debtor_id")),
    )
    op.create_index(op.f("ix_payments_created_by_id"), "payments", ["created_by_id"], unique=False)
    op.create_index(
        "ix_payments_credit",
        "payments",
        ["debtor_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("credited > 0"),
    )
    op.create_index(
        "ix_payments_debtor",
        "payments",
        ["debtor_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(op.f("ix_payments_import_id"), "payments", ["import_id"], unique=False)
    op.create_index(
        "ix_payments_list",
        "payments",
        ["workspace_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_payments_voided",
        "payments",
        ["workspace_id", "voided_at"],
        unique=False,
        postgresql_where=sa.text("voided_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_payments_voided_by_id"), "payments", ["voided_by_id"], unique=False)
    op.create_index("uq_payments_client", "payments", ["workspace_id", "client_id"], unique=True)
    op.create_index("uq_payments_transfer", "payments", ["transfer_id"], unique=True)
    op.create_table(
        "debt_allocations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("debtor_id", sa.BigInteger(), nullable=False),
        sa.Column("debt_id", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'write_off') = (payment_id IS NULL)", name=op.f("ck_debt_allocations_payment")
        ),
        sa.CheckConstraint(
            "(kind = 'write_off') = (reason IS NOT NULL)", name=op.f("ck_debt_allocations_reason")
        ),
        sa.CheckConstraint(
            "kind IN ('payment', 'credit', 'write_off')", name=op.f("ck_debt_allocations_kind")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_debt_allocations_amount_positive")),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_debt_allocations_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["debt_id", "debtor_id"],
            ["debts.id", "debts.debtor_id"],
            name=op.f("fk_debt_allocations_debt_id_debtor_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["debtor_id"],
            ["debtors.id"],
            name=op.f("fk_debt_allocations_debtor_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["payment_id", "debtor_id"],
            ["payments.id", "payments.debtor_id"],
            name=op.f("fk_debt_allocations_payment_id_debtor_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["voided_by_id"],
            ["users.id"],
            name=op.f("fk_debt_allocations_voided_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debt_allocations")),
    )
    op.create_index(
        op.f("ix_debt_allocations_created_at_id"),
        "debt_allocations",
        ["created_at", "id"],
        unique=False,
        postgresql_where=sa.text("kind = 'write_off'"),
    )
    op.create_index(
        op.f("ix_debt_allocations_created_by_id"),
        "debt_allocations",
        ["created_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_debt_allocations_debt_id"), "debt_allocations", ["debt_id"], unique=False
    )
    op.create_index(
        op.f("ix_debt_allocations_debtor_id_created_at"),
        "debt_allocations",
        ["debtor_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("kind = 'write_off'"),
    )
    op.create_index(
        op.f("ix_debt_allocations_payment_id"), "debt_allocations", ["payment_id"], unique=False
    )
    op.create_index(
        op.f("ix_debt_allocations_voided_by_id"), "debt_allocations", ["voided_by_id"], unique=False
    )


def _create_outreach() -> None:
    op.create_table(
        "debt_reminders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("debtor_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("occasion", sa.String(length=7), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "occasion IN ('before', 'due', 'late', 'asked', 'receipt', 'link')",
            name=op.f("ck_debt_reminders_occasion"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_debt_reminders_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["debtor_id", "workspace_id"],
            ["debtors.id", "debtors.workspace_id"],
            name=op.f("fk_debt_reminders_debtor_id_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_debt_reminders_message_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_debt_reminders_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debt_reminders")),
    )
    op.create_index(
        op.f("ix_debt_reminders_created_by_id"), "debt_reminders", ["created_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_debt_reminders_message_id"), "debt_reminders", ["message_id"], unique=False
    )
    op.create_index(
        op.f("ix_debt_reminders_workspace_id_day"),
        "debt_reminders",
        ["workspace_id", "day"],
        unique=False,
    )
    op.create_index(
        op.f("ix_debt_reminders_debtor_id_id"), "debt_reminders", ["debtor_id", "id"], unique=False
    )
    op.create_index(
        "uq_debt_reminders_day",
        "debt_reminders",
        ["debtor_id", "day"],
        unique=True,
        postgresql_where=sa.text("occasion NOT IN ('receipt', 'link')"),
    )
    op.create_table(
        "debtor_links",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("debtor_id", sa.BigInteger(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_debtor_links_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["debtor_id", "workspace_id"],
            ["debtors.id", "debtors.workspace_id"],
            name=op.f("fk_debtor_links_debtor_id_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_debtor_links_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debtor_links")),
    )
    op.create_index(
        op.f("ix_debtor_links_created_by_id"), "debtor_links", ["created_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_debtor_links_debtor_id_id"), "debtor_links", ["debtor_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_debtor_links_workspace_id"), "debtor_links", ["workspace_id"], unique=False
    )
    op.create_table(
        "debt_disputes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("debtor_id", sa.BigInteger(), nullable=False),
        sa.Column("debt_id", sa.BigInteger(), nullable=True),
        sa.Column("payment_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(debt_id, payment_id) = 1", name=op.f("ck_debt_disputes_one_entry")
        ),
        sa.ForeignKeyConstraint(
            ["debt_id", "debtor_id"],
            ["debts.id", "debts.debtor_id"],
            name=op.f("fk_debt_disputes_debt_id_debtor_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["debtor_id", "workspace_id"],
            ["debtors.id", "debtors.workspace_id"],
            name=op.f("fk_debt_disputes_debtor_id_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["payment_id", "debtor_id"],
            ["payments.id", "payments.debtor_id"],
            name=op.f("fk_debt_disputes_payment_id_debtor_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"],
            ["users.id"],
            name=op.f("fk_debt_disputes_resolved_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_debt_disputes_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debt_disputes")),
    )
    op.create_index(
        op.f("ix_debt_disputes_debtor_id_id"), "debt_disputes", ["debtor_id", "id"], unique=False
    )
    op.create_index(
        "ix_debt_disputes_open",
        "debt_disputes",
        ["workspace_id", "id"],
        unique=False,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_index(
        op.f("ix_debt_disputes_resolved_by_id"), "debt_disputes", ["resolved_by_id"], unique=False
    )
    op.create_index(
        "uq_debt_disputes_debt",
        "debt_disputes",
        ["debt_id"],
        unique=True,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_index(
        "uq_debt_disputes_payment",
        "debt_disputes",
        ["payment_id"],
        unique=True,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )


def downgrade() -> None:
    op.execute(RECORDED.format(types="'transfer', 'reversal'"))
    for table in (
        "debt_disputes", "debtor_links", "debt_reminders", "debt_allocations", "payments",
        "debt_dues", "debts", "debtors", "debt_imports", "debt_books",
    ):  # fmt: skip
        op.drop_table(table)
    op.execute(
        "DROP FUNCTION debtors_refuse, debtors_owe_one_way, debts_before, payments_before,"
        " debt_allocations_before, debt_allocations_after, debts_after_insert,"
        " debts_after_update, payments_after_insert, payments_after_update,"
        " debtor_query, debtor_search"
    )
