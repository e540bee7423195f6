"""Carts: a person's own, or a visitor's, whose id is all they have."""

from uuid import UUID

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from koshelok.core.clock import now
from koshelok.core.errors import Invalid
from koshelok.core.ids import uuid7
from koshelok.infra.db import session
from koshelok.shop.errors import CartItemNotFound, OutOfStock, TooManyItems
from koshelok.shop.models import QUANTITY_LIMIT, Cart, CartItem, Product, StockHold
from koshelok.shop.queries import find_available, find_cart_id, get_listed_product

ITEMS_LIMIT = 100


class BadQuantity(Invalid):
    """Not a number of pieces that a cart holds."""

    code = "bad_quantity"
    message = "From 1 to %(limit)s pieces."
    field = "quantity"


def open_cart(*, user_id: int | None, cart_id: UUID | None = None) -> UUID:
    """Find or make the cart of a person, or a visitor's by its id; answers the id, and holds the
    cart till the end of the transaction."""
    found = find_cart_id(user_id=user_id, cart_id=cart_id, lock=True)
    if found is None:
        made = (
            pg_insert(Cart)
            .values(id=uuid7(), user_id=user_id, created_at=now(), updated_at=now())
            .on_conflict_do_nothing()
            .returning(Cart.id)
        )
        found = session.scalar(made) or find_cart_id(user_id=user_id, cart_id=None, lock=True)
    return found  # type: ignore[return-value]  # made, or of one who was quicker


def add_item(*, cart_id: UUID, product_id: int, quantity: int = 1) -> int:
    """Put pieces into a cart, to those already there; the price of the first ones is the one that
    is seen. Answers the item's id.

    Raises ProductNotFound, OutOfStock, BadQuantity, TooManyItems.
    """
    _check(quantity)
    product = get_listed_product(product_id)
    _touch(cart_id)
    there = session.scalar(
        select(CartItem.quantity).filter_by(cart_id=cart_id, product_id=product_id)
    )
    if there is None and _count(cart_id) >= ITEMS_LIMIT:
        raise TooManyItems(limit=ITEMS_LIMIT)
    wanted = _check((there or 0) + quantity)
    _check_available(cart_id, product, wanted)
    row = pg_insert(CartItem).values(
        cart_id=cart_id,
        product_id=product_id,
        quantity=wanted,
        price_seen=product.price,
        created_at=now(),
    )
    more = row.on_conflict_do_update(
        index_elements=["cart_id", "product_id"], set_={"quantity": wanted}
    )
    return int(session.scalars(more.returning(CartItem.id)).one())


def change_item(*, cart_id: UUID, item_id: int, quantity: int, agree: bool = False) -> None:
    """Set how many pieces; `agree` to the price of today too.

    Raises CartItemNotFound, ProductNotFound, OutOfStock, BadQuantity.
    """
    _check(quantity)
    _touch(cart_id)
    item = _get_item(cart_id, item_id)
    product = get_listed_product(item.product_id)
    _check_available(cart_id, product, quantity)
    item.quantity = quantity
    if agree:
        item.price_seen = product.price
    session.flush()


def remove_item(*, cart_id: UUID, item_id: int) -> CartItem:
    """Take a line out of a cart; answers what it was. Raises CartItemNotFound."""
    _touch(cart_id)
    item = _get_item(cart_id, item_id)
    session.execute(delete(StockHold).filter_by(cart_id=cart_id, product_id=item.product_id))
    session.delete(item)
    session.flush()
    return item


def accept_prices(*, cart_id: UUID) -> None:
    """Agree to today's prices of everything in a cart."""
    _touch(cart_id)
    session.execute(
        update(CartItem)
        .where(CartItem.cart_id == cart_id, CartItem.product_id == Product.id)
        .values(price_seen=Product.price)
    )


def merge_cart(*, user_id: int, cart_id: UUID) -> None:
    """Bring a visitor's cart into a person's own, as far as one holds so many products: of each
    the larger number of the two. Whose cart it is already, or one that is gone, changes nothing."""
    left = session.scalar(select(Cart).filter_by(id=cart_id, user_id=None).with_for_update())
    if left is None:
        return
    own = open_cart(user_id=user_id)
    left_items = (
        select(
            literal(own),
            CartItem.product_id,
            CartItem.quantity,
            CartItem.price_seen,
            CartItem.created_at,
        )
        .where(CartItem.cart_id == cart_id)
        .order_by(CartItem.id)
        .limit(max(0, ITEMS_LIMIT - _count(own)))
    )
    row = pg_insert(CartItem).from_select(
        ["cart_id", "product_id", "quantity", "price_seen", "created_at"], left_items
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=["cart_id", "product_id"],
            set_={"quantity": func.greatest(CartItem.quantity, row.excluded.quantity)},
        )
    )
    session.execute(delete(Cart).where(Cart.id == cart_id))
    _touch(own)


def _check(quantity: int) -> int:
    if not 1 <= quantity <= QUANTITY_LIMIT:
        raise BadQuantity(limit=QUANTITY_LIMIT)
    return quantity


def _check_available(cart_id: UUID, product: Product, wanted: int) -> None:
    available = find_available([product.id], cart_id=cart_id)[product.id]
    if wanted > available:
        raise OutOfStock(
            title=product.name,
            available=available,
            extensions={"lines": [{"product": product.id, "available": available}]},
        )


def _get_item(cart_id: UUID, item_id: int) -> CartItem:
    item = session.scalar(
        select(CartItem)
        .filter_by(id=item_id, cart_id=cart_id)
        .execution_options(populate_existing=True)
    )
    if item is None:
        raise CartItemNotFound
    return item


def _count(cart_id: UUID) -> int:
    return session.scalar(select(func.count()).where(CartItem.cart_id == cart_id)) or 0


def _touch(cart_id: UUID) -> None:
    """Whoever changes a cart holds it first: of two at once the second sees what the first did."""
    session.execute(update(Cart).where(Cart.id == cart_id).values(updated_at=now()))
