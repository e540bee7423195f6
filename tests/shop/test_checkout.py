"""From cart to orders and their money: refusals change nothing; then every way back."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from koshelok.admin import operations as admin
from koshelok.core.errors import DomainError, Invalid
from koshelok.infra.db import session
from koshelok.infra.idempotency import IdempotencyKeyReused
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations as ledger
from koshelok.ledger.queries import sum_card_balances
from koshelok.shop import operations
from koshelok.shop.queries import OrderView, get_cart, get_order, list_orders
from koshelok.wallet import operations as wallet
from koshelok.wallet.operations import Order as TransferOrder
from koshelok.wallet.queries import get_card
from koshelok.workspaces import operations as workspaces
from tests.conftest import Person
from tests.ledger.support import code_of, do
from tests.shop.shelf import Seller, buy, fill, is_sound, on_card, open_shop, order
from tests.wallet.support import open_with

MakePerson = Callable[..., Person]
ALL_THE_WAY = ("confirmed", "packed", "shipped", "delivered")


@pytest.fixture
def seller(context: Flask, make_person: MakePerson) -> Seller:
    return open_shop(make_person(contact="+998901110000", role="PREMIUM"))


@pytest.fixture
def buyer(make_person: MakePerson) -> Person:
    return make_person(contact="+998901112233", role="PREMIUM")


@pytest.fixture
def mine(seller: Seller, buyer: Person) -> UUID:
    """The buyer's card with 100,000 on it."""
    return open_with(buyer, "100000")[0]


@pytest.fixture
def theirs(seller: Seller) -> UUID:
    """The seller's card, with 1,000."""
    return open_with(seller.person, "1000")[0]


def set_card(owner: Person, card: UUID, status: str) -> None:
    """Freeze, activate or close a card."""
    do(wallet.change_status, actor_id=owner.id, card_id=card, status=status)


def empty(owner: Person, card: UUID, to: tuple[Person, UUID]) -> None:
    """Send all that is on a card to another."""
    number = get_card(to[0].id, to[1]).number
    wanted = TransferOrder(card, number, on_card(card), "", str(uuid4()))
    do(wallet.send, actor_id=owner.id, role="ADMIN", order=wanted)


def records(workspace_id: int) -> list[tuple[str, Decimal]]:
    """What stands in the books of a workspace."""
    rows = session.execute(
        text(
            "SELECT type, amount FROM transactions"
            " WHERE workspace_id = :id AND deleted_at IS NULL ORDER BY id"
        ),
        {"id": workspace_id},
    )
    return [tuple(row) for row in rows]


def refused(buyer: Person, payment: str = "cash", **more: Any) -> DomainError:
    """How a checkout is refused; it changes nothing."""
    before = _everything(buyer)
    with pytest.raises(DomainError) as caught:
        order(buyer, payment, **more)
    assert _everything(buyer) == before
    is_sound()
    return caught.value


def _everything(buyer: Person) -> tuple[Any, ...]:
    session.rollback()
    cart = do(operations.open_cart, user_id=buyer.id)
    counts = [
        session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
        for table in ("checkouts", "orders", "order_lines", "ledger_transfers", "debts")
    ]
    products = session.execute(text("SELECT id, on_hand, reserved FROM products ORDER BY id")).all()
    return get_cart(cart).items, counts, products


# Refusals.


def test_nobody_pays_by_card_where_nobody_could_be_paid(
    seller: Seller, buyer: Person, mine: UUID
) -> None:
    fill(buyer, (seller.product(), 1))
    assert refused(buyer, "card", card=mine).code == "cards_not_taken"
    card, _ = open_with(seller.person, "1000")
    set_card(seller.person, card, "FROZEN")
    assert refused(buyer, "card", card=mine).code == "cards_not_taken"


@pytest.mark.usefixtures("theirs")
def test_a_card_that_cannot_pay_orders_nothing_of_any_shop(
    seller: Seller, buyer: Person, mine: UUID, make_person: MakePerson
) -> None:
    """The second shop's part is too much: neither is ordered, nothing is kept of the refusal."""
    other = open_shop(make_person())
    open_with(other.person, "1000")
    fill(buyer, (seller.product(price="60000"), 1), (other.product(price="60000"), 1))
    assert refused(buyer, "card", card=mine).code == "insufficient_funds"
    set_card(buyer, mine, "FROZEN")
    assert refused(buyer, "card", card=mine).code == "card_frozen"
    assert refused(buyer, "card").code == "card_needed"
    assert refused(buyer, "card", card=uuid4()).code == "card_not_found"
    strange, _ = open_with(make_person(), "1000000")
    assert refused(buyer, "card", card=strange).code == "card_not_found"
    assert refused(buyer, "gold").code == "unknown_payment"
    assert on_card(mine) == 100000


