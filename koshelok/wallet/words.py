"""What people call the codes of a transfer: in filters and in exports."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

DIRECTIONS: Mapping[str, object] = {
    "out": _l("Sent"),
    "in": _l("Received"),
    "own": _l("Between my cards"),
}
KINDS: Mapping[str, object] = {
    "transfer": _l("Transfer"),
    "deposit": _l("Top-up"),
    "reversal": _l("Reversal"),
    "purchase": _l("Purchase"),
    "payout": _l("Paid for an order"),
    "refund": _l("Refund"),
    "debt_payment": _l("Debt payment"),
}
OUTCOMES: Mapping[str, object] = {
    "success": _l("Went through"),
    "failed": _l("Failed"),
}
HEADER = (
    _l("Date"), _l("Time"), _l("Kind"), _l("Direction"), _l("From card"), _l("To card"),
    _l("Amount"), _l("Commission"), _l("Total"), _l("Outcome"), _l("What for"),
)  # fmt: skip


def export_words() -> dict[str, object]:
    """The texts of an export in the language of this request, as operations.start_export wants."""
    return {
        "header": [str(word) for word in HEADER],
        "type": {code: str(word) for code, word in KINDS.items()},
        "direction": {code: str(word) for code, word in DIRECTIONS.items()},
        "status": {code: str(word) for code, word in OUTCOMES.items()},
    }


def archive_words() -> dict[str, object]:
    """The texts of operations.wallet_tables in the language of this request."""
    return {
        **export_words(),
        "transfers": _("Transfers"),
        "cards": [_("Cards"), [_("Card"), _("Valid until"), _("Status"), _("Balance")]],
        "states": {
            "ACTIVE": _("Active"),
            "FROZEN": _("Frozen"),
            "EXPIRED": _("Expired"),
            "CLOSED": _("Closed"),
        },
    }
