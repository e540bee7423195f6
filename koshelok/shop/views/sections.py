"""The places of a seller, on each page of /shop/manage: endpoint, label, icon, owner only.

In order: overview, orders, products, customers, reviews, settings. Each stands for all pages of
its blueprint.
"""

from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _l

from koshelok.core.errors import NotFound
from koshelok.web.auth import current_workspace, memberships
from koshelok.web.htmx import render

SECTIONS: list[tuple[str, Any, str, bool]] = [
    ("shop.manage.overview", _l("Selling"), "store", False),
    ("shop.sales.index", _l("Orders"), "package", False),
    ("shop.products.index", _l("Products"), "package-open", False),
    ("shop.customers.index", _l("Customers"), "users", False),
    ("shop.reviews.manage", _l("Reviews"), "star", False),
    ("shop.settings.show", _l("Settings"), "settings", True),
]


def only_in_shops() -> Response | None:
    """Before each request of a seller's pages: a workspace of another kind says how to open a
    shop, and changes nothing."""
    if current_workspace().kind == "shop":
        return None
    if request.method not in {"GET", "HEAD"}:
        raise NotFound
    shops = [place.workspace for place in memberships() if place.workspace.kind == "shop"]
    return render("shop/manage/no_shop.html", shops=shops)
