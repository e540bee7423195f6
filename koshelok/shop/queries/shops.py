"""Shops, where they are paid, and whom they let take on credit."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from koshelok.debtors.queries import LIMITS, get_debtor
from koshelok.infra.db import session
from koshelok.shop.errors import CustomerNotFound
from koshelok.shop.models import Customer, Shop
from koshelok.wallet.queries import ACTIVE_CARDS, find_payout_card
from koshelok.workspaces.queries import NAMES, find_owner, is_owner


@dataclass(frozen=True, slots=True)
class ShopView:
    """A shop as it is set up; without a row of its own, the defaults."""

    id: int
    name: str
    about: str = ""
    address: str = ""
    phone_number: str | None = None
    accepts_cash: bool = True
    low_stock: int = 3
    payout_card_id: UUID | None = None


def get_shop(workspace_id: int) -> ShopView:
    """How a workspace sells."""
    name, shop = session.execute(
        select(NAMES.c.name, Shop)
        .outerjoin(Shop, Shop.workspace_id == NAMES.c.id)
        .where(NAMES.c.id == workspace_id)
        .execution_options(populate_existing=True)
    ).one()
    return view_of(workspace_id, name, shop)


def view_of(workspace_id: int, name: str, shop: Shop | None) -> ShopView:
    """A shop's row, or the defaults of one that has none."""
    if shop is None:
        return ShopView(workspace_id, name)
    return ShopView(
        workspace_id,
        name,
        shop.about,
        shop.address,
        shop.phone_number,
        shop.accepts_cash,
        shop.low_stock,
        shop.payout_card_id,
    )


def find_payout_card_id(workspace_id: int) -> UUID | None:
    """The card a shop is paid on, while it is ACTIVE: the one it chose, else its owner's oldest."""
    chosen = session.scalar(select(Shop.payout_card_id).where(Shop.workspace_id == workspace_id))
    return find_card_to_be_paid_on(workspace_id, chosen)


def find_card_to_be_paid_on(workspace_id: int, chosen: UUID | None) -> UUID | None:
    """The same where it is known which card the shop chose."""
    if chosen is not None:  # by an owner; who is none any more is not paid
        return session.scalar(
            select(ACTIVE_CARDS.c.id).where(
                ACTIVE_CARDS.c.id == chosen, is_owner(ACTIVE_CARDS.c.owner_id, workspace_id)
            )
        )
    owner_id = find_owner(workspace_id)
    card = find_payout_card(owner_id) if owner_id is not None else None
    return card.id if card else None


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A buyer and what the shop lets them owe; so'm, `limit` None for as much as they take.

    Of whom the shop has only promised credit (no `debtor`), it knows no name and no number."""

    user_id: int
    full_name: str
    phone_number: str
    debtor: int | None
    credit: bool
    limit: Decimal | None
    debt: Decimal


def get_customer(workspace_id: int, user_id: int) -> CustomerView:
    """A buyer as the shop's book has them; raises CustomerNotFound."""
    customer = find_customer(workspace_id, user_id)
    if customer is None:
        raise CustomerNotFound
    if customer.debtor_id is None:
        promised = customer.promised_limit
        return CustomerView(user_id, "", "", None, customer.credit, promised, Decimal(0))
    debtor = get_debtor(workspace_id, customer.debtor_id, deleted=None)
    return CustomerView(
        user_id,
        debtor.full_name,
        debtor.phone_number,
        debtor.id,
        customer.credit,
        debtor.credit_limit,
        debtor.debt_total,
    )


def may_owe() -> ColumnElement[bool]:
    """Whether a buyer may take on credit, where Customer and the LIMITS of its person are joined:
    who was put away may not, and who is only promised it may."""
    return and_(
        func.coalesce(Customer.credit, False),
        or_(LIMITS.c.id.is_not(None), Customer.debtor_id.is_(None)),
    )


def limits_of_customer() -> ColumnElement[bool]:
    """How LIMITS are joined to Customer."""
    return and_(LIMITS.c.id == Customer.debtor_id, LIMITS.c.workspace_id == Customer.workspace_id)


def find_customer(workspace_id: int, user_id: int) -> Customer | None:
    """A buyer whom a shop has let, or stopped letting, take on credit."""
    return session.scalar(
        select(Customer)
        .filter_by(workspace_id=workspace_id, user_id=user_id)
        .execution_options(populate_existing=True)
    )
