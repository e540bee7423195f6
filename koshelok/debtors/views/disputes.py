"""/debtors/disputes: what debtors marked as wrong, until somebody of the shop has settled it."""

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.core.page import DEFAULT_LIMIT
from koshelok.debtors import operations, queries
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import render, see_other
from koshelok.web.redirects import safe_path

bp = Blueprint("disputes", __name__, url_prefix="/debtors/disputes")


@bp.get("")
@access.viewer
def index() -> Response:
    """Those that wait, the oldest first."""
    page = queries.list_disputes(
        current_workspace().id, limit=DEFAULT_LIMIT, cursor=request.args.get("cursor")
    )
    return render(
        "debtors/disputes.html", "rows" if "cursor" in request.args else "results", page=page,
        more_url=page.next_cursor and url_for(".index", cursor=page.next_cursor),
    )  # fmt: skip


@bp.post("/<int:id>/resolve")
@access.editor
def resolve(id: int) -> Response:
    """It is settled: the debtor sees the mark no more."""
    with unit_of_work():
        operations.resolve_dispute(
            actor_id=current_actor().id, workspace_id=current_workspace().id, dispute_id=id
        )
    flash(_("Settled"), "success")
    return see_other(safe_path(request.form.get("next"), url_for(".index")))


@bp.app_template_global()
def count_open_disputes() -> int:
    """How many wait in the book of this request."""
    return queries.count_disputes(current_workspace().id)
