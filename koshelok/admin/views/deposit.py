"""/admin/deposit: money onto a card of one's own."""

from flask import Response, flash, url_for
from flask_babel import gettext as _

from koshelok.admin import operations
from koshelok.admin.forms import DepositForm, new_key
from koshelok.admin.views.blueprint import bp
from koshelok.core.errors import DomainError
from koshelok.infra.unit_of_work import retried
from koshelok.wallet.queries import list_cards
from koshelok.web import access
from koshelok.web.auth import current_actor
from koshelok.web.htmx import render, see_other


@bp.get("/deposit", endpoint="deposit")
@access.admin
def new() -> Response:
    """An empty form with a key of its own."""
    return _page(DepositForm(formdata=None, key=new_key()))


@bp.post("/deposit", endpoint="make_deposit")
@access.admin
def create() -> Response:
    """Issue the money; sent twice, or reloaded, the form makes one deposit."""
    form, actor_id = DepositForm(), current_actor().id
    if not form.validate():
        return _page(form, 422)
    order = form.order()
    try:
        made = retried(lambda: operations.deposit(actor_id=actor_id, order=order))
    except DomainError as error:
        form.refuse(error)
        form.key.data = new_key()
        return _page(form, 409 if error.status == 404 else error.status)
    flash(_("The money is on the card."), "success")
    return see_other(url_for("admin.transfer", id=made.transfer.id))


def _page(form: DepositForm, status: int = 200) -> Response:
    cards = [card for card in list_cards(current_actor().id) if card.status == "ACTIVE"]
    return render("admin/deposit.html", "form", status=status, form=form.offer(cards), cards=cards)
