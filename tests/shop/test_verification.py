"""Verification agrees with an honest shop and names exactly what somebody changed in another."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok import verification as house
from koshelok.infra.db import session
from koshelok.shop import operations
from koshelok.shop.queries import get_order
from koshelok.shop.verification import (
    BOOK,
    CHECKS,
    DAYS,
    ESCROW,
    ORDERS,
    RESERVED,
    REVIEWS,
    STOCK,
    verify,
)
from koshelok.workspaces import operations as workspaces
from tests.ledger.books import unguarded
from tests.ledger.support import do
from tests.shop.shelf import buy, let_take_on_credit, open_shop
from tests.wallet.support import open_with

PHONE = "+998901112233"
ALL_THE_WAY = ("confirmed", "packed", "shipped", "delivered")


@pytest.fixture
def shop(context: Flask, make_person: Any) -> dict[str, Any]:
    """20 pieces of one product at 12,000: a card order waiting (2), one delivered (1), a credit
    order (1), a cash order returned and restocked (3), one cancelled and written off (1)."""
    seller = open_shop(make_person(contact="+998901110000"))
    buyer = make_person(contact=PHONE)
    card, _ = open_with(buyer, "1000000")
    open_with(seller.person, "1000")
    let_take_on_credit(seller, buyer, PHONE)
    product, other = seller.product(stock=20), seller.product(stock=1)
    orders = {
        "waiting": buy(buyer, product, 2, "card", card=card),
        "delivered": seller.take(buy(buyer, product, 1, "card", card=card), *ALL_THE_WAY),
        "credit": buy(buyer, product, 1, "credit"),
        "returned": seller.take(buy(buyer, product, 3), *ALL_THE_WAY, "returned"),
        "refunded": seller.take(buy(buyer, product, 1, "card", card=card), "cancelled"),
        "written_off": seller.take(buy(buyer, product), "cancelled", restock=False),
    }
    do(operations.review_product, actor_id=buyer.id, product_id=product.id, rating=4)
    return {
        "workspace": seller.workspace_id, "owner": seller.person.id, "buyer": buyer.id,
        "product": product.id, "other": other.id,
        **{name: order.id for name, order in orders.items()},
        **{f"n_{name}": order.number for name, order in orders.items()},
    }  # fmt: skip


def test_an_honest_shop_agrees(shop: dict[str, Any]) -> None:
    assert list(verify()) == []
    assert house.verify_all() == []
    assert set(CHECKS) <= set(house.CHECKS)


PLANTED = [
    (
        "UPDATE products SET on_hand = on_hand + 1 WHERE id = :product",
        {(STOCK, "product :product, on hand", "19", "18")},
    ),
    (
        "UPDATE products SET sold = 0 WHERE id = :product",
        {(STOCK, "product :product, sold", "0", "1")},
    ),
    (
        "DELETE FROM stock_movements WHERE kind = 'received' AND product_id = :other",
        {(STOCK, "product :other, on hand", "1", "0")},
    ),
    (
        "UPDATE stock_movements SET quantity = -2 WHERE order_id = :delivered",
        {
            (STOCK, "product :product, on hand", "18", "17"),
            (STOCK, "product :product, sold", "1", "2"),
            (RESERVED, "order :n_delivered, product :product, sold", "2", "1"),
        },
    ),
    (
        "UPDATE products SET reserved = 1 WHERE id = :product",
        {(RESERVED, "product :product, reserved", "1", "3")},
    ),
    (
        "UPDATE order_lines SET reserved = 0 WHERE order_id = :waiting",
        {
            (RESERVED, "product :product, reserved", "3", "1"),
            (RESERVED, "order :n_waiting, product :product, reserved", "0", "2"),
        },
    ),
    (
        "UPDATE order_lines SET price = 1 WHERE order_id = :returned",
        {(ORDERS, "order :n_returned, total", "36000.00", "3.00")},
    ),
    (
        "UPDATE order_lines SET quantity = 4 WHERE order_id = :returned",
        {
            (ORDERS, "order :n_returned, total", "36000.00", "48000.00"),
            (RESERVED, "order :n_returned, product :product, sold", "3", "4"),
        },
    ),
    (
        "DELETE FROM order_lines WHERE order_id = :written_off",
        {(ORDERS, "order :n_written_off, total", "12000.00", "0")},
    ),
    (
        "UPDATE orders SET total = 1 WHERE id = :waiting",
        {
            (ORDERS, "order :n_waiting, total", "1.00", "24000.00"),
            (ORDERS, "order :n_waiting, paid", "24000.00", "1.00"),
            (ESCROW, "escrow", "24000.00", "1.00"),
        },
    ),
    (
        "UPDATE orders SET status = 'cancelled', expires_at = NULL WHERE id = :waiting",
        {
            (RESERVED, "order :n_waiting, product :product, reserved", "2", "0"),
            (ORDERS, "order :n_waiting, given back", "0", "24000.00"),
            (ESCROW, "escrow", "24000.00", "0"),
        },
    ),
    (
        "UPDATE orders SET status = 'shipped', payout_id = NULL WHERE id = :delivered",
        {(ESCROW, "escrow", "24000.00", "36000.00")},
    ),
    (
        "UPDATE orders SET payout_id = NULL WHERE id = :delivered",
        {(ORDERS, "order :n_delivered, paid out", "0", "12000.00")},
    ),
    (
        "UPDATE orders SET status = 'pending', expires_at = now() WHERE id = :refunded",
        {
            (RESERVED, "order :n_refunded, product :product, reserved", "0", "1"),
            (ORDERS, "order :n_refunded, given back", "12000.00", "0"),
            (ESCROW, "escrow", "24000.00", "36000.00"),
        },
    ),
    (
        "UPDATE orders SET purchase_id = payout_id WHERE id = :delivered",
        {(ORDERS, "order :n_delivered, paid", "0", "12000.00")},
    ),
    (
        "UPDATE orders SET status = 'cancelled', expires_at = NULL WHERE id = :credit",
        {
            (RESERVED, "order :n_credit, product :product, reserved", "1", "0"),
            (BOOK, "order :n_credit, debt taken back", "12000.00", "0"),
        },
    ),
    (
        "UPDATE products SET rating_sum = 5 WHERE id = :product",
        {(REVIEWS, "product :product, stars", "5", "4")},
    ),
    (
        "UPDATE reviews SET rating = 1",
        {(REVIEWS, "product :product, stars", "4", "1")},
    ),
    (
        "DELETE FROM reviews",
        {(REVIEWS, "product :product, stars", "4", "0")},
    ),
    (
        "UPDATE shop_days SET amount = amount + 5",
        {(DAYS, "shop :workspace, sold", "12005.00", "12000.00")},
    ),
    (
        "UPDATE shop_days SET orders = orders + 1",
        {(DAYS, "shop :workspace, orders", "2", "1")},
    ),
    (
        "DELETE FROM order_events WHERE order_id = :delivered AND status = 'delivered'",
        {
            (DAYS, "shop :workspace, sold", "12000.00", "0.00"),
            (DAYS, "shop :workspace, orders", "1", "0"),
        },
    ),
]


@pytest.mark.parametrize(("planted", "named"), PLANTED)
def test_what_was_changed_is_named(
    shop: dict[str, Any], planted: str, named: set[tuple[str, str, str, str]]
) -> None:
    with unguarded():
        used = {name: id_ for name, id_ in shop.items() if f":{name}" in planted}
        session.execute(text(planted), used)
    expected = set()
    for check, subject, stored, computed in named:
        for name, value in shop.items():
            subject = subject.replace(f":{name},", f"{value},")
        expected.add((check, subject, stored, computed))
    assert {
        (one.check, one.subject, str(one.stored), str(one.computed)) for one in verify()
    } == expected


def test_a_shop_that_moves_to_another_zone_still_agrees(shop: dict[str, Any]) -> None:
    """What was sold on a day of the old zone was."""
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        do(workspaces.edit_workspace, actor_id=shop["owner"], workspace_id=shop["workspace"],
           time_zone=zone)  # fmt: skip
        assert list(verify()) == []
    assert get_order(shop["delivered"]).status == "delivered"
