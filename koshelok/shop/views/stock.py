"""/shop/manage/products/<id>/stock: what came to the shelf, was counted on it, or is gone."""

from typing import Any

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations
from koshelok.shop.forms.stock import Action, StockForm
from koshelok.shop.models import MovementKind
from koshelok.shop.views.products import product_page
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import see_other

bp = Blueprint("stock", __name__, url_prefix="/shop/manage/products")


@bp.post("/<int:id>/stock")
@access.editor
def write(id: int) -> Response:
    """Write it down; what buyers were promised stays, and the refusal stands at the number."""
    form = StockForm()
    if not form.validate():
        return product_page(id, stock_form=form, status=422)
    try:
        with unit_of_work():
            _write(id, form)
    except DomainError as error:
        form.refuse(error)
        return product_page(id, stock_form=form, status=error.status)
    flash(_("Saved"), "success")
    return see_other(url_for("shop.products.show", id=id))


def _write(id: int, form: StockForm) -> None:
    which: dict[str, Any] = {
        "actor_id": current_actor().id,
        "workspace_id": current_workspace().id,
        "product_id": id,
        "note": form.note.data or "",
    }
    pieces = form.stock.data or 0
    if form.action.data == Action.COUNTED:
        operations.count_stock(**which, counted=pieces)
    elif form.action.data == Action.RECEIVED:
        operations.move_stock(**which, kind=MovementKind.RECEIVED, quantity=pieces)
    else:
        operations.move_stock(**which, kind=MovementKind.WRITTEN_OFF, quantity=-pieces)
