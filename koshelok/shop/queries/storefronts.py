"""A shop as its buyers see it, and how one may pay there."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, exists, select

from koshelok.debtors.queries import LIMITS
from koshelok.infra.db import session
from koshelok.shop.models import Customer, Payment, Product, Shop
from koshelok.shop.queries.shops import (
    ShopView,
    find_card_to_be_paid_on,
    limits_of_customer,
    may_owe,
    view_of,
)
from koshelok.workspaces.queries import NAMES


@dataclass(frozen=True, slots=True)
class Storefront:
    """A shop that has something on its shelf; `credit` is whether this buyer may owe it."""

    shop: ShopView
    credit: bool


def find_storefront(workspace_id: int, *, buyer_id: int | None = None) -> Storefront | None:
    """A shop, unless it shows nothing: whose a workspace is remains between its members."""
    customer = and_(Customer.workspace_id == NAMES.c.id, Customer.user_id == buyer_id)
    row = session.execute(
        select(NAMES.c.name, Shop, may_owe())
        .outerjoin(Shop, Shop.workspace_id == NAMES.c.id)
        .outerjoin(Customer, customer)
        .outerjoin(LIMITS, limits_of_customer())
        .where(NAMES.c.id == workspace_id)
        .where(exists().where(Product.workspace_id == workspace_id, Product.archived_at.is_(None)))
    ).first()
    if row is None:
        return None
    name, shop, credit = row
    return Storefront(view_of(workspace_id, name, shop), credit)


def list_payments(storefront: Storefront) -> Collection[Payment]:
    """The ways in which this buyer may pay there; one or two queries."""
    shop = storefront.shop
    ways = {
        Payment.CARD: find_card_to_be_paid_on(shop.id, shop.payout_card_id) is not None,
        Payment.CREDIT: storefront.credit,
        Payment.CASH: shop.accepts_cash,
    }
    return [way for way, open_ in ways.items() if open_]
