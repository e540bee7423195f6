"""Budgets and savings; and of records: changes with a way back, receipts, bank messages, imports,
what notes teach, and what comes again and again."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "budgets"
down_revision = "shop"
branch_labels = None
depends_on = None

FEATURES = Path(__file__).resolve().parents[2] / "koshelok"
SEARCH = """
    ALTER TABLE transactions DROP COLUMN search;
    ALTER TABLE transactions ADD COLUMN search tsvector
        GENERATED ALWAYS AS ({vector}) STORED NOT NULL;
    CREATE INDEX ix_transactions_search ON transactions USING gin (search)
        WITH (fastupdate = off) WHERE deleted_at IS NULL
"""
SAVINGS = """
    INSERT INTO categories (workspace_id, name, type, code, created_at)
    SELECT workspaces.id, CASE min(users.language)
            WHEN 'ru' THEN 'Сбережения' WHEN 'en' THEN 'Savings' ELSE 'Jamg''arma'
        END, 'saving', 'SAVINGS', now()
    FROM workspaces
    LEFT JOIN memberships ON memberships.workspace_id = workspaces.id AND memberships.role = 'owner'
    LEFT JOIN users ON users.id = memberships.user_id
    GROUP BY workspaces.id
    ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    _check("categories", "type", "type IN ('income', 'expense', 'saving')")
    _extend_people()
    _create_changes()
    _create_learning()
    _create_imports()
    _create_recurrences()
    _create_capture()
    _create_budgets()
    _extend_versions()
    _extend_transactions()
    _run("finance/sql/learning.sql")
    op.execute(SEARCH.format(vector="record_vector(workspace_id, category_id, comment)"))
    _run("budgets/sql/savings.sql")
    op.execute(SAVINGS)


def _run(name: str) -> None:
    script = (FEATURES / name).read_text().replace("%", "%%")  # the driver reads % as a placeholder
    op.get_bind().exec_driver_sql(script)


