"""/shop/manage/products: a seller's shelf, and each product on it."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError, Invalid
from koshelok.core.page import Page
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.categories import CATEGORIES
from koshelok.shop.forms.products import (
    NewProductForm,
    PhotosForm,
    ProductForm,
    ShelfForm,
    product_form,
)
from koshelok.shop.forms.stock import StockForm
from koshelok.shop.models import IMAGE_LIMIT
from koshelok.shop.queries import ProductView
from koshelok.shop.queries.movements import list_movements
from koshelok.shop.queries.shelf import ShelfFilters, Tab, count_low, list_shelf, list_waiting
from koshelok.shop.uploads import allow_all_photos, take_photos
from koshelok.shop.views.sections import only_in_shops
from koshelok.shop.words import MOVEMENTS
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event, push_url, render, see_other
from koshelok.web.toasts import refused, said

bp = Blueprint("products", __name__, url_prefix="/shop/manage/products")
bp.before_request(only_in_shops)
MOVEMENTS_PAGE = 20


@bp.url_value_preprocessor
def _make_room(endpoint: str | None, _values: object) -> None:
    if endpoint == "shop.products.create":
        allow_all_photos()


@bp.get("")
@access.viewer
def index() -> Response:
    """The products that the address asks for."""
    form = ShelfForm(request.args)
    page: Page[ProductView] = Page([], None)
    low_stock = queries.get_shop(current_workspace().id).low_stock
    filters = ShelfFilters(form.query.data or "", form.shown, low_stock)
    try:
        if form.validate():
            page = list_shelf(current_workspace().id, filters, cursor=request.args.get("cursor"))
    except Invalid as error:
        form.refuse(error)
    return _shelf(form, page, low_stock)


@bp.get("/new")
@access.editor
def new() -> Response:
    """A form for one more product."""
    return _form(NewProductForm(formdata=None))


@bp.post("/new")
@access.editor
def create() -> Response:
    """Put it on the shelf with its pictures, all of it or nothing."""
    form = NewProductForm()
    if not form.validate():
        return _form(form, status=422)
    try:
        photos = take_photos(form.photo.data, actor_id=current_actor().id)
        with unit_of_work():
            made = operations.create_product(**_who(), **form.values(), stock=form.stock.data or 0)
            operations.add_images(**_who(), product_id=made.id, photos=photos)
    except DomainError as error:
        form.refuse(error)
        return _form(form, status=error.status)
    flash(_("%(name)s is on the shelf", name=made.name), "success")
    return see_other(url_for(".show", id=made.id))


@bp.get("/<int:id>")
@access.viewer
def show(id: int) -> Response:
    """What is there of it, who waits, its pictures, what came and went."""
    return product_page(id)


@bp.get("/<int:id>/edit")
@access.editor
def edit(id: int) -> Response:
    """The form, filled in."""
    product = queries.get_own_product(current_workspace().id, id)
    return _form(product_form(product), product)


@bp.post("/<int:id>/edit")
@access.editor
def update(id: int) -> Response:
    """Change what buyers read of it."""
    product, form = queries.get_own_product(current_workspace().id, id), ProductForm()
    if not form.validate():
        return _form(form, product, 422)
    try:
        with unit_of_work():
            operations.edit_product(**_who(), product_id=id, **form.values())
    except DomainError as error:
        form.refuse(error)
        return _form(form, product, error.status)
    flash(_("Saved"), "success")
    return see_other(url_for(".show", id=id))


@bp.post("/<int:id>/archive")
@access.editor
def archive(id: int) -> Response:
    """Take it off the shelf; Undo puts it back."""
    product = queries.get_own_product(current_workspace().id, id)
    with unit_of_work():
        operations.archive_product(**_who(), product_id=id)
    return said(
        _("%(name)s is off the shelf", name=product.name),
        event=Event.PRODUCT_CHANGED,
        back=url_for(".index"),
        undo_url=url_for(".restore", id=id),
    )


@bp.post("/<int:id>/restore")
@access.editor
def restore(id: int) -> Response:
    """Put it back on the shelf, unless another product has its code by now."""
    try:
        with unit_of_work():
            product = operations.restore_product(**_who(), product_id=id)
    except DomainError as error:
        if error.status == 404:
            raise
        return refused(_(error.message, **error.params), back=url_for(".show", id=id))
    return said(
        _("%(name)s is on the shelf", name=product.name),
        event=Event.PRODUCT_CHANGED,
        back=url_for(".show", id=id),
    )


def product_page(
    id: int,
    *,
    stock_form: StockForm | None = None,
    photos_form: PhotosForm | None = None,
    status: int = 200,
) -> Response:
    """A product with the forms as they were sent; raises ProductNotFound."""
    here, cursor = current_workspace().id, request.args.get("cursor")
    product = queries.get_own_product(here, id)
    return render(
        "shop/manage/product.html", "movement_rows" if cursor else "product", status=status,
        product=product, low_stock=queries.get_shop(here).low_stock,
        waiting=list_waiting(id) if product.reserved else Page([], None),
        movements=list_movements(here, id, limit=MOVEMENTS_PAGE, cursor=cursor),
        stock_form=stock_form or StockForm(formdata=None),
        photos_form=photos_form or PhotosForm(formdata=None),
        categories=CATEGORIES, kinds=MOVEMENTS, image_limit=IMAGE_LIMIT,
    )  # fmt: skip


def _who() -> dict[str, Any]:
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}


def _shelf(form: ShelfForm, page: Page[ProductView], low_stock: int) -> Response:
    cursor = request.args.get("cursor")
    asked = {name: value for name, value in form.data.items() if value}
    running_out = count_low(current_workspace().id, low_stock)
    response = render(
        "shop/manage/products.html", "rows" if cursor and not form.errors else "results",
        status=422 if form.errors else 200, form=form, page=page, low_stock=low_stock,
        tabs=_tabs(form, running_out), asked=asked, here=url_for(".index", **asked),
        more_url=page.next_cursor and url_for(".index", **asked, cursor=page.next_cursor),
    )  # fmt: skip
    return response if cursor else push_url(response, url_for(".index", **asked))


def _tabs(form: ShelfForm, running_out: int) -> list[dict[str, Any]]:
    """Each part of the shelf, with the same search."""
    labels = {
        Tab.ALL: _("On the shelf"),
        Tab.LOW: f"{_('Running out')} ({running_out})" if running_out else _("Running out"),
        Tab.ARCHIVED: _("Archived"),
    }
    others = {"query": form.query.data} if form.query.data else {}
    return [
        {
            "label": label,
            "url": url_for(".index", **others | ({"tab": tab.value} if tab else {})),
            "on": form.shown is tab,
            "icon": "triangle-alert" if tab is Tab.LOW and running_out else None,
        }
        for tab, label in labels.items()
    ]


def _form(form: ProductForm, product: ProductView | None = None, status: int = 200) -> Response:
    return render(
        "shop/manage/product_form.html", "form", status=status, form=form, product=product
    )
