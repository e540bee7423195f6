"""What the database refuses, whoever sends it; each constraint and trigger by violating it."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations
from koshelok.shop.states import TRANSITIONS
from tests.shop.shelf import Seller, buy, fill, is_sound, let_take_on_credit, open_shop
from tests.wallet.support import open_with

PHONE = "+998901112233"
STAYS, HISTORY = "stays what it is", "history is append-only"
FIGURES = "figures follow movements, orders and reviews"
ALL_THE_WAY = ("confirmed", "packed", "shipped", "delivered")


class Shelf:
    """A product with orders in every state but one, a review, a cart that holds."""

    def __init__(self, seller: Seller, buyer: Any) -> None:
        self.seller = seller
        card, _ = open_with(buyer, "1000000")
        open_with(seller.person, "1000")
        let_take_on_credit(seller, buyer, PHONE)
        self.product = seller.product(stock=100)
        other = seller.product(stock=100)
        orders = {
            "pending": buy(buyer, self.product, 2, "card", card=card),
            "confirmed": seller.take(buy(buyer, self.product, 1, "credit"), "confirmed"),
            "packed": seller.take(buy(buyer, self.product), "confirmed", "packed"),
            "shipped": seller.take(buy(buyer, self.product), *ALL_THE_WAY[:3]),
            "delivered": seller.take(buy(buyer, self.product, 1, "card", card=card), *ALL_THE_WAY),
            "returned": seller.take(buy(buyer, self.product), *ALL_THE_WAY, "returned"),
            "cancelled": seller.take(buy(buyer, self.product), "cancelled"),
        }
        with unit_of_work():
            review = operations.review_product(
                actor_id=buyer.id, product_id=self.product.id, rating=4, text="Zo'r"
            )
        cart = fill(buyer, (self.product, 1))
        with unit_of_work():
            operations.hold_cart(cart_id=cart)
        self.names: dict[str, Any] = {
            "workspace": seller.workspace_id, "buyer": buyer.id, "product": self.product.id,
            "other": other.id, "review": review.id, "cart": cart,
            "purchase": orders["pending"].purchase, "payout": orders["delivered"].payout,
        } | {name: order.id for name, order in orders.items()}  # fmt: skip

    def run(self, statement: str, **values: Any) -> None:
        """Send a statement and commit."""
        with unit_of_work():
            named = {k: v for k, v in {**self.names, **values}.items() if f":{k}" in statement}
            session.execute(text(statement), named)

    def refused(self, statement: str, **values: Any) -> str:
        """What the database says to a statement."""
        with pytest.raises(DBAPIError) as caught:
            self.run(statement, **values)
        assert isinstance(caught.value, IntegrityError), caught.value
        return str(caught.value.orig)


@pytest.fixture
def shelf(context: Flask, make_person: Any) -> Iterator[Shelf]:
    seller = open_shop(make_person(contact="+998901110000"))
    yield Shelf(seller, make_person(contact=PHONE))
    is_sound()


REFUSED = [
    # Nothing is deleted.
    ("DELETE FROM products", "archived, not removed"),
    ("DELETE FROM orders", "cancelled, not removed"),
    ("DELETE FROM order_lines", "an order stays what it is"),
    ("DELETE FROM order_events", HISTORY),
    ("DELETE FROM stock_movements", HISTORY),
    ("DELETE FROM reviews", "hidden, not removed"),
    ("DELETE FROM shop_days", "figures follow orders"),
    ("DELETE FROM checkouts", "fk_orders_checkout_id"),
    ("TRUNCATE products CASCADE", "shop: TRUNCATE of"),
    ("TRUNCATE orders CASCADE", "shop: TRUNCATE of"),
    ("TRUNCATE order_lines", "an order stays"),
    ("TRUNCATE order_events", HISTORY),
    ("TRUNCATE stock_movements", HISTORY),
    ("TRUNCATE reviews", "hidden, not removed"),
    ("TRUNCATE shop_days", "figures follow orders"),
    # Figures follow what they stand for.
    ("UPDATE products SET on_hand = on_hand + 1", FIGURES),
    ("UPDATE products SET reserved = 0", FIGURES),
    ("UPDATE products SET sold = sold + 1", FIGURES),
    ("UPDATE products SET rating_sum = 5, rating_count = 1", FIGURES),
    ("UPDATE shop_days SET amount = amount + 1", "figures follow orders"),
    (
        "INSERT INTO shop_days (workspace_id, day, orders, amount)"
        " VALUES (:workspace, '2026-01-01', 1, 1)",
        "figures follow orders",
    ),
    ("UPDATE stock_movements SET quantity = quantity + 1", HISTORY),
    ("UPDATE order_events SET created_at = now()", HISTORY),
    # Nobody promises what is not there.
    (
        "INSERT INTO stock_movements (workspace_id, product_id, kind, quantity, note, created_at)"
        " VALUES (:workspace, :product, 'written_off', -95, '', now())",
        "ck_products_reserved",
    ),
    (
        "INSERT INTO stock_movements (workspace_id, product_id, kind, quantity, note, created_at)"
        " VALUES (:workspace, :product, 'received', 1000000, '', now())",
        "ck_products_on_hand",
    ),
    (
        "INSERT INTO order_lines (order_id, workspace_id, product_id, title, sku, price, quantity,"
        " reserved) VALUES (:pending, :workspace, :other, 'x', '', 1, 101, 0)",
        "ck_products_reserved",
    ),
    # A movement is of a kind, of an order where it is one's, and of it once.
    (
        "INSERT INTO stock_movements (workspace_id, product_id, kind, quantity, note, created_at)"
        " VALUES (:workspace, :product, 'sold', -1, '', now())",
        "ck_stock_movements_of_an_order",
    ),
    (
        "INSERT INTO stock_movements (workspace_id, product_id, kind, quantity, note, created_at)"
        " VALUES (:workspace, :product, 'stolen', -1, '', now())",
        "ck_stock_movements_kind",
    ),
    (
        "INSERT INTO stock_movements (workspace_id, product_id, kind, quantity, note, created_at)"
        " VALUES (:workspace, :product, 'received', 0, '', now())",
        "ck_stock_movements_quantity",
    ),
    (
        "INSERT INTO stock_movements (workspace_id, product_id, kind, quantity, note, created_at,"
        " order_id) VALUES (:workspace, :product, 'sold', -1, '', now(), :shipped)",
        "uq_stock_movements_order",
    ),
    # An order stays what it is.
    ("UPDATE orders SET total = total + 1", STAYS),
    ("UPDATE orders SET pieces = pieces + 1", STAYS),
    ("UPDATE orders SET payment = 'cash'", STAYS),
    ("UPDATE orders SET buyer_id = (SELECT min(id) FROM users)", STAYS),
    ("UPDATE orders SET created_at = now()", STAYS),
    ("UPDATE orders SET number = number + 100", STAYS),
    ("UPDATE orders SET purchase_id = :payout WHERE id = :pending", STAYS),
    ("UPDATE orders SET purchase_id = NULL", STAYS),
    ("UPDATE orders SET debt_id = NULL", STAYS),
    ("UPDATE orders SET payout_id = NULL WHERE id = :delivered", STAYS),
    ("UPDATE orders SET payout_id = :purchase WHERE id = :pending", "ck_orders_payout"),
    ("UPDATE orders SET payout_id = :payout WHERE id = :shipped", "ck_orders_payout"),
    ("UPDATE orders SET status = 'lost' WHERE id = :pending", "not lost"),
    ("UPDATE orders SET expires_at = now() WHERE id = :shipped", "ck_orders_expires_at"),
    (
        "INSERT INTO orders (id, checkout_id, workspace_id, buyer_id, status, payment, total,"
        " pieces, address, comment, created_at, updated_at)"
        " SELECT gen_random_uuid(), checkout_id, workspace_id, buyer_id, 'delivered', 'cash',"
        " 1, 1, '', '', now(), now() FROM orders WHERE id = :shipped",
        "starts pending",
    ),
    (
        "INSERT INTO orders (id, checkout_id, workspace_id, buyer_id, status, payment, total,"
        " pieces, address, comment, created_at, updated_at)"
        " SELECT gen_random_uuid(), checkout_id, workspace_id, buyer_id, 'pending', 'cash',"
        " 1, 1, '', '', now(), now() FROM orders WHERE id = :shipped",
        "uq_orders_checkout_id_workspace_id",
    ),
    *(
        (
            "INSERT INTO orders (id, checkout_id, workspace_id, buyer_id, status, payment, total,"  # noqa: S608
            " pieces, address, comment, created_at, updated_at)"
            " SELECT gen_random_uuid(), checkout_id, workspace_id, buyer_id, 'pending',"
            f" '{payment}', {total}, 1, '', '', now(), now() FROM orders WHERE id = :shipped",
            constraint,
        )
        for payment, total, constraint in (
            ("card", 1, "ck_orders_purchase"),
            ("credit", 1, "ck_orders_debt"),
            ("gold", 1, "ck_orders_payment"),
            ("cash", 0, "ck_orders_total_positive"),
        )
    ),
    # So do its lines.
    ("UPDATE order_lines SET price = price - 1", STAYS),
    ("UPDATE order_lines SET quantity = quantity + 1", STAYS),
    ("UPDATE order_lines SET title = 'x'", STAYS),
    ("UPDATE order_lines SET sku = 'x'", STAYS),
    ("UPDATE order_lines SET product_id = :other", STAYS),
    ("UPDATE order_lines SET reserved = 1 WHERE order_id = :shipped", STAYS),
    ("UPDATE order_lines SET reserved = 1 WHERE order_id = :pending", STAYS),
    ("UPDATE order_lines SET reserved = 0 WHERE order_id = :pending", STAYS),
    (
        "INSERT INTO order_lines (order_id, workspace_id, product_id, title, sku, price, quantity,"
        " reserved) VALUES (:pending, :workspace, :other, 'x', '', 0.01, 1, 0)",
        STAYS,
    ),
    # Who reviews had it delivered, once, from one to five.
    (
        "INSERT INTO reviews (workspace_id, product_id, buyer_id, rating, text, reply,"
        " hidden_reason, created_at)"
        " VALUES (:workspace, :other, :buyer, 5, '', '', '', now())",
        "was not delivered",
    ),
    (
        "INSERT INTO reviews (workspace_id, product_id, buyer_id, rating, text, reply,"
        " hidden_reason, created_at)"
        " VALUES (:workspace, :product, :buyer, 5, '', '', '', now())",
        "uq_reviews",
    ),
    ("UPDATE reviews SET rating = 6", "ck_reviews_rating"),
    ("UPDATE reviews SET rating = 0", "ck_reviews_rating"),
    ("UPDATE reviews SET product_id = :other", "stays its buyer's"),
    ("UPDATE reviews SET hidden_at = now()", "ck_reviews_hidden_reason"),
    ("UPDATE reviews SET hidden_reason = 'x'", "ck_reviews_hidden_reason"),
    # Fields.
    ("UPDATE products SET price = 0", "ck_products_price_positive"),
    ("UPDATE products SET name = ' '", "ck_products_name_not_blank"),
    ("UPDATE products SET category = 'arms'", "ck_products_category"),
    ("UPDATE products SET sku = 'same'", "uq_products_sku"),
    ("UPDATE cart_items SET quantity = 0", "ck_cart_items_quantity"),
    ("UPDATE cart_items SET quantity = 1000", "ck_cart_items_quantity"),
    ("UPDATE stock_holds SET quantity = 0", "ck_stock_holds_quantity"),
    (
        "INSERT INTO carts (id, user_id, created_at, updated_at)"
        " VALUES (gen_random_uuid(), :buyer, now(), now())",
        "uq_carts_user",
    ),
    (
        "INSERT INTO checkouts (id, buyer_id, key, fingerprint, created_at)"
        " SELECT gen_random_uuid(), buyer_id, key, '', now() FROM checkouts",
        "uq_checkouts_buyer_id_key",
    ),
]


def test_a_hand_on_the_shelf_is_refused(shelf: Shelf) -> None:
    wrong = [
        (statement, said)
        for statement, reason in REFUSED
        if reason not in (said := shelf.refused(statement))
    ]
    assert wrong == []


def test_an_order_goes_no_other_way_than_states_say(shelf: Shelf) -> None:
    """The twin of states.py: whatever may not follow is refused."""
    for status, following in TRANSITIONS.items():
        for wanted in set(TRANSITIONS) - {status, *following}:
            said = shelf.refused(
                "UPDATE orders SET status = :wanted, expires_at = NULL WHERE id = :one",
                wanted=wanted, one=shelf.names[status],
            )  # fmt: skip
            assert f"is {status}, not {wanted}" in said


@pytest.mark.parametrize("figure", ["on_hand", "reserved", "sold", "rating_sum", "rating_count"])
def test_a_product_starts_with_nothing(shelf: Shelf, figure: str) -> None:
    said = shelf.refused(
        "INSERT INTO products (workspace_id, name, description, category, sku, price, on_hand,"
        " reserved, sold, rating_sum, rating_count, created_at, updated_at)"
        " SELECT workspace_id, name, '', category, '', price, 0, 0, 0, 0, 0, now(), now()"
        " FROM products LIMIT 1".replace(
            "0, 0, 0, 0, 0",
            ", ".join("1" if figure == name else "0" for name in
                      ("on_hand", "reserved", "sold", "rating_sum", "rating_count")),
        )
    )  # fmt: skip
    assert "starts with nothing" in said


def test_a_product_of_another_shop_is_in_no_order(shelf: Shelf, make_person: Any) -> None:
    strange = open_shop(make_person()).product()
    for workspace in (shelf.names["workspace"], strange.shop):
        said = shelf.refused(
            "INSERT INTO order_lines (order_id, workspace_id, product_id, title, sku, price,"
            " quantity, reserved) VALUES (:pending, :where, :strange, 'x', '', 1, 1, 1)",
            where=workspace, strange=strange.id,
        )  # fmt: skip
        assert "fk_order_lines" in said


def test_what_a_statement_says_of_the_reservation_is_not_believed(shelf: Shelf) -> None:
    """A line reserves what it orders, until a step of its order lets go of it."""
    with unit_of_work():
        order = session.execute(
            text("WITH made AS (INSERT INTO checkouts (id, buyer_id, key, fingerprint, created_at)"
                 " SELECT gen_random_uuid(), :buyer, 'by hand', '', now() RETURNING id)"
                 " INSERT INTO orders (id, checkout_id, workspace_id, buyer_id, status, payment,"
                 " total, pieces, address, comment, created_at, updated_at)"
                 " SELECT id, id, :workspace, :buyer, 'pending', 'cash', 3, 3, '', '', now(), now()"
                 " FROM made RETURNING id"),
            {name: shelf.names[name] for name in ("buyer", "workspace")},
        ).scalar_one()  # fmt: skip
        session.execute(
            text("INSERT INTO order_lines (order_id, workspace_id, product_id, title, sku, price,"
                 " quantity, reserved) SELECT :order, workspace_id, id, 'x', '', 1, 3, 0"
                 " FROM products WHERE id = :other"),
            {"order": order, "other": shelf.names["other"]},
        )  # fmt: skip
        assert _reserved(shelf) == 3
        session.execute(
            text("UPDATE orders SET status = 'cancelled' WHERE id = :id"), {"id": order}
        )
        assert _reserved(shelf) == 0
        session.rollback()


def _reserved(shelf: Shelf) -> int:
    query = text("SELECT reserved FROM products WHERE id = :id")
    return int(session.execute(query, {"id": shelf.names["other"]}).scalar_one())


def test_a_removed_worker_changes_no_figure(shelf: Shelf, make_person: Any) -> None:
    worker = make_person()
    with unit_of_work():
        operations.move_stock(
            actor_id=worker.id, workspace_id=shelf.names["workspace"],
            product_id=shelf.names["product"], kind="received", quantity=3,
        )  # fmt: skip
    shelf.run("DELETE FROM memberships WHERE user_id = :worker", worker=worker.id)
    shelf.run("DELETE FROM users WHERE id = :worker", worker=worker.id)
    is_sound()


def test_a_buyer_with_orders_is_not_removed(shelf: Shelf) -> None:
    assert "fk_" in shelf.refused("DELETE FROM users WHERE id = :buyer")