def test_no_cash_where_it_is_not_taken(seller: Seller, buyer: Person) -> None:
    do(operations.edit_shop, actor_id=seller.person.id, workspace_id=seller.workspace_id,
       accepts_cash=False)  # fmt: skip
    fill(buyer, (seller.product(), 1))
    assert refused(buyer).code == "cash_not_taken"


def test_a_changed_price_wants_consent_even_while_it_is_held(seller: Seller, buyer: Person) -> None:
    product = seller.product(price="12000")
    cart = fill(buyer, (product, 2))
    do(operations.hold_cart, cart_id=cart)
    edit = {"actor_id": seller.person.id, "workspace_id": seller.workspace_id,
            "product_id": product.id}  # fmt: skip
    do(operations.edit_product, price=Decimal(15000), **edit)
    said = refused(buyer)
    assert said.code == "price_changed"
    assert said.extensions["lines"] == [
        {"product": product.id, "old_price": "12000.00", "new_price": "15000.00"}
    ]
    do(operations.accept_prices, cart_id=cart)
    do(operations.edit_product, price=Decimal(9000), **edit)  # cheaper is another price too
    assert refused(buyer).code == "price_changed"
    do(operations.accept_prices, cart_id=cart)
    assert order(buyer).orders[0].total == 18000
    is_sound()


def test_what_is_put_away_is_not_ordered_and_what_was_ordered_goes_on(
    seller: Seller, buyer: Person
) -> None:
    product = seller.product()
    made = buy(buyer, product)
    fill(buyer, (product, 1), (seller.product(), 1))
    do(operations.archive_product, actor_id=seller.person.id, workspace_id=seller.workspace_id,
       product_id=product.id)  # fmt: skip
    assert refused(buyer).code == "product_not_found"
    seller.take(made, *ALL_THE_WAY, "returned")
    is_sound()


def test_more_than_the_books_hold_is_refused(seller: Seller, buyer: Person) -> None:
    fill(buyer, (seller.product(stock=999, price="9999999999999999"), 999))
    assert refused(buyer).code == "amount_out_of_range"


@pytest.mark.parametrize("key", ["", " ", "x" * 201])
def test_a_key_is_needed(seller: Seller, buyer: Person, key: str) -> None:
    fill(buyer, (seller.product(), 1))
    with pytest.raises(Invalid), unit_of_work():
        operations.place_orders(
            actor_id=buyer.id, wanted=operations.Wanted(payment="cash", key=key)
        )
    is_sound()


# Keys.


def test_the_same_key_answers_the_same_orders(
    seller: Seller, buyer: Person, mine: UUID, theirs: UUID
) -> None:
    fill(buyer, (seller.product(), 1))
    first = order(buyer, "card", key="k", card=mine)
    fill(buyer, (seller.product(), 1))  # a cart filled since is not ordered by it
    again = order(buyer, "card", key="k", card=mine)
    assert (first.replayed, again.replayed) == (False, True)
    assert again.orders == first.orders
    for other in ({"card": theirs}, {"card": mine, "comment": "x"}, {"card": mine, "address": "x"}):
        with pytest.raises(IdempotencyKeyReused):
            order(buyer, "card", key="k", **other)
    with pytest.raises(IdempotencyKeyReused):
        order(buyer, "cash", key="k")
    assert on_card(mine) == 88000
    is_sound()


def test_a_refused_key_can_be_used_and_anothers_is_not_mine(
    seller: Seller, buyer: Person, make_person: MakePerson
) -> None:
    assert refused(buyer, key="k").code == "cart_empty"
    product = seller.product()
    fill(buyer, (product, 1))
    assert not order(buyer, key="k").replayed
    other = make_person()
    fill(other, (product, 1))
    assert not order(other, key="k").replayed


# What it comes to.


def test_lines_keep_what_was_ordered(seller: Seller, buyer: Person) -> None:
    product = seller.product(name="Ko'k choy", sku="KC-1", price="12000")
    made = buy(buyer, product, 2)
    do(operations.edit_product, actor_id=seller.person.id, workspace_id=seller.workspace_id,
       product_id=product.id, name="Boshqa", sku="B", price=Decimal(1))  # fmt: skip
    line = get_order(made.id).lines[0]
    assert (line.title, line.sku, line.price, line.total) == ("Ko'k choy", "KC-1", 12000, 24000)


