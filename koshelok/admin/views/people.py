"""/admin/users: who is here, and what they may do."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.admin.forms import RoleForm, UserSearch
from koshelok.admin.views.blueprint import PAGE, bp, listing
from koshelok.core.errors import DomainError, Invalid
from koshelok.core.page import Page
from koshelok.identity import operations as identity
from koshelok.identity import queries as identity_queries
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.wallet.queries import list_cards
from koshelok.web import access
from koshelok.web.auth import current_actor
from koshelok.web.htmx import render, see_other


@bp.get("/users", endpoint="users")
@access.admin
def index() -> Response:
    """People, the newest first, or those that the address asks for."""
    form = UserSearch(request.args)
    try:
        query = (form.query.data or "").strip() if form.validate() else None
        page = identity_queries.search_users(query, limit=PAGE, cursor=request.args.get("cursor"))
    except Invalid as error:
        form.refuse(error)
        page = Page([], None)
    return listing("admin/users.html", form, page)


@bp.get("/users/<int:id>", endpoint="user")
@access.admin
def show(id: int) -> Response:
    """One person, their cards and their role."""
    return _page(id)


@bp.post("/users/<int:id>/role", endpoint="change_role")
@access.admin
def change_role(id: int) -> Response:
    """Give somebody else another role."""
    form = RoleForm()
    if not form.validate():
        return _page(id, form, 422)
    try:
        with unit_of_work():
            identity.change_role(actor_id=current_actor().id, user_id=id, role=form.role.data)
    except DomainError as error:
        if error.status == 404:
            raise
        form.refuse(error)
        return _page(id, form, error.status)
    flash(_("The role is changed. It holds from their next click on."), "success")
    return see_other(url_for("admin.user", id=id))


def _page(id: int, form: RoleForm | None = None, status: int = 200) -> Response:
    user = identity_queries.get_user(id)
    return render(
        "admin/user.html", status=status, user=user, cards=list_cards(id),
        form=form, own=id == current_actor().id,
    )  # fmt: skip
