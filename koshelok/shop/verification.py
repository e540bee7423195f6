"""What the shop keeps against the rows it stands for; the twin of sql/shelf.sql."""

from collections.abc import Iterator

from sqlalchemy import text

from koshelok.infra.db import session
from koshelok.infra.difference import Difference

STOCK, RESERVED, ORDERS, ESCROW, BOOK, REVIEWS, DAYS = CHECKS = (
    "shop.stock",
    "shop.reserved",
    "shop.orders",
    "shop.escrow",
    "shop.debts",
    "shop.reviews",
    "shop.days",
)
_DIFFERENCES = {
    STOCK: """
        WITH computed AS (
            SELECT coalesce(products.id, product_id) AS id, coalesce(on_hand, 0) AS on_hand,
                   coalesce(sold, 0) AS sold, coalesce(moved, 0) AS moved, coalesce(gone, 0) AS gone
            FROM products FULL JOIN (
                SELECT product_id, sum(quantity) AS moved,
                       -sum(quantity) FILTER (WHERE kind IN ('sold', 'returned')) AS gone
                FROM stock_movements GROUP BY product_id
            ) AS movements ON product_id = products.id
        )
        SELECT 'product ' || id || ', on hand', on_hand, moved FROM computed WHERE on_hand <> moved
        UNION ALL
        SELECT 'product ' || id || ', sold', sold, gone FROM computed WHERE sold <> gone
    """,
    RESERVED: """
        SELECT 'product ' || coalesce(products.id, product_id) || ', reserved',
               coalesce(reserved, 0), coalesce(waiting, 0)
        FROM products FULL JOIN (
            SELECT product_id, sum(reserved) AS waiting FROM order_lines GROUP BY product_id
        ) AS lines ON product_id = products.id
        WHERE coalesce(reserved, 0) <> coalesce(waiting, 0)
        UNION ALL
        SELECT 'order ' || number || ', product ' || product_id || ', reserved', reserved,
               CASE WHEN status IN ('pending', 'confirmed', 'packed') THEN quantity ELSE 0 END
        FROM order_lines JOIN orders ON orders.id = order_id
        WHERE reserved
            <> CASE WHEN status IN ('pending', 'confirmed', 'packed') THEN quantity ELSE 0 END
        UNION ALL
        SELECT 'order ' || number || ', product ' || product_id || ', sold',
               coalesce(moved, 0), shipped
        FROM (
            SELECT number, order_lines.product_id,
                   CASE WHEN status IN ('shipped', 'delivered', 'returned')
                       THEN order_lines.quantity ELSE 0 END AS shipped,
                   -movements.quantity AS moved
            FROM order_lines JOIN orders ON orders.id = order_id
            LEFT JOIN stock_movements AS movements ON movements.order_id = orders.id
                AND movements.product_id = order_lines.product_id AND kind = 'sold'
        ) AS lines
        WHERE coalesce(moved, 0) <> shipped
    """,
    ORDERS: """
        SELECT 'order ' || number || ', total', total, coalesce(sum(price * quantity), 0)
        FROM orders LEFT JOIN order_lines ON order_id = orders.id
        GROUP BY orders.id HAVING total <> coalesce(sum(price * quantity), 0)
        UNION ALL
        SELECT 'order ' || number || ', paid', coalesce(amount, 0), total
        FROM orders LEFT JOIN ledger_transfers AS paid
            ON paid.id = purchase_id AND paid.status = 'success' AND paid.type = 'purchase'
        WHERE payment = 'card' AND coalesce(amount, 0) <> total
        UNION ALL
        SELECT 'order ' || number || ', paid out', coalesce(amount, 0),
               CASE WHEN orders.status IN ('delivered', 'returned') THEN total ELSE 0 END
        FROM orders LEFT JOIN ledger_transfers AS paid
            ON paid.id = payout_id AND paid.status = 'success' AND paid.type = 'payout'
        WHERE payment = 'card' AND coalesce(amount, 0)
            <> CASE WHEN orders.status IN ('delivered', 'returned') THEN total ELSE 0 END
        UNION ALL
        SELECT 'order ' || number || ', given back', coalesce(back.amount, 0),
               CASE WHEN orders.status IN ('cancelled', 'returned') THEN total ELSE 0 END
        FROM orders LEFT JOIN ledger_transfers AS back
            ON back.reverses_id = purchase_id AND back.status = 'success'
        WHERE payment = 'card' AND coalesce(back.amount, 0)
            <> CASE WHEN orders.status IN ('cancelled', 'returned') THEN total ELSE 0 END
    """,
    ESCROW: """
        SELECT 'escrow', stored, waiting
        FROM (
            SELECT balance + coalesce((
                SELECT sum(amount) FROM ledger_pending WHERE account_id = 3
            ), 0) AS stored,
            coalesce((
                SELECT sum(total) FROM orders
                WHERE payment = 'card' AND status IN ('pending', 'confirmed', 'packed', 'shipped')
            ), 0) AS waiting
            FROM ledger_accounts WHERE id = 3
        ) AS house
        WHERE stored <> waiting
    """,
    BOOK: """
        SELECT 'order ' || number || ', debt', coalesce(amount, 0), total
        FROM orders LEFT JOIN debts ON debts.id = debt_id
            AND debts.workspace_id = orders.workspace_id
        WHERE payment = 'credit' AND coalesce(amount, 0) <> total
        UNION ALL
        SELECT 'order ' || number || ', debt taken back', amount, 0
        FROM orders JOIN debts ON debts.id = debt_id AND voided_at IS NULL
        WHERE orders.status IN ('cancelled', 'returned')
    """,
    REVIEWS: """
        SELECT 'product ' || coalesce(products.id, product_id) || ', stars',
               coalesce(rating_sum, 0), coalesce(stars, 0)
        FROM products FULL JOIN (
            SELECT product_id, sum(rating) AS stars, count(*) AS number
            FROM reviews WHERE hidden_at IS NULL GROUP BY product_id
        ) AS said ON product_id = products.id
        WHERE (coalesce(rating_sum, 0), coalesce(rating_count, 0))
            <> (coalesce(stars, 0), coalesce(number, 0))
    """,
    # By shop: its days were cut in the zone that it had then.
    DAYS: """
        WITH kept AS (
            SELECT workspace_id, sum(orders) AS orders, sum(amount) AS amount
            FROM shop_days GROUP BY workspace_id
        ), computed AS (
            SELECT workspace_id, sum(sign) AS orders, sum(sign * total) AS amount
            FROM (
                SELECT order_id, CASE status WHEN 'delivered' THEN 1 ELSE -1 END AS sign
                FROM order_events WHERE status IN ('delivered', 'returned')
            ) AS events JOIN orders ON orders.id = order_id
            GROUP BY workspace_id
        ), compared AS (
            SELECT workspace_id, coalesce(kept.orders, 0) AS orders,
                   coalesce(kept.amount, 0) AS amount,
                   coalesce(computed.orders, 0) AS computed_orders,
                   coalesce(computed.amount, 0) AS computed_amount
            FROM kept FULL JOIN computed USING (workspace_id)
        )
        SELECT 'shop ' || workspace_id || ', sold', amount, computed_amount FROM compared
        WHERE amount <> computed_amount
        UNION ALL
        SELECT 'shop ' || workspace_id || ', orders', orders, computed_orders FROM compared
        WHERE orders <> computed_orders
    """,
}


def verify() -> Iterator[Difference]:
    """Recompute every figure of every shop, one query a check, and name each that differs."""
    for check, query in _DIFFERENCES.items():
        for subject, stored, computed in session.execute(text(query)):
            yield Difference(check, subject, stored, computed)
