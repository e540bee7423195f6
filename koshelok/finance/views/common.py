"""The pictures of categories and the words of rhythms, the same on all pages of finance."""

from flask_babel import ngettext

from koshelok.finance.models import Unit

_ICONS = {
    "FOOD": "shopping-basket",
    "DATA": "wifi",
    "TRANSPORT": "bus",
    "MISCELLANEOUS": "tag",
    "SALARY": "banknote",
    "TRANSFER_OUT": "send",
    "TRANSFER_IN": "wallet",
}
_ARROWS = {"income": "arrow-down-left", "saving": "piggy-bank"}


def category_icon(code: str | None, type_: str) -> str:
    """The icon of a category: its own, or one that tells its type."""
    return _ICONS.get(code or "", _ARROWS.get(type_, "arrow-up-right"))


def rhythm_words(unit: str, every: int) -> str:
    """`Every week`, `Every 2 months`."""
    if unit == Unit.DAY:
        return str(ngettext("Every day", "Every %(num)d days", every))
    if unit == Unit.WEEK:
        return str(ngettext("Every week", "Every %(num)d weeks", every))
    return str(ngettext("Every month", "Every %(num)d months", every))
