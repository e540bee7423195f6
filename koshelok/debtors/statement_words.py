"""What people call the parts of a statement: on its page and in its files."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from koshelok.debtors.queries import LineKind
from koshelok.debtors.terms import BUCKETS, REASONS

KINDS: Mapping[str, object] = {
    LineKind.DEBT: _l("Debt"),
    LineKind.PAYMENT: _l("Payment"),
    LineKind.WRITE_OFF: _l("Write-off"),
}
_TEXTS: Mapping[str, object] = {
    "title": _l("Statement"),
    "day": _l("Date"),
    "time": _l("Time"),
    "what": _l("What"),
    "for": _l("What for"),
    "due": _l("Due"),
    "taken": _l("Taken"),
    "paid": _l("Paid"),
    "balance": _l("Balance"),
    "note": _l("Note"),
    "opening": _l("Owed at first"),
    "closing": _l("Owed at the end"),
    "credit": _l("Credit"),
    "written_off": _l("Written off"),
    "voided": _l("Voided"),
    "unit": _l("so'm"),
    "ageing": _l("How late it is"),
    "page": _l("Page"),
    "beginning": _l("from the first entry"),
}


def statement_words(shop: str) -> dict[str, Any]:
    """The texts of a statement's file in the language of this request, and whose book it is."""
    return {
        **{name: str(word) for name, word in _TEXTS.items()},
        "shop": shop,
        "kinds": {str(kind): str(word) for kind, word in KINDS.items()},
        "reasons": {reason: str(word) for reason, word in REASONS.items()},
        "buckets": {str(bucket): str(word) for bucket, word in BUCKETS.items()},
    }
