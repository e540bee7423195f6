"""Categories, records, and the totals kept by triggers."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "finance"
down_revision = "workspaces"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parents[2] / "koshelok" / "finance" / "sql"
LIVE = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    _run("search.sql")
    _create_categories()
    _create_transactions()
    _create_versions()
    _create_totals()
    _run("totals.sql")


def _run(name: str) -> None:
    script = (SQL / name).read_text().replace("%", "%%")  # the driver reads % as a placeholder
    op.get_bind().exec_driver_sql(script)


def _create_categories() -> None:
    op.create_table(
        "categories",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("type", sa.String(7), nullable=False),
        sa.Column("code", sa.String(20), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed("search_vector(workspace_id, name)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("type IN ('income', 'expense')", name=op.f("ck_categories_type")),
        sa.CheckConstraint("btrim(name) <> ''", name=op.f("ck_categories_name_not_blank")),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_categories_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint(
            "id", "workspace_id", "type", name=op.f("uq_categories_id_workspace_id_type")
        ),
    )
    op.create_index(
        "uq_categories_name",
        "categories",
        ["workspace_id", "type", sa.text("lower(name)")],
        unique=True,
        postgresql_where=sa.text("archived_at IS NULL"),
    )
    op.create_index(
        "uq_categories_code",
        "categories",
        ["workspace_id", "code"],
        unique=True,
        postgresql_where=sa.text("code IS NOT NULL"),
    )
    op.create_index(op.f("ix_categories_workspace_id_id"), "categories", ["workspace_id", "id"])


def _create_transactions() -> None:
    op.create_table(
        "transactions",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(7), nullable=False),
        sa.Column("amount", sa.Numeric(18, 2), nullable=False),
        sa.Column("comment", sa.String(1000), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed("search_vector(workspace_id, comment)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_transactions_amount_positive")),
        sa.CheckConstraint(
            "date BETWEEN '1970-01-01' AND '2200-12-31'", name=op.f("ck_transactions_date_range")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_transactions_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["category_id", "workspace_id", "type"],
            ["categories.id", "categories.workspace_id", "categories.type"],
            name=op.f("fk_transactions_category_id_workspace_id_type"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_transactions_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
    )
    newest_first = [sa.text("date DESC"), sa.text("id DESC")]
    for name, columns in (
        ("ix_transactions_list", ["workspace_id", *newest_first]),
        ("ix_transactions_type", ["workspace_id", "type", *newest_first]),
        ("ix_transactions_amount", ["workspace_id", "amount"]),
    ):
        op.create_index(name, "transactions", columns, postgresql_where=LIVE)
    op.create_index("ix_transactions_category", "transactions", ["category_id", *newest_first])
    op.create_index(op.f("ix_transactions_created_by_id"), "transactions", ["created_by_id"])
    op.create_index(
        "ix_transactions_search",
        "transactions",
        ["search"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=LIVE,
    )


def _create_versions() -> None:
    op.create_table(
        "transaction_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(18, 2), nullable=False),
        sa.Column("comment", sa.String(1000), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("edited_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["transactions.id"],
            name=op.f("fk_transaction_versions_transaction_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["categories.id"],
            name=op.f("fk_transaction_versions_category_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["edited_by_id"],
            ["users.id"],
            name=op.f("fk_transaction_versions_edited_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transaction_versions")),
    )
    for column in ("transaction_id", "category_id", "edited_by_id"):
        name = op.f(f"ix_transaction_versions_{column}")
        op.create_index(name, "transaction_versions", [column])


def _create_totals() -> None:
    op.create_table(
        "category_totals",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("grain", sa.String(5), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(24, 2), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "grain IN ('day', 'month', 'all')", name=op.f("ck_category_totals_grain")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_category_totals_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["categories.id"],
            name=op.f("fk_category_totals_category_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "grain", "period_start", "category_id", name=op.f("pk_category_totals")
        ),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index(op.f("ix_category_totals_category_id"), "category_totals", ["category_id"])


def downgrade() -> None:
    for table in ("category_totals", "transaction_versions", "transactions", "categories"):
        op.drop_table(table)
    for kind in ("insert", "update", "delete"):
        op.execute(f"DROP FUNCTION transactions_after_{kind}()")
    for function in ("search_query", "search_vector", "search_words"):
        op.execute(f"DROP FUNCTION {function}(bigint, text)")
    op.execute("DROP FUNCTION fold_text(text)")
