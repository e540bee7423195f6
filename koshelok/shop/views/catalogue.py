"""/shop: what is on the shelves, found as one types, and a page for each product; open to all."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from koshelok.core.errors import Invalid
from koshelok.core.page import Page
from koshelok.shop import queries
from koshelok.shop.categories import CATEGORIES
from koshelok.shop.errors import ProductNotFound
from koshelok.shop.forms.catalogue import CatalogueForm
from koshelok.shop.images import image_url
from koshelok.shop.models import QUANTITY_LIMIT
from koshelok.shop.queries import Image, ProductFilters, ProductView, Sort
from koshelok.shop.queries.storefronts import find_storefront, list_payments
from koshelok.shop.views.carts import current_cart_id
from koshelok.shop.words import PAYMENTS
from koshelok.web import access
from koshelok.web.addresses import public_address
from koshelok.web.auth import find_actor, memberships
from koshelok.web.components import money
from koshelok.web.htmx import is_partial, push_url, render, see_other

bp = Blueprint("catalogue", __name__, url_prefix="/shop")
ICONS = {
    "food": "utensils",
    "drinks": "coffee",
    "household": "shopping-basket",
    "beauty": "sparkles",
    "health": "heart-pulse",
    "kids": "gift",
    "clothes": "shirt",
    "electronics": "smartphone",
    "home": "house",
    "stationery": "pencil",
    "other": "tag",
}
OTHERS = 6
WORDS = 160  # as much of a description as a preview shows


@bp.get("")
@access.public
def index() -> Response:
    """The products that the address asks for."""
    form, cursor = CatalogueForm(request.args), request.args.get("cursor")
    page: Page[ProductView] = Page([], None)
    try:
        if form.validate():
            page = queries.list_products(form.filters(), cursor=cursor)
    except Invalid as error:
        form.refuse(error)
    return _list(form, page, cursor)


def _list(form: CatalogueForm, page: Page[ProductView], cursor: str | None) -> Response:
    wrong, asked = bool(form.errors), _asked(form)
    partial = is_partial()
    more = cursor is not None and not wrong and partial
    response = render(
        "shop/index.html",
        "rows" if more else "results",
        status=422 if wrong else 200,
        form=form,
        page=page,
        asked=asked,
        more=more,
        storefront=None if form.shop.data is None or partial else find_storefront(form.shop.data),
        more_url=page.next_cursor and url_for(".index", **asked, cursor=page.next_cursor),
        address=public_address("shop.catalogue.index", **asked),
    )
    return response if cursor else push_url(response, url_for(".index", **asked))


def _asked(form: CatalogueForm) -> dict[str, Any]:
    """The address of a list without what says nothing."""
    said = {name: value for name, value in request.args.items() if value and name in form.data}
    return {name: value for name, value in said.items() if (name, value) != ("sort", Sort.NEW)}


@bp.get("/products/<int:id>")
@access.public
def show(id: int) -> Response:
    """A product, and how to buy it."""
    try:
        product = queries.get_product(id, cart_id=current_cart_id())
    except ProductNotFound:
        return render("shop/gone.html", status=404)
    actor = find_actor()
    storefront = find_storefront(product.shop, buyer_id=actor.id if actor else None)
    return render(
        "shop/product.html",
        product=product,
        shop=storefront and storefront.shop,
        payments=storefront and list_payments(storefront),
        most=min(product.available, QUANTITY_LIMIT),
        own=_may_edit(product),
        preview=_preview(product),
        others=None,
        categories=CATEGORIES,
        ways=PAYMENTS,
    )


def _may_edit(product: ProductView) -> bool:
    return any(
        place.workspace.id == product.shop and place.role != "viewer" for place in memberships()
    )


@bp.get("/products/<int:id>/others")
@access.public
def others(id: int) -> Response:
    """What else the same shop sells, brought when the reader comes that far."""
    product = queries.get_product(id)
    if not is_partial():
        return see_other(url_for(".index", shop=product.shop))
    wanted = ProductFilters(shop=product.shop, sort=Sort.POPULAR)
    found = queries.list_products(wanted, limit=OTHERS).items
    others = [other for other in found if other.id != id][: OTHERS - 1]
    return render("shop/product.html", "others", product=product, others=others)


def _preview(product: ProductView) -> dict[str, Any]:
    """What search engines and messengers show of a product; addresses are whole ones."""
    picture = product.images[0] if product.images else None
    told = " ".join(product.description.split())
    words = told if len(told) <= WORDS else told[: WORDS - 1].rsplit(" ", 1)[0] + "…"
    price = _("%(price)s at %(shop)s", price=money(product.price), shop=product.shop_name)
    return {
        "address": public_address("shop.catalogue.show", id=product.id),
        "description": f"{price}. {words}" if words else price,
        "picture": picture and public_address("shop.images.show", name=_file(picture)),
        "width": picture and picture.width,
        "height": picture and picture.height,
    }


def _file(image: Image) -> str:
    return image_url(image, 1200).rpartition("/")[2]