def test_an_order_is_anothers_for_nobody_else(
    seller: Seller, buyer: Person, make_person: MakePerson
) -> None:
    made, other = buy(buyer, seller.product()), open_shop(make_person())
    codes = [
        code_of(operations.cancel_order, actor_id=other.person.id, order_id=made.id),
        code_of(operations.cancel_order, actor_id=seller.person.id, order_id=made.id),
        code_of(operations.change_status, actor_id=other.person.id,
                workspace_id=other.workspace_id, order_id=made.id, status="confirmed"),
    ]  # fmt: skip
    assert codes == ["order_not_found"] * 3
    assert list_orders(buyer_id=other.person.id, limit=10).items == []
    with pytest.raises(DomainError):
        get_order(made.id, workspace_id=other.workspace_id)


def test_two_shops_are_two_orders_paid_apart(
    seller: Seller, buyer: Person, mine: UUID, theirs: UUID, make_person: MakePerson
) -> None:
    other = open_shop(make_person())
    elsewhere, _ = open_with(other.person, "1000")
    fill(buyer, (other.product(price="5000"), 1), (seller.product(), 2))
    one, two = order(buyer, "card", card=mine).orders
    assert {one.total, two.total} == {Decimal(24000), Decimal(5000)}
    assert records(buyer.workspace_id) == [("expense", 24000), ("expense", 5000)]
    seller.take(one, *ALL_THE_WAY)
    do(operations.cancel_order, actor_id=buyer.id, order_id=two.id)
    assert (on_card(mine), on_card(theirs), on_card(elsewhere)) == (76000, 25000, 1000)
    assert records(buyer.workspace_id) == [("expense", 24000)]
    assert (records(seller.workspace_id), records(other.workspace_id)) == ([("income", 24000)], [])
    seller.take(get_order(one.id), "returned")
    assert records(buyer.workspace_id) == records(seller.workspace_id) == []
    assert (on_card(mine), on_card(theirs)) == (100000, 1000)
    is_sound()


def test_who_wants_no_records_has_none(
    seller: Seller, buyer: Person, mine: UUID, theirs: UUID
) -> None:
    do(wallet.set_recording, actor_id=buyer.id, records=False)
    seller.take(buy(buyer, seller.product(), 1, "card", card=mine), *ALL_THE_WAY)
    assert (records(buyer.workspace_id), records(seller.workspace_id)) == ([], [("income", 12000)])


def test_money_on_its_way_is_on_no_card(
    seller: Seller, buyer: Person, mine: UUID, theirs: UUID
) -> None:
    before = sum_card_balances()
    made = buy(buyer, seller.product(), 1, "card", card=mine)
    assert before - sum_card_balances() == 12000
    seller.take(made, *ALL_THE_WAY)
    assert sum_card_balances() == before


@pytest.mark.parametrize("payment", ["card", "cash"])
@pytest.mark.parametrize("steps", range(6))
@pytest.mark.parametrize("restock", [True, False])
def test_taken_back_at_each_step(
    seller: Seller, buyer: Person, mine: UUID, theirs: UUID, payment: str, steps: int, restock: bool
) -> None:
    """Cancelled before it is shipped, returned once it is delivered, and neither twice."""
    product = seller.product(stock=5)
    more = {"card": mine} if payment == "card" else {}
    made = seller.take(buy(buyer, product, 2, payment, **more), *ALL_THE_WAY[:steps])
    back = "cancelled" if steps < 3 else "returned"
    if steps == 3:
        for status in ("cancelled", "returned"):
            assert _code(seller, made, status) == "illegal_transition"
        assert seller.see(product).on_hand == 3
    else:
        seller.take(made, back, restock=restock)
        for status in ("cancelled", "returned", "confirmed", "delivered", "pending", "x"):
            assert _code(seller, made, status) == "illegal_transition"
        on_hand = 5 if restock else 3
        now = seller.see(product)
        assert (now.on_hand, now.reserved) == (on_hand, 0)
        assert (on_card(mine), on_card(theirs)) == (100000, 1000)
    is_sound()


def _code(seller: Seller, made: OrderView, status: str) -> str | None:
    return code_of(operations.change_status, actor_id=seller.person.id, order_id=made.id,
                   workspace_id=seller.workspace_id, status=status)  # fmt: skip


# Cards that are not what they were.


def test_a_frozen_card_gets_its_money_back(
    seller: Seller, buyer: Person, mine: UUID, theirs: UUID
) -> None:
    made = buy(buyer, seller.product(), 1, "card", card=mine)
    set_card(buyer, mine, "FROZEN")
    do(operations.cancel_order, actor_id=buyer.id, order_id=made.id)
    assert on_card(mine) == 100000
    is_sound()


