"""/categories: what money comes from and goes to; make, rename, put away and bring back."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.core.page import MAX_LIMIT
from koshelok.finance import operations, queries
from koshelok.finance.forms import CategoryForm, RenameForm
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import Event, is_partial, render, see_other

bp = Blueprint("categories", __name__, url_prefix="/categories")


@bp.get("")
@access.viewer
def index() -> Response:
    """All of them, with what they sum to, and those put away."""
    return _page(CategoryForm(formdata=None))


@bp.post("")
@access.editor
def create() -> Response:
    """Make one; Undo of a removal makes it again from its address."""
    form = CategoryForm(request.values)
    if not form.validate():
        return _page(form, 422)
    try:
        with unit_of_work():
            made = operations.create_category(
                actor_id=current_actor().id,
                workspace_id=current_workspace().id,
                name=form.name.data,
                type=form.type.data,
            )
    except DomainError as error:
        form.refuse(error)
        return _page(form, error.status)
    return _saved(_("Saved"), url_for(".remove", id=made.id))


@bp.get("/<int:id>/edit")
@access.editor
def edit(id: int) -> Response:
    """A form with the name, in place of the row or on a page of its own."""
    category = queries.get_category_row(current_workspace().id, id)
    return _edit(RenameForm(formdata=None, name=category.name), id)


@bp.post("/<int:id>/edit")
@access.editor
def update(id: int) -> Response:
    """Rename; Undo gives the former name back, from its address."""
    former = queries.get_category_row(current_workspace().id, id)
    form = RenameForm(request.values)
    if not form.validate():
        return _edit(form, id, 422)
    try:
        with unit_of_work():
            operations.rename_category(**_whose(id), name=form.name.data)
    except DomainError as error:
        form.refuse(error)
        return _edit(form, id, error.status)
    return _saved(_("Saved"), url_for(".update", id=id, name=former.name))


@bp.post("/<int:id>/remove")
@access.editor
def remove(id: int) -> Response:
    """Delete it, or archive one that has records."""
    category = queries.get_category_row(current_workspace().id, id)
    with unit_of_work():
        archived = operations.remove_category(**_whose(id))
    if archived:
        return _saved(_("Archived: its records stay"), url_for(".restore", id=id))
    again = url_for(".create", name=category.name, type=category.type)
    return _saved(_("Deleted"), again)


@bp.post("/<int:id>/restore")
@access.editor
def restore(id: int) -> Response:
    """Take an archived one back into use."""
    try:
        with unit_of_work():
            category = operations.restore_category(**_whose(id))
    except DomainError as error:
        if error.status == 404:
            raise
        form = CategoryForm(formdata=None)
        form.refuse(error)
        return _page(form, error.status)
    return _saved(_("%(name)s is back", name=category.name), url_for(".remove", id=id))


def _whose(id: int) -> dict[str, int]:
    return {
        "actor_id": current_actor().id,
        "workspace_id": current_workspace().id,
        "category_id": id,
    }


def _saved(message: str, undo_url: str) -> Response:
    if is_partial():
        form = CategoryForm(formdata=None)
        return _page(form, message=message, undo_url=undo_url, event=Event.CATEGORY_CHANGED)
    flash(message, f"undo:{undo_url}")
    return see_other(url_for(".index"))


def _page(form: CategoryForm, status: int = 200, **context: Any) -> Response:
    workspace_id = current_workspace().id
    after = request.args.get("cursor")
    page = queries.page_categories(workspace_id, limit=MAX_LIMIT, cursor=after)
    return render(
        "finance/categories.html", "content", status=status, form=form, page=page,
        archived=queries.list_archived(workspace_id), **context,
    )  # fmt: skip


def _edit(form: RenameForm, id: int, status: int = 200) -> Response:
    category = queries.get_category_row(current_workspace().id, id)
    return render(
        "finance/category.html", "form", status=status, form=form, category=category,
        inline=is_partial(),
    )  # fmt: skip
