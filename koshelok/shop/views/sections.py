"""The places of a seller, on each page of /shop/manage: endpoint, label, icon, owner only.

In order: overview, orders, products, customers, reviews, settings. Each stands for all pages of
its blueprint.
"""

from typing import Any

from flask_babel import lazy_gettext as _l

SECTIONS: list[tuple[str, Any, str, bool]] = [
    ("shop.manage.overview", _l("Selling"), "store", False),
    ("shop.sales.index", _l("Orders"), "package", False),
    ("shop.customers.index", _l("Customers"), "users", False),
    ("shop.settings.show", _l("Settings"), "settings", True),
]