@pytest.mark.parametrize("steps", [(), ALL_THE_WAY])
def test_where_the_card_is_closed_the_money_comes_onto_another(
    seller: Seller, buyer: Person, theirs: UUID, steps: tuple[str, ...]
) -> None:
    """And where there is none, the order stays what it is, whole: the money would be nobody's."""
    closed, _ = open_with(buyer, "12000")
    product = seller.product(stock=1)
    made = seller.take(buy(buyer, product, 1, "card", card=closed), *steps)
    set_card(buyer, closed, "CLOSED")
    back = "returned" if steps else "cancelled"
    assert _code(seller, made, back) == "no_card_to_pay"
    assert get_order(made.id).status == made.status
    assert seller.see(product).reserved == (0 if steps else 1)
    is_sound()
    other, _ = open_with(buyer, "1")
    seller.take(made, back)
    assert (on_card(closed), on_card(other), on_card(theirs)) == (0, 12001, 1000)
    assert records(buyer.workspace_id) == []
    is_sound()


def test_a_payout_card_frozen_at_delivery_delivers_nothing(
    seller: Seller, buyer: Person, mine: UUID, theirs: UUID
) -> None:
    made = seller.take(buy(buyer, seller.product(), 1, "card", card=mine), *ALL_THE_WAY[:3])
    set_card(seller.person, theirs, "FROZEN")
    assert _code(seller, made, "delivered") == "no_payout_card"
    assert get_order(made.id).status == "shipped"
    is_sound()
    set_card(seller.person, theirs, "ACTIVE")
    seller.take(made, "delivered")
    assert on_card(theirs) == 13000
    is_sound()


def test_who_is_no_owner_any_more_is_not_paid(
    seller: Seller, buyer: Person, make_person: MakePerson
) -> None:
    partner, place = make_person(contact="+998935557788"), seller.workspace_id
    mine, _ = open_with(buyer, "100000")
    theirs, _ = open_with(partner, "1000")
    open_with(seller.person, "1000")
    with unit_of_work():
        workspaces.add_member(
            actor_id=seller.person.id, workspace_id=place, contact="+998935557788", role="owner"
        )
    with unit_of_work():
        operations.edit_shop(actor_id=partner.id, workspace_id=place, payout_card=theirs)
    bought = buy(buyer, seller.product(), payment="card", card=mine)
    made = seller.take(bought, "confirmed", "packed", "shipped")
    with unit_of_work():
        workspaces.remove_member(actor_id=seller.person.id, workspace_id=place, user_id=partner.id)
    assert _code(seller, made, "delivered") == "no_payout_card"
    assert on_card(theirs) == 1000
    is_sound()


def test_an_emptied_payout_card_returns_nothing_until_it_has_the_money(
    seller: Seller, buyer: Person, mine: UUID, theirs: UUID
) -> None:
    product = seller.product(stock=1)
    made = seller.take(buy(buyer, product, 1, "card", card=mine), *ALL_THE_WAY)
    empty(seller.person, theirs, (buyer, mine))
    assert _code(seller, made, "returned") == "seller_short_of_funds"
    assert (get_order(made.id).status, seller.see(product).on_hand) == ("delivered", 0)
    is_sound()
    set_card(seller.person, theirs, "CLOSED")
    assert _code(seller, made, "returned") == "seller_short_of_funds"
    other, _ = open_with(seller.person, "12000")  # on which the shop is paid from now on
    seller.take(made, "returned")
    assert (on_card(mine), on_card(other)) == (113000, 0)
    is_sound()


@pytest.mark.parametrize("which", ["purchase", "payout"])
def test_an_administrator_does_not_reverse_past_the_order(
    seller: Seller, buyer: Person, mine: UUID, theirs: UUID, which: str
) -> None:
    made = seller.take(buy(buyer, seller.product(), 1, "card", card=mine), *ALL_THE_WAY)
    ids = {"actor_id": seller.person.id, "transfer_id": getattr(made, which), "key": "k"}
    assert code_of(admin.reverse_transfer, reason="x", **ids) == "belongs_to_an_order"
    assert code_of(ledger.reverse, reason="x", fingerprint="k", **ids) == "not_reversible"
    assert on_card(theirs) == 13000
    is_sound()


def test_what_the_ledger_refuses_at_a_refund_undoes_the_whole_step(
    seller: Seller, buyer: Person, mine: UUID, theirs: UUID
) -> None:
    """Were it reversed behind the order's back, nothing of the step would stay half done."""
    product = seller.product(stock=1)
    made = buy(buyer, product, 1, "card", card=mine)
    with unit_of_work():
        wallet.undo_purchase(actor_id=buyer.id, purchase_id=made.purchase, reason="x")
    assert _code(seller, made, "cancelled") == "already_reversed"
    assert (get_order(made.id).status, seller.see(product).reserved) == ("pending", 1)