def _check(table: str, name: str, rule: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS ck_{table}_{name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({rule})")


def _create_changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("count >= 0", name=op.f("ck_changes_count")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_changes_actor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"],
            ["users.id"],
            name=op.f("fk_changes_undone_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_changes_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index(op.f("ix_changes_actor_id"), "changes", ["actor_id"], unique=False)
    op.create_index(op.f("ix_changes_undone_by_id"), "changes", ["undone_by_id"], unique=False)
    op.create_index(
        op.f("ix_changes_workspace_id_id"), "changes", ["workspace_id", "id"], unique=False
    )


def _create_learning() -> None:
    op.create_table(
        "category_memory",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("corrected", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("times >= 0 AND corrected >= 0", name=op.f("ck_category_memory_counts")),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["categories.id"],
            name=op.f("fk_category_memory_category_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_category_memory_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "key", "category_id", name=op.f("pk_category_memory")
        ),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index(
        op.f("ix_category_memory_category_id"), "category_memory", ["category_id"], unique=False
    )
    op.create_table(
        "category_rules",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=7), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("key <> ''", name=op.f("ck_category_rules_key_not_blank")),
        sa.CheckConstraint("type IN ('income', 'expense')", name=op.f("ck_category_rules_type")),
        sa.ForeignKeyConstraint(
            ["category_id", "workspace_id", "type"],
            ["categories.id", "categories.workspace_id", "categories.type"],
            name=op.f("fk_category_rules_category_id_workspace_id_type"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_category_rules_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_category_rules_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_rules")),
        sa.UniqueConstraint(
            "workspace_id", "key", "type", name=op.f("uq_category_rules_workspace_id_key_type")
        ),
    )
    op.create_index(
        op.f("ix_category_rules_category_id"), "category_rules", ["category_id"], unique=False
    )
    op.create_index(
        op.f("ix_category_rules_created_by_id"), "category_rules", ["created_by_id"], unique=False
    )


def _create_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file", sa.String(length=80), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=7), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("change_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "status IN ('reading', 'ready', 'running', 'done', 'failed')",
            name=op.f("ck_imports_status"),
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["changes.id"], name=op.f("fk_imports_change_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_imports_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_imports_job_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_imports_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_change_id"), "imports", ["change_id"], unique=False)
    op.create_index(op.f("ix_imports_created_by_id"), "imports", ["created_by_id"], unique=False)
    op.create_index(op.f("ix_imports_job_id"), "imports", ["job_id"], unique=False)
    op.create_index(
        op.f("ix_imports_workspace_id_id"), "imports", ["workspace_id", "id"], unique=False
    )
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("type", sa.String(length=7), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("category_name", sa.String(length=60), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("rule_id", sa.BigInteger(), nullable=True),
        sa.Column("external_id", sa.String(length=80), nullable=True),
        sa.Column("wrong", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "status IN ('new', 'duplicate', 'wrong')", name=op.f("ck_import_rows_status")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["categories.id"],
            name=op.f("fk_import_rows_category_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_import_rows")),
        prefixes=["UNLOGGED"],
    )
    op.create_index(
        op.f("ix_import_rows_category_id"), "import_rows", ["category_id"], unique=False
    )
    op.create_index(
        op.f("ix_import_rows_import_id_status_number"),
        "import_rows",
        ["import_id", "status", "number"],
        unique=False,
    )


def _create_recurrences() -> None:
    op.create_table(
        "recurrences",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=7), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("unit", sa.String(length=5), nullable=False),
        sa.Column("every", sa.SmallInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "ends_on BETWEEN starts_on AND '2200-12-31'", name=op.f("ck_recurrences_ends_on")
        ),
        sa.CheckConstraint(
            "starts_on BETWEEN '1970-01-01' AND '2200-12-31'", name=op.f("ck_recurrences_starts_on")
        ),
        sa.CheckConstraint("type IN ('income', 'expense')", name=op.f("ck_recurrences_type")),
        sa.CheckConstraint("unit IN ('day', 'week', 'month')", name=op.f("ck_recurrences_unit")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_recurrences_amount_positive")),
        sa.CheckConstraint("every BETWEEN 1 AND 366", name=op.f("ck_recurrences_every")),
        sa.CheckConstraint(
            "next_on >= starts_on AND (ends_on IS NULL OR next_on <= ends_on)",
            name=op.f("ck_recurrences_next_on"),
        ),
        sa.ForeignKeyConstraint(
            ["category_id", "workspace_id", "type"],
            ["categories.id", "categories.workspace_id", "categories.type"],
            name=op.f("fk_recurrences_category_id_workspace_id_type"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_recurrences_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_recurrences_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurrences")),
    )
    op.create_index(
        op.f("ix_recurrences_category_id"), "recurrences", ["category_id"], unique=False
    )
    op.create_index(
        op.f("ix_recurrences_created_by_id"), "recurrences", ["created_by_id"], unique=False
    )
    op.create_index("ix_recurrences_next", "recurrences", ["workspace_id", "next_on"], unique=False)


def _create_capture() -> None:
    op.create_table(
        "bank_messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("payee", sa.String(length=200), nullable=False),
        sa.Column("card", sa.String(length=4), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("balance", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'unread') = (amount IS NULL)", name=op.f("ck_bank_messages_amount_of_read")
        ),
        sa.CheckConstraint(
            "(kind = 'unread') = (text <> '')", name=op.f("ck_bank_messages_text_of_unread")
        ),
        sa.CheckConstraint("card ~ '^[0-9]{4}$'", name=op.f("ck_bank_messages_card")),
        sa.CheckConstraint(
            "kind IN ('income', 'expense', 'unread')", name=op.f("ck_bank_messages_kind")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bank_messages_amount_positive")),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_bank_messages_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["transactions.id"],
            name=op.f("fk_bank_messages_transaction_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_bank_messages_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_messages")),
        sa.UniqueConstraint(
            "workspace_id", "fingerprint", name=op.f("uq_bank_messages_workspace_id_fingerprint")
        ),
    )
    op.create_index(
        "ix_bank_messages_card",
        "bank_messages",
        ["workspace_id", "card", sa.literal_column("at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("card IS NOT NULL"),
    )
    op.create_index(
        "ix_bank_messages_unread",
        "bank_messages",
        ["workspace_id", "id"],
        unique=False,
        postgresql_where=sa.text("kind = 'unread' AND dismissed_at IS NULL"),
    )
    op.create_index(
        op.f("ix_bank_messages_created_by_id"), "bank_messages", ["created_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_bank_messages_transaction_id"), "bank_messages", ["transaction_id"], unique=False
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("file", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('image', 'pdf')", name=op.f("ck_receipts_kind")),
        sa.CheckConstraint("size > 0", name=op.f("ck_receipts_size")),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_receipts_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["transactions.id"],
            name=op.f("fk_receipts_transaction_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_receipts_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("file", name=op.f("uq_receipts_file")),
    )
    op.create_index(op.f("ix_receipts_created_by_id"), "receipts", ["created_by_id"], unique=False)
    op.create_index(
        op.f("ix_receipts_transaction_id"), "receipts", ["transaction_id"], unique=False
    )
    op.create_index(
        op.f("ix_receipts_workspace_id_id"), "receipts", ["workspace_id", "id"], unique=False
    )


def _create_budgets() -> None:
    op.create_table(
        "budgets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=7), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "extract(day FROM month) = 1 AND month BETWEEN '1970-01-01' AND '2200-12-01'",
            name=op.f("ck_budgets_month"),
        ),
        sa.CheckConstraint("type IN ('expense', 'saving')", name=op.f("ck_budgets_type")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_budgets_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["category_id", "workspace_id", "type"],
            ["categories.id", "categories.workspace_id", "categories.type"],
            name=op.f("fk_budgets_category_id_workspace_id_type"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_budgets_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_budgets_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budgets")),
        sa.UniqueConstraint("category_id", "month", name=op.f("uq_budgets_category_id_month")),
    )
    op.create_index(op.f("ix_budgets_created_by_id"), "budgets", ["created_by_id"], unique=False)
    op.create_index(
        op.f("ix_budgets_workspace_id_month_id"),
        "budgets",
        ["workspace_id", "month", "id"],
        unique=False,
    )
    op.create_table(
        "budget_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("from_type", sa.String(length=7), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("to_type", sa.String(length=7), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "extract(day FROM month) = 1 AND month BETWEEN '1970-01-01' AND '2200-12-01'",
            name=op.f("ck_budget_moves_month"),
        ),
        sa.CheckConstraint(
            "from_type IN ('expense', 'saving')", name=op.f("ck_budget_moves_from_type")
        ),
        sa.CheckConstraint(
            "to_type IN ('expense', 'saving')", name=op.f("ck_budget_moves_to_type")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_budget_moves_amount_positive")),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_budget_moves_two_categories")),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_budget_moves_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["from_id", "workspace_id", "from_type"],
            ["categories.id", "categories.workspace_id", "categories.type"],
            name=op.f("fk_budget_moves_from_id_workspace_id_from_type"),
        ),
        sa.ForeignKeyConstraint(
            ["to_id", "workspace_id", "to_type"],
            ["categories.id", "categories.workspace_id", "categories.type"],
            name=op.f("fk_budget_moves_to_id_workspace_id_to_type"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_budget_moves_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_moves")),
    )
    op.create_index(
        op.f("ix_budget_moves_created_by_id"), "budget_moves", ["created_by_id"], unique=False
    )
    op.create_index(op.f("ix_budget_moves_from_id"), "budget_moves", ["from_id"], unique=False)
    op.create_index(op.f("ix_budget_moves_to_id"), "budget_moves", ["to_id"], unique=False)
    op.create_index(
        op.f("ix_budget_moves_workspace_id_month"),
        "budget_moves",
        ["workspace_id", "month"],
        unique=False,
    )
    op.create_table(
        "budget_plans",
        sa.Column("category_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=7), nullable=False),
        sa.Column("carry", sa.String(length=7), nullable=False),
        sa.Column("goal", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("goal_on", sa.Date(), nullable=True),
        sa.Column("saved", sa.Numeric(precision=18, scale=2), server_default="0", nullable=False),
        sa.CheckConstraint(
            "carry IN ('none', 'surplus', 'both')", name=op.f("ck_budget_plans_carry")
        ),
        sa.CheckConstraint(
            "goal_on BETWEEN '1970-01-01' AND '2200-12-31'", name=op.f("ck_budget_plans_goal_on")
        ),
        sa.CheckConstraint(
            "type = 'saving' OR goal IS NULL AND saved = 0",
            name=op.f("ck_budget_plans_only_savings_have_goals"),
        ),
        sa.CheckConstraint("type IN ('expense', 'saving')", name=op.f("ck_budget_plans_type")),
        sa.CheckConstraint("goal > 0", name=op.f("ck_budget_plans_goal_positive")),
        sa.CheckConstraint(
            "goal IS NOT NULL OR goal_on IS NULL", name=op.f("ck_budget_plans_date_of_goal")
        ),
        sa.CheckConstraint("saved >= 0", name=op.f("ck_budget_plans_saved_not_negative")),
        sa.ForeignKeyConstraint(
            ["category_id", "workspace_id", "type"],
            ["categories.id", "categories.workspace_id", "categories.type"],
            name=op.f("fk_budget_plans_category_id_workspace_id_type"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_budget_plans_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("category_id", name=op.f("pk_budget_plans")),
    )
    op.create_index(
        op.f("ix_budget_plans_workspace_id"), "budget_plans", ["workspace_id"], unique=False
    )
    op.create_table(
        "earmarks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(length=7), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "date BETWEEN '1970-01-01' AND '2200-12-31'", name=op.f("ck_earmarks_date_range")
        ),
        sa.CheckConstraint("type = 'saving'", name=op.f("ck_earmarks_type")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_earmarks_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["category_id", "workspace_id", "type"],
            ["categories.id", "categories.workspace_id", "categories.type"],
            name=op.f("fk_earmarks_category_id_workspace_id_type"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_earmarks_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_earmarks_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earmarks")),
    )
    op.create_index(op.f("ix_earmarks_created_by_id"), "earmarks", ["created_by_id"], unique=False)
    op.create_index(
        "ix_earmarks_list",
        "earmarks",
        ["category_id", sa.literal_column("date DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        op.f("ix_earmarks_workspace_id_date"), "earmarks", ["workspace_id", "date"], unique=False
    )
    op.create_index(
        "uq_earmarks_client",
        "earmarks",
        ["workspace_id", "client_id"],
        unique=True,
        postgresql_where=sa.text("client_id IS NOT NULL"),
    )


def _extend_people() -> None:
    op.add_column("users", sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("users", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_users_closing",
        "users",
        ["closes_at"],
        unique=False,
        postgresql_where=sa.text("closes_at IS NOT NULL"),
    )
    op.add_column(
        "workspaces",
        sa.Column("month_start", sa.SmallInteger(), server_default="1", nullable=False),
    )
    _check("users", "closed_at", "closed_at IS NULL OR closes_at IS NOT NULL")
    _check(
        "users",
        "reachable",
        "closed_at IS NOT NULL OR num_nonnulls(username, phone_number, email) >= 1",
    )
    _check("workspaces", "month_start", "month_start BETWEEN 1 AND 28")


def _extend_versions() -> None:
    """Each edit of before becomes a change of its own."""
    op.add_column("transaction_versions", sa.Column("change_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "transaction_versions", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("transaction_versions", sa.Column("split_id", sa.Uuid(), nullable=True))
    op.add_column("transaction_versions", sa.Column("rule_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "transaction_versions", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute(
        "INSERT INTO changes (workspace_id, kind, count, details, actor_id, created_at)"
        " SELECT record.workspace_id, 'edited', 1, jsonb_build_object('version', version.id),"
        " version.edited_by_id, version.created_at FROM transaction_versions AS version"
        " JOIN transactions AS record ON record.id = version.transaction_id ORDER BY version.id"
    )
    op.execute(
        "UPDATE transaction_versions AS version SET change_id = changes.id,"
        " updated_at = version.created_at"
        " FROM changes WHERE (changes.details ->> 'version')::bigint = version.id"
    )
    op.execute("UPDATE changes SET details = '{}'")
    op.alter_column("transaction_versions", "change_id", nullable=False)
    op.alter_column("transaction_versions", "updated_at", nullable=False)
    op.create_index(
        op.f("ix_transaction_versions_change_id"),
        "transaction_versions",
        ["change_id"],
        unique=False,
    )
    op.create_foreign_key(
        op.f("fk_transaction_versions_change_id"),
        "transaction_versions",
        "changes",
        ["change_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.drop_index(op.f("ix_transaction_versions_edited_by_id"), table_name="transaction_versions")
    op.drop_constraint(
        op.f("fk_transaction_versions_edited_by_id"), "transaction_versions", type_="foreignkey"
    )
    op.drop_column("transaction_versions", "edited_by_id")
    op.drop_column("transaction_versions", "created_at")


def _extend_transactions() -> None:
    op.add_column("transactions", sa.Column("split_id", sa.Uuid(), nullable=True))
    op.add_column("transactions", sa.Column("client_id", sa.Uuid(), nullable=True))
    op.add_column("transactions", sa.Column("external_id", sa.String(length=80), nullable=True))
    op.add_column("transactions", sa.Column("import_id", sa.Uuid(), nullable=True))
    op.add_column("transactions", sa.Column("rule_id", sa.BigInteger(), nullable=True))
    op.add_column("transactions", sa.Column("recurrence_id", sa.BigInteger(), nullable=True))
    op.add_column("transactions", sa.Column("occurs_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_transactions_import",
        "transactions",
        ["import_id"],
        unique=False,
        postgresql_where=sa.text("import_id IS NOT NULL"),
    )
    op.create_index(
        "ix_transactions_rule",
        "transactions",
        ["rule_id"],
        unique=False,
        postgresql_where=sa.text("rule_id IS NOT NULL"),
    )
    op.create_index(
        "ix_transactions_split",
        "transactions",
        ["split_id"],
        unique=False,
        postgresql_where=sa.text("split_id IS NOT NULL"),
    )
    op.create_index(
        "ix_transactions_trash",
        "transactions",
        ["workspace_id", sa.literal_column("deleted_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_index(
        "uq_transactions_client",
        "transactions",
        ["workspace_id", "client_id"],
        unique=True,
        postgresql_where=sa.text("client_id IS NOT NULL"),
    )
    op.create_index(
        "uq_transactions_external",
        "transactions",
        ["workspace_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL AND deleted_at IS NULL"),
    )
    op.create_index(
        "uq_transactions_occurrence",
        "transactions",
        ["recurrence_id", "occurs_on"],
        unique=True,
        postgresql_where=sa.text("recurrence_id IS NOT NULL AND deleted_at IS NULL"),
    )
    op.create_foreign_key(
        op.f("fk_transactions_recurrence_id"),
        "transactions",
        "recurrences",
        ["recurrence_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_transactions_import_id"),
        "transactions",
        "imports",
        ["import_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_foreign_key(
        op.f("fk_transactions_rule_id"),
        "transactions",
        "category_rules",
        ["rule_id"],
        ["id"],
        ondelete="SET NULL",
    )
    _check("transactions", "type", "type IN ('income', 'expense')")
    _check("transactions", "occurrence", "(recurrence_id IS NULL) = (occurs_on IS NULL)")


def downgrade() -> None:
    op.execute("DROP TRIGGER transactions_remember ON transactions")
    op.execute(SEARCH.format(vector="search_vector(workspace_id, comment)"))
    for name in ("ck_transactions_type", "ck_transactions_occurrence"):
        op.drop_constraint(name, "transactions")
    for name in (
        "split_id", "client_id", "external_id", "import_id", "rule_id", "recurrence_id", "occurs_on"
    ):  # fmt: skip
        op.drop_column("transactions", name)
    _shrink_versions()
    for table in (
        "earmarks", "budget_plans", "budget_moves", "budgets", "receipts", "bank_messages",
        "recurrences", "import_rows", "imports", "category_rules", "category_memory", "changes",
    ):  # fmt: skip
        op.drop_table(table)
    op.execute("DELETE FROM categories WHERE type = 'saving'")
    _check("categories", "type", "type IN ('income', 'expense')")
    _check("users", "reachable", "num_nonnulls(username, phone_number, email) >= 1")
    op.drop_column("users", "closes_at")
    op.drop_column("users", "closed_at")
    op.drop_column("workspaces", "month_start")
    op.execute(
        "DROP FUNCTION transactions_remember, earmarks_after, note_keys, record_query, word_query,"
        " record_vector, tag_words"
    )


def _shrink_versions() -> None:
    op.add_column("transaction_versions", sa.Column("edited_by_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "transaction_versions",
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
    )
    op.alter_column("transaction_versions", "created_at", server_default=None)
    op.create_foreign_key(
        "fk_transaction_versions_edited_by_id",
        "transaction_versions",
        "users",
        ["edited_by_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(
        "ix_transaction_versions_edited_by_id", "transaction_versions", ["edited_by_id"]
    )
    for name in ("change_id", "deleted_at", "split_id", "rule_id", "updated_at"):
        op.drop_column("transaction_versions", name)
