"""A checkout at the edge: counted, retried, made once."""

from koshelok.infra.settings import current
from koshelok.shop import operations
from koshelok.shop.operations import Placed, Wanted
from koshelok.web.once import once


def place_once(actor_id: int, wanted: Wanted) -> Placed:
    """Confirm a cart, within the limit of orders, here and over the API; what its key ordered
    before is answered again. Raises TooManyRequests, and as operations.place_orders."""
    return once(
        current().limit_orders, "orders", str(actor_id),
        find=lambda: operations.find_placed(actor_id=actor_id, wanted=wanted),
        act=lambda: operations.place_orders(actor_id=actor_id, wanted=wanted),
    )  # fmt: skip
