"""/debtors: the counter, where debts and payments are written down."""

from flask import Blueprint, Response, request

from koshelok.debtors import queries
from koshelok.web import access
from koshelok.web.auth import current_workspace
from koshelok.web.htmx import render

bp = Blueprint("counter", __name__, url_prefix="/debtors")


@bp.get("")
@access.viewer
def index() -> Response:
    """Who was here last, and who owes most."""
    chosen = request.args.get("person", type=int)
    person = queries.get_person(current_workspace().id, chosen) if chosen else None
    return render("debtors/counter.html", "sheet", person=person)
