"""/settings/wallet: whether transfers are written down as income and expenses."""

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.wallet import operations, queries
from koshelok.wallet.forms import RecordingForm
from koshelok.web import access
from koshelok.web.auth import current_actor
from koshelok.web.htmx import render, see_other

bp = Blueprint("settings", __name__, url_prefix="/settings/wallet")


@bp.get("")
@access.signed_in
def show() -> Response:
    """As it is; who has never had a card has nothing to set."""
    records = queries.find_recording(current_actor().id)
    form = RecordingForm(formdata=None, records=records)
    return render("wallet/settings.html", form=form, has_wallet=records is not None)


@bp.post("")
@access.signed_in
def update() -> Response:
    """Turn it on or off; what is recorded already stays."""
    form = RecordingForm()
    with unit_of_work():
        operations.set_recording(actor_id=current_actor().id, records=form.records.data)
    flash(_("Saved"), "success")
    return see_other(url_for(".show"))
