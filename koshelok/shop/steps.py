"""An order's way as people are shown it: what is done, where it stands, what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l

from koshelok.shop.models import Status
from koshelok.shop.queries import OrderView
from koshelok.shop.states import PATH
from koshelok.shop.words import STATUSES

ICONS: Mapping[str, str] = {
    Status.PENDING: "receipt-text",
    Status.CONFIRMED: "thumbs-up",
    Status.PACKED: "package",
    Status.SHIPPED: "truck",
    Status.DELIVERED: "package-check",
    Status.RETURNED: "undo-2",
    Status.CANCELLED: "ban",
}
KINDS: Mapping[str, str] = {
    Status.PENDING: "warn",
    Status.DELIVERED: "good",
    Status.CANCELLED: "bad",
    Status.RETURNED: "bad",
}
"""How a seal of a status looks; the others are on their way: accent."""

HAPPENED: Mapping[str, object] = {**STATUSES, Status.PENDING: _l("Ordered")}
"""What each step is called once it has happened."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an order: `done`, `now` (it stands there), `next`, or where it `ended` early."""

    status: str
    state: str
    at: datetime | None


def list_steps(order: OrderView) -> list[Step]:
    """The way of an order: one that ended early ends with that, whatever was to come."""
    times = {event.status: event.created_at for event in order.events}
    if order.status in {Status.CANCELLED, Status.RETURNED}:
        past = [Step(status, "done", times[status]) for status in PATH if status in times]
        return [*past, Step(order.status, "ended", times.get(order.status))]
    reached = PATH.index(Status(order.status))
    return [
        Step(status, _state(place, reached), times.get(status)) for place, status in enumerate(PATH)
    ]


def _state(place: int, reached: int) -> str:
    if place > reached:
        return "next"
    return "now" if place == reached < len(PATH) - 1 else "done"
