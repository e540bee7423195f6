"""What may follow what in the life of an order; its twin is orders_before in sql/shelf.sql."""

from koshelok.shop.models import Status

TRANSITIONS: dict[str, tuple[Status, ...]] = {
    Status.PENDING: (Status.CONFIRMED, Status.CANCELLED),
    Status.CONFIRMED: (Status.PACKED, Status.CANCELLED),
    Status.PACKED: (Status.SHIPPED, Status.CANCELLED),
    Status.SHIPPED: (Status.DELIVERED,),
    Status.DELIVERED: (Status.RETURNED,),
    Status.RETURNED: (),
    Status.CANCELLED: (),
}
PATH = (Status.PENDING, Status.CONFIRMED, Status.PACKED, Status.SHIPPED, Status.DELIVERED)
"""The way of an order that goes well, in order."""


def may_follow(status: str, after: str) -> bool:
    """Whether an order that is `after` may become `status`."""
    return status in TRANSITIONS[after]
