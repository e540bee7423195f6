"""What the clock does for the shop."""

import logging
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import delete, select, update

from koshelok.core.clock import now
from koshelok.core.errors import DomainError
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import retried, unit_of_work
from koshelok.shop import operations
from koshelok.shop.models import Cart, Order, StockHold

BATCH = 200
LEFT = timedelta(days=30)
AGAIN = timedelta(hours=1)
logger = logging.getLogger(__name__)


def expire() -> int:
    """Cancel orders left unanswered, each in its own transaction; answers how many. One whose
    money has nowhere to go (its card is closed) is tried again later, so that any number of such
    stops no other."""
    with unit_of_work():
        due = session.scalars(
            select(Order.id)
            .where(Order.expires_at <= now())
            .order_by(Order.expires_at)
            .limit(BATCH)
        ).all()
    return sum(_expire(id_) for id_ in due)


def _expire(order_id: UUID) -> bool:
    try:
        return retried(partial(operations.expire_order, order_id=order_id))
    except DomainError as error:
        logger.warning("order %s does not expire: %s", order_id, error.code)
    with unit_of_work():
        stuck = update(Order).where(Order.id == order_id, Order.expires_at <= now())
        session.execute(stuck.values(expires_at=now() + AGAIN))
    return False


def forget_old() -> int:
    """Delete holds that are over, carts that visitors left a month ago, and pictures of nothing;
    answers how many."""
    with unit_of_work():
        gone = operations.forget_orphans()
        session.execute(delete(StockHold).where(StockHold.expires_at <= now()))
        left = delete(Cart).where(Cart.user_id.is_(None), Cart.updated_at < now() - LEFT)
        return gone + len(session.scalars(left.returning(Cart.id)).all())
