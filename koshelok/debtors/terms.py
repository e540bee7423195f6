"""What people call the buckets, occasions and methods that the database names."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from koshelok.debtors.ageing import Bucket
from koshelok.debtors.models import Method, Occasion
from koshelok.debtors.operations.counter import UNDO

BUCKETS: dict[str, str] = {
    Bucket.NOT_DUE: _l("Not due yet"),
    Bucket.UP_TO_30: _l("0 to 30 days"),
    Bucket.UP_TO_60: _l("31 to 60 days"),
    Bucket.UP_TO_90: _l("61 to 90 days"),
    Bucket.OVER_90: _l("Over 90 days"),
}
OCCASIONS: dict[str, str] = {
    Occasion.BEFORE: _l("Before the day"),
    Occasion.DUE: _l("On the day"),
    Occasion.LATE: _l("Late"),
    Occasion.ASKED: _l("Asked for by hand"),
    Occasion.RECEIPT: _l("After an entry"),
    Occasion.LINK: _l("Link to the statement"),
}
METHODS: dict[str, str] = {
    Method.CASH: _l("Cash"),
    Method.CARD: _l("Card"),
    Method.KOSHELOK: _l("Koshelok card"),
}
REASONS: dict[str, str] = {UNDO: _l("Undone at once")}


def reason(text: str) -> str:
    """Why an entry was voided: in people's own words, unless Undo said it for them."""
    return str(REASONS.get(text, text))


def lateness(days: int) -> str:
    """`for 12 days`, `Payable today`, `In 2 days`: true of what has no due date too, which is
    payable from the day it was taken."""
    if days == 0:
        return str(_("Payable today"))
    if days < 0:
        return str(ngettext("In %(num)s day", "In %(num)s days", -days))
    return str(ngettext("for %(num)s day", "for %(num)s days", days))
