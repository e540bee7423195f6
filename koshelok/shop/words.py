"""What people call the steps of an order, the ways to pay, and an order itself."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koshelok.shop.models import MovementKind, Payment, Status

STATUSES: dict[str, object] = {
    Status.PENDING: _l("Waiting for the shop"),
    Status.CONFIRMED: _l("Accepted"),
    Status.PACKED: _l("Packed"),
    Status.SHIPPED: _l("On its way"),
    Status.DELIVERED: _l("Delivered"),
    Status.RETURNED: _l("Returned"),
    Status.CANCELLED: _l("Cancelled"),
}
PAYMENTS: dict[str, object] = {
    Payment.CARD: _l("By card"),
    Payment.CREDIT: _l("On credit"),
    Payment.CASH: _l("Cash on delivery"),
}
MOVEMENTS: dict[str, object] = {
    MovementKind.RECEIVED: _l("Came in"),
    MovementKind.CORRECTED: _l("Counted"),
    MovementKind.WRITTEN_OFF: _l("Written off"),
    MovementKind.SOLD: _l("Sold"),
    MovementKind.RETURNED: _l("Came back"),
}


def order_name(shop: str, number: int) -> str:
    """How records, debts and transfers name an order, in every language alike."""
    return f"{shop} · №{number}" if shop else f"№{number}"


def archive_words() -> dict[str, object]:
    """The texts of operations.order_tables in the language of this request."""
    number, shop = _("Order no."), _("Shop")
    return {
        "orders": [_("Orders"), [
            number, shop, _("Date"), _("Status"), _("Payment"), _("Total"), _("Address"),
            _("Comment"),
        ]],
        "lines": [_("Ordered"), [
            number, shop, _("Product"), _("Code"), _("Price"), _("Quantity"), _("Total"),
        ]],
        "statuses": {str(code): str(word) for code, word in STATUSES.items()},
        "payments": {str(code): str(word) for code, word in PAYMENTS.items()},
    }  # fmt: skip
