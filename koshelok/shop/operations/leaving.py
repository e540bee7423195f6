"""What of buying and selling stays when somebody closes their account: orders that are over."""

from sqlalchemy import delete, exists, or_, select, update

from koshelok.core.clock import now
from koshelok.identity.events import AccountCloses, AccountErased
from koshelok.infra.db import session
from koshelok.shop.errors import OrdersOpen
from koshelok.shop.models import Cart, Order, Product, Status
from koshelok.workspaces.queries import list_owned_alone

_OPEN = (Status.PENDING, Status.CONFIRMED, Status.PACKED, Status.SHIPPED)


def keep_open_orders(event: AccountCloses) -> None:
    """Refuse while an order is under way that the person placed, or that a shop has which nobody
    else owns; raises OrdersOpen."""
    theirs = or_(
        Order.buyer_id == event.user_id, Order.workspace_id.in_(list_owned_alone(event.user_id))
    )
    if session.scalar(select(exists().where(theirs, Order.status.in_(_OPEN)))):
        raise OrdersOpen


def forget_person(event: AccountErased) -> None:
    """Empty the cart, forget where orders went, and take what nobody sells any more off the
    shelf."""
    session.execute(delete(Cart).where(Cart.user_id == event.user_id))
    session.execute(
        update(Order).where(Order.buyer_id == event.user_id).values(address="", comment="")
    )
    session.execute(
        update(Product)
        .where(
            Product.workspace_id.in_(list_owned_alone(event.user_id)), Product.archived_at.is_(None)
        )
        .values(archived_at=now())
    )
