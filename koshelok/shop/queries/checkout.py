"""What the pages of a cart and a checkout ask beside the cart itself."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from koshelok.debtors.queries import LIMITS
from koshelok.infra.db import session
from koshelok.shop.models import CartItem, Customer, Order, Product, Shop
from koshelok.shop.queries.orders import OrderView, list_orders_of_checkout
from koshelok.shop.queries.shops import limits_of_customer, may_owe
from koshelok.wallet.queries import ACTIVE_CARDS
from koshelok.workspaces.queries import NAMES, is_owner, owner_of


@dataclass(frozen=True, slots=True)
class InCart:
    """A product in a cart."""

    item: int
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Terms:
    """How one buyer can pay one shop; `room` is what they may still owe, in so'm: None where
    there is no limit."""

    shop: int
    name: str
    card: bool
    cash: bool
    credit: bool
    room: Decimal | None


def find_in_cart(cart_id: UUID | None, product_id: int) -> InCart | None:
    """The line of a product in a cart."""
    row = session.execute(
        select(CartItem.id, Product.name, CartItem.quantity)
        .join(Product, Product.id == CartItem.product_id)
        .where(CartItem.cart_id == cart_id, CartItem.product_id == product_id)
    ).first()
    return InCart(*row) if row else None


def list_terms(buyer_id: int, shop_ids: Collection[int]) -> list[Terms]:
    """How a buyer can pay each of these shops, by name; one query."""
    room = LIMITS.c.credit_limit - LIMITS.c.debt_total + LIMITS.c.credit
    rows = session.execute(
        select(
            NAMES.c.id,
            NAMES.c.name,
            _is_paid_by_card(),
            func.coalesce(Shop.accepts_cash, True),
            may_owe(),
            case(
                (LIMITS.c.credit_limit.is_not(None), func.greatest(room, 0)),
                else_=Customer.promised_limit,
            ),
        )
        .outerjoin(Shop, Shop.workspace_id == NAMES.c.id)
        .outerjoin(
            Customer, and_(Customer.workspace_id == NAMES.c.id, Customer.user_id == buyer_id)
        )
        .outerjoin(LIMITS, limits_of_customer())
        .where(NAMES.c.id.in_(shop_ids))
        .order_by(NAMES.c.name, NAMES.c.id)
    )
    return [Terms(*row) for row in rows]


def _is_paid_by_card() -> ColumnElement[bool]:
    """As find_payout_card_id: the card that the shop chose is active, else one of its owner's."""
    card = select(ACTIVE_CARDS.c.id)
    return or_(
        card.where(
            ACTIVE_CARDS.c.id == Shop.payout_card_id, is_owner(ACTIVE_CARDS.c.owner_id, NAMES.c.id)
        ).exists(),
        and_(
            Shop.payout_card_id.is_(None),
            card.where(ACTIVE_CARDS.c.owner_id == owner_of(NAMES.c.id)).exists(),
        ),
    )


def find_last_address(buyer_id: int) -> str:
    """Where a buyer's latest order went, or nothing."""
    return (
        session.scalar(
            select(Order.address)
            .where(Order.buyer_id == buyer_id)
            .order_by(Order.id.desc())
            .limit(1)
        )
        or ""
    )


def list_placed_with(buyer_id: int, order_id: UUID) -> list[OrderView]:
    """All orders that the same confirmation of this buyer made; none for anybody else's."""
    checkout_id = session.scalar(
        select(Order.checkout_id).where(Order.id == order_id, Order.buyer_id == buyer_id)
    )
    return list_orders_of_checkout(checkout_id) if checkout_id else []
