"""An order at the edge, the same for pages and the API: counted, retried, made once."""

from koshelok.infra.settings import current
from koshelok.wallet import operations
from koshelok.wallet.operations import Order, Sent
from koshelok.web.auth import Principal
from koshelok.web.once import once


def send_once(
    actor: Principal, order: Order, *, password: str | None = None, code: str | None = None
) -> Sent:
    """Send, within the limit of transfer requests; one that was answered before is so again.

    Raises TooManyRequests, and as operations.send.
    """
    actor_id, role = actor.id, actor.role
    return once(
        current().limit_transfers, "transfers", str(actor_id),
        find=lambda: operations.find_made(actor_id=actor_id, order=order),
        act=lambda: operations.send(
            actor_id=actor_id, role=role, order=order, password=password, code=code
        ),
    )  # fmt: skip
