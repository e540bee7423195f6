"""The pictures of categories, the same on all pages of finance."""

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
