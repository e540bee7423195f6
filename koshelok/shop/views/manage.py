"""/shop/manage: what a seller has to do now, and how the shop does."""

from typing import Any

from flask import Blueprint, Response

from koshelok.core.clock import today
from koshelok.finance.queries import change_percent
from koshelok.shop import queries
from koshelok.shop.queries import figures
from koshelok.shop.queries.board import count_open
from koshelok.shop.queries.shops import find_card_to_be_paid_on
from koshelok.shop.views.sections import only_in_shops
from koshelok.web import access
from koshelok.web.auth import current_workspace
from koshelok.web.htmx import render

bp = Blueprint("manage", __name__, url_prefix="/shop/manage")
bp.before_request(only_in_shops)


@bp.get("")
@access.viewer
def overview() -> Response:
    """What waits first, then sales, what sells best, and what buyers say."""
    workspace = current_workspace()
    shop, sales = queries.get_shop(workspace.id), _sales()
    best, low = figures.get_shelf(workspace.id, shop.low_stock)
    return render(
        "shop/manage/overview.html",
        "figures",
        shop=shop,
        open=count_open(workspace.id),
        low=low,
        best=best,
        stars=figures.get_stars(workspace.id),
        payable=find_card_to_be_paid_on(workspace.id, shop.payout_card_id) is not None,
        **sales,
    )


def _sales() -> dict[str, Any]:
    workspace = current_workspace()
    sales = figures.get_sales(workspace.id, today(workspace.time_zone))
    return {"sales": sales, "change": change_percent(sales.this_month, sales.last_month)}
