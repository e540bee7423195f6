"""The shop: products, carts, orders, reviews, and escrow for the money of goods on their way."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "shop"
down_revision = "debtors"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parents[2] / "koshelok" / "shop" / "sql"
KINDS = "'card', 'platform', 'issuer'"
STATUSES = "'pending', 'confirmed', 'packed', 'shipped', 'delivered', 'returned', 'cancelled'"
CATEGORIES = (
    "'food', 'drinks', 'household', 'beauty', 'health', 'kids', 'clothes', 'electronics',"
    " 'home', 'stationery', 'other'"
)
ORDERS = {
    "new": ["id DESC"],
    "price": ["price", "id"],
    "rating": ["rating DESC", "id DESC"],
    "sold": ["sold DESC", "id DESC"],
}
TYPES = "'transfer', 'deposit', 'purchase', 'refund', 'debt_payment', 'reversal'"


def upgrade() -> None:
    _open_escrow()
    _create_shelf()
    _create_carts()
    _create_orders()
    _create_customers()
    _create_movements()
    script = (
        (SQL / "shelf.sql").read_text().replace("%", "%%")
    )  # the driver reads % as a placeholder
    op.get_bind().exec_driver_sql(script)


def _allow(kinds: str, types: str) -> None:
    _check("ledger_accounts", "kind", f"kind IN ({kinds})")
    _check("ledger_transfers", "type", f"type IN ({types})")


def _open_escrow() -> None:
    """The ledger keeps what moved, so going down leaves all this; going up finds it."""
    _allow(f"{KINDS}, 'escrow'", f"{TYPES}, 'payout'")
    op.execute(
        "INSERT INTO ledger_accounts (id, kind, status, hot, balance, created_at)"
        " VALUES (3, 'escrow', 'ACTIVE', true, 0, now()) ON CONFLICT DO NOTHING"
    )
    _check("ledger_accounts", "one_escrow", "(id = 3) = (kind = 'escrow')")
    for name, type_, column in (
        ("purchase_to_escrow", "purchase", "to_account_id"),
        ("payout_from_escrow", "payout", "from_account_id"),
    ):
        rule = f"type = 'reversal' OR (type = '{type_}') = ({column} = 3)"
        _check("ledger_transfers", name, rule)


def _check(table: str, name: str, rule: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS ck_{table}_{name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({rule})")


def _create_shelf() -> None:
    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("description", sa.String(length=4000), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("sku", sa.String(length=60), nullable=False),
        sa.Column("price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("sold", sa.BigInteger(), nullable=False),
        sa.Column("rating_sum", sa.BigInteger(), nullable=False),
        sa.Column("rating_count", sa.Integer(), nullable=False),
        sa.Column(
            "rating",
            sa.Numeric(precision=3, scale=2),
            sa.Computed(
                "round(rating_sum::numeric / greatest(rating_count, 1), 2)", persisted=True
            ),
            nullable=False,
        ),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "search_vector(0, name || ' ' || sku || ' ' || description)", persisted=True
            ),
            nullable=False,
        ),
        sa.CheckConstraint("btrim(name) <> ''", name=op.f("ck_products_name_not_blank")),
        sa.CheckConstraint(
            f"category IN ({CATEGORIES})",
            name=op.f("ck_products_category"),
        ),
        sa.CheckConstraint("on_hand <= 1000000", name=op.f("ck_products_on_hand")),
        sa.CheckConstraint("price > 0", name=op.f("ck_products_price_positive")),
        sa.CheckConstraint("rating_count >= 0 AND sold >= 0", name=op.f("ck_products_figures")),
        sa.CheckConstraint("reserved BETWEEN 0 AND on_hand", name=op.f("ck_products_reserved")),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_products_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_products_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("id", "workspace_id", name=op.f("uq_products_id_workspace_id")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(op.f("ix_products_created_by_id"), "products", ["created_by_id"], unique=False)
    for name, first in ((None, []), ("kind", ["category"]), ("shop", ["workspace_id"])):
        for order, keys in list(ORDERS.items())[name == "shop" :]:
            op.create_index(
                "_".join(filter(None, ("ix_products", name, order))),
                "products",
                first + [sa.literal_column(key) for key in keys],
                unique=False,
                postgresql_where=sa.text("archived_at IS NULL"),
            )
    op.create_index(
        "ix_products_search",
        "products",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=sa.text("archived_at IS NULL"),
    )
    op.create_index(
        "ix_products_shelf",
        "products",
        ["workspace_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_products_archived",
        "products",
        ["workspace_id", sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("archived_at IS NOT NULL"),
    )
    op.create_index(
        "uq_products_sku",
        "products",
        ["workspace_id", sa.literal_column("lower(sku)")],
        unique=True,
        postgresql_where=sa.text("sku <> '' AND archived_at IS NULL"),
    )
    op.create_table(
        "product_images",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_product_images_size")),
        sa.ForeignKeyConstraint(
            ["product_id", "workspace_id"],
            ["products.id", "products.workspace_id"],
            name=op.f("fk_product_images_product_id_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_images")),
        sa.UniqueConstraint("name", name=op.f("uq_product_images_name")),
    )
    op.create_index(
        op.f("ix_product_images_product_id_position_id"),
        "product_images",
        ["product_id", "position", "id"],
        unique=False,
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("buyer_id", sa.BigInteger(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("reply", sa.String(length=2000), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_reason", sa.String(length=300), nullable=False),
        sa.Column("hidden_by_id", sa.BigInteger(), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(hidden_at IS NULL) = (hidden_reason = '')", name=op.f("ck_reviews_hidden_reason")
        ),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_reviews_rating")),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["users.id"], name=op.f("fk_reviews_buyer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["hidden_by_id"],
            ["users.id"],
            name=op.f("fk_reviews_hidden_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["product_id", "workspace_id"],
            ["products.id", "products.workspace_id"],
            name=op.f("fk_reviews_product_id_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("product_id", "buyer_id", name=op.f("uq_reviews_product_id_buyer_id")),
    )
    op.create_index(op.f("ix_reviews_buyer_id"), "reviews", ["buyer_id"], unique=False)
    op.create_index(op.f("ix_reviews_hidden_by_id"), "reviews", ["hidden_by_id"], unique=False)
    op.create_index(
        "ix_reviews_list", "reviews", ["product_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_index(
        "ix_reviews_shop", "reviews", ["workspace_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_table(
        "shop_days",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=24, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_shop_days_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "day", name=op.f("pk_shop_days")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "shops",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.String(length=1000), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("phone_number", sa.String(length=16), nullable=True),
        sa.Column("accepts_cash", sa.Boolean(), nullable=False),
        sa.Column("low_stock", sa.Integer(), nullable=False),
        sa.Column("payout_card_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("low_stock >= 0", name=op.f("ck_shops_low_stock")),
        sa.ForeignKeyConstraint(
            ["payout_card_id"], ["cards.id"], name=op.f("fk_shops_payout_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_shops_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_shops")),
    )
    op.create_index(op.f("ix_shops_payout_card_id"), "shops", ["payout_card_id"], unique=False)


def _create_carts() -> None:
    op.create_table(
        "carts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_carts_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carts")),
    )
    op.create_index(
        "ix_carts_left",
        "carts",
        ["updated_at"],
        unique=False,
        postgresql_where=sa.text("user_id IS NULL"),
    )
    op.create_index("uq_carts_user", "carts", ["user_id"], unique=True)
    op.create_table(
        "cart_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("cart_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_seen", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999", name=op.f("ck_cart_items_quantity")),
        sa.ForeignKeyConstraint(
            ["cart_id"], ["carts.id"], name=op.f("fk_cart_items_cart_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_cart_items_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cart_items")),
        sa.UniqueConstraint("cart_id", "product_id", name=op.f("uq_cart_items_cart_id_product_id")),
    )
    op.create_index(op.f("ix_cart_items_product_id"), "cart_items", ["product_id"], unique=False)
    op.create_table(
        "stock_holds",
        sa.Column("cart_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_holds_quantity")),
        sa.ForeignKeyConstraint(
            ["cart_id"], ["carts.id"], name=op.f("fk_stock_holds_cart_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_stock_holds_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cart_id", "product_id", name=op.f("pk_stock_holds")),
    )
    op.create_index(op.f("ix_stock_holds_expires_at"), "stock_holds", ["expires_at"], unique=False)
    op.create_index(
        op.f("ix_stock_holds_product_id_expires_at"),
        "stock_holds",
        ["product_id", "expires_at"],
        unique=False,
    )


def _create_orders() -> None:
    op.create_table(
        "checkouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("key <> ''", name=op.f("ck_checkouts_key")),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["users.id"], name=op.f("fk_checkouts_buyer_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkouts")),
        sa.UniqueConstraint("buyer_id", "key", name=op.f("uq_checkouts_buyer_id_key")),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("checkout_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("buyer_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("payment", sa.String(length=6), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=True),
        sa.Column("payout_id", sa.Uuid(), nullable=True),
        sa.Column("debt_id", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(payment = 'card') = (purchase_id IS NOT NULL)", name=op.f("ck_orders_purchase")
        ),
        sa.CheckConstraint(
            "(payment = 'credit') = (debt_id IS NOT NULL)", name=op.f("ck_orders_debt")
        ),
        sa.CheckConstraint(
            "(status = 'pending') >= (expires_at IS NOT NULL)", name=op.f("ck_orders_expires_at")
        ),
        sa.CheckConstraint("payment IN ('card', 'credit', 'cash')", name=op.f("ck_orders_payment")),
        sa.CheckConstraint(
            "payout_id IS NULL OR payment = 'card' AND status IN ('delivered', 'returned')",
            name=op.f("ck_orders_payout"),
        ),
        sa.CheckConstraint(
            f"status IN ({STATUSES})",
            name=op.f("ck_orders_status"),
        ),
        sa.CheckConstraint("total > 0", name=op.f("ck_orders_total_positive")),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["users.id"], name=op.f("fk_orders_buyer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["checkouts.id"], name=op.f("fk_orders_checkout_id")
        ),
        sa.ForeignKeyConstraint(["debt_id"], ["debts.id"], name=op.f("fk_orders_debt_id")),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["ledger_transfers.id"], name=op.f("fk_orders_payout_id")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["ledger_transfers.id"], name=op.f("fk_orders_purchase_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_orders_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint(
            "checkout_id", "workspace_id", name=op.f("uq_orders_checkout_id_workspace_id")
        ),
        sa.UniqueConstraint("id", "workspace_id", name=op.f("uq_orders_id_workspace_id")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "ix_orders_board",
        "orders",
        ["workspace_id", "status", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_orders_expiring",
        "orders",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_index(
        "ix_orders_mine", "orders", ["buyer_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_index(
        "ix_orders_shop", "orders", ["workspace_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_index("uq_orders_debt", "orders", ["debt_id"], unique=True)
    op.create_index("uq_orders_number", "orders", ["number"], unique=True)
    op.create_index("uq_orders_payout", "orders", ["payout_id"], unique=True)
    op.create_index("uq_orders_purchase", "orders", ["purchase_id"], unique=True)
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("sku", sa.String(length=60), nullable=False),
        sa.Column("price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.CheckConstraint("price > 0", name=op.f("ck_order_lines_price_positive")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999", name=op.f("ck_order_lines_quantity")),
        sa.CheckConstraint("reserved BETWEEN 0 AND quantity", name=op.f("ck_order_lines_reserved")),
        sa.ForeignKeyConstraint(
            ["order_id", "workspace_id"],
            ["orders.id", "orders.workspace_id"],
            name=op.f("fk_order_lines_order_id_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id", "workspace_id"],
            ["products.id", "products.workspace_id"],
            name=op.f("fk_order_lines_product_id_workspace_id"),
        ),
        sa.PrimaryKeyConstraint("order_id", "product_id", name=op.f("pk_order_lines")),
    )
    op.create_index(
        op.f("ix_order_lines_product_id_order_id"),
        "order_lines",
        ["product_id", "order_id"],
        unique=False,
    )
    op.create_index(
        "ix_order_lines_waiting",
        "order_lines",
        ["product_id", "order_id"],
        unique=False,
        postgresql_where=sa.text("reserved > 0"),
    )
    op.create_table(
        "order_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            f"status IN ({STATUSES})",
            name=op.f("ck_order_events_status"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_order_events_actor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_events_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_events")),
    )
    op.create_index(op.f("ix_order_events_actor_id"), "order_events", ["actor_id"], unique=False)
    op.create_index(
        op.f("ix_order_events_order_id_id"), "order_events", ["order_id", "id"], unique=False
    )


def _create_customers() -> None:
    op.create_table(
        "shop_customers",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("debtor_id", sa.BigInteger(), nullable=True),
        sa.Column("promised_limit", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("credit", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "debtor_id IS NULL OR promised_limit IS NULL",
            name=op.f("ck_shop_customers_promised_limit"),
        ),
        sa.ForeignKeyConstraint(
            ["debtor_id", "workspace_id"],
            ["debtors.id", "debtors.workspace_id"],
            name=op.f("fk_shop_customers_debtor_id_workspace_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_shop_customers_user_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_shop_customers_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name=op.f("pk_shop_customers")),
    )
    op.create_index(
        op.f("ix_shop_customers_debtor_id_workspace_id"),
        "shop_customers",
        ["debtor_id", "workspace_id"],
        unique=False,
    )
    op.create_index(op.f("ix_shop_customers_user_id"), "shop_customers", ["user_id"], unique=False)


def _create_movements() -> None:
    op.create_table(
        "stock_movements",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('sold', 'returned')) <= (order_id IS NOT NULL)",
            name=op.f("ck_stock_movements_of_an_order"),
        ),
        sa.CheckConstraint(
            "kind IN ('received', 'corrected', 'written_off', 'sold', 'returned')",
            name=op.f("ck_stock_movements_kind"),
        ),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_stock_movements_quantity")),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["users.id"],
            name=op.f("fk_stock_movements_actor_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_stock_movements_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id", "workspace_id"],
            ["products.id", "products.workspace_id"],
            name=op.f("fk_stock_movements_product_id_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movements")),
    )
    op.create_index(
        op.f("ix_stock_movements_actor_id"), "stock_movements", ["actor_id"], unique=False
    )
    op.create_index(
        "ix_stock_movements_list",
        "stock_movements",
        ["workspace_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_stock_movements_product",
        "stock_movements",
        ["product_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "uq_stock_movements_order",
        "stock_movements",
        ["order_id", "product_id", "kind"],
        unique=True,
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )


def downgrade() -> None:
    for table in (
        "stock_movements", "shop_customers", "order_events", "order_lines", "orders", "checkouts",
        "stock_holds", "cart_items", "carts", "shops", "shop_days", "reviews", "product_images",
        "products",
    ):  # fmt: skip
        op.drop_table(table)
    op.execute(
        "DROP FUNCTION shop_refuse, stock_movements_after, order_lines_before, order_lines_cost,"
        " order_lines_after_insert, order_lines_after_update, reviews_after_insert,"
        " reviews_after_update, reviews_before, orders_before, orders_after, orders_sold"
    )
