"""The kinds of goods: a short fixed list, so that every shop's shelf reads the same."""

from flask_babel import lazy_gettext as _l

CATEGORIES: dict[str, object] = {
    "food": _l("Food"),
    "drinks": _l("Drinks"),
    "household": _l("Household"),
    "beauty": _l("Beauty and care"),
    "health": _l("Health"),
    "kids": _l("For children"),
    "clothes": _l("Clothes"),
    "electronics": _l("Electronics"),
    "home": _l("Home and repair"),
    "stationery": _l("Stationery"),
    "other": _l("Everything else"),
}
