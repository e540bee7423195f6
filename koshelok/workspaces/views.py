"""Pages of workspaces: my workspaces, the switcher, one workspace and its members."""

from typing import Any

from flask import Blueprint, Response, flash, request, session, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import WORKSPACE_KEY, current_actor
from koshelok.web.forms import Form
from koshelok.web.htmx import full_redirect, render, see_other
from koshelok.web.redirects import safe_path
from koshelok.workspaces import operations, queries
from koshelok.workspaces.forms import MemberForm, RoleForm, SettingsForm, WorkspaceForm

bp = Blueprint("workspaces", __name__, url_prefix="/workspaces")


@bp.get("")
@access.signed_in
def index() -> Response:
    """My workspaces, and a form to open another."""
    return render("workspaces/index.html", form=WorkspaceForm())


@bp.post("")
@access.signed_in
def create() -> Response:
    """Open a workspace and go there."""
    form, actor = WorkspaceForm(), current_actor()
    if not form.validate():
        return render("workspaces/index.html", "create_form", form=form, status=422)
    try:
        with unit_of_work():
            opened = operations.open_workspace(
                actor_id=actor.id,
                name=form.name.data,
                kind=form.kind.data,
                language=actor.language,
            )
    except DomainError as error:
        form.refuse(error)
        return render("workspaces/index.html", "create_form", form=form, status=error.status)
    session[WORKSPACE_KEY] = opened.workspace_id
    flash(_("%(name)s is open.", name=opened.workspace.name))
    return full_redirect(url_for("workspaces.show", id=opened.workspace_id))


@bp.post("/switch")
@access.signed_in
def switch() -> Response:
    """Act in another of my workspaces from now on."""
    raw = request.form.get("workspace_id", "")
    chosen = queries.get_membership(
        current_actor().id, int(raw) if raw.isdecimal() and len(raw) < 19 else 0
    )
    session[WORKSPACE_KEY] = chosen.workspace_id
    return full_redirect(safe_path(request.form.get("next"), url_for("home.dashboard")))


@bp.get("/<int:id>")
@access.signed_in
def show(id: int) -> Response:
    """A workspace, its members and, for an owner, its settings."""
    return _show(id)


@bp.post("/<int:id>")
@access.signed_in
def update(id: int) -> Response:
    """Rename a workspace, or let its months begin on another day."""
    form = SettingsForm()
    if not form.validate():
        return _show(id, status=422, settings=form)
    try:
        with unit_of_work():
            operations.edit_workspace(
                actor_id=current_actor().id,
                workspace_id=id,
                name=form.name.data,
                month_start=int(form.month_start.data),
            )
    except DomainError as error:
        return _refused(id, error, form, "settings")
    flash(_("Saved"))
    return see_other(url_for("workspaces.show", id=id))


@bp.post("/<int:id>/members")
@access.signed_in
def add_member(id: int) -> Response:
    """Let somebody in."""
    form = MemberForm()
    if not form.validate():
        return _show(id, status=422, invite=form)
    try:
        with unit_of_work():
            operations.add_member(
                actor_id=current_actor().id,
                workspace_id=id,
                contact=form.contact.data,
                role=form.role.data,
            )
    except DomainError as error:
        return _refused(id, error, form, "invite")
    flash(_("Added"))
    return see_other(url_for("workspaces.show", id=id))


@bp.post("/<int:id>/members/<int:user_id>/role")
@access.signed_in
def change_role(id: int, user_id: int) -> Response:
    """Change what a member may do."""
    form = RoleForm()
    if not form.validate():
        return _show(id, status=422, role_form=form)
    try:
        with unit_of_work():
            operations.change_role(
                actor_id=current_actor().id,
                workspace_id=id,
                user_id=user_id,
                role=form.role.data,
            )
    except DomainError as error:
        return _refused(id, error, form, "role_form")
    flash(_("Saved"))
    return see_other(url_for("workspaces.show", id=id))


@bp.post("/<int:id>/members/<int:user_id>/remove")
@access.signed_in
def remove_member(id: int, user_id: int) -> Response:
    """End a membership; those who left go home."""
    actor_id = current_actor().id
    try:
        with unit_of_work():
            operations.remove_member(actor_id=actor_id, workspace_id=id, user_id=user_id)
    except DomainError as error:
        return _refused(id, error, RoleForm(formdata=None), "role_form")
    flash(_("Removed"))
    if user_id == actor_id:
        return full_redirect(url_for("workspaces.index"))
    return see_other(url_for("workspaces.show", id=id))


def _refused(id: int, error: DomainError, form: Form, name: str) -> Response:
    """The same page with the refusal at its field; who may not see it gets the error itself."""
    if error.status in {403, 404}:
        raise error
    form.refuse(error)
    return _show(id, status=error.status, **{name: form})


def _show(id: int, status: int = 200, **forms: Form) -> Response:
    membership = queries.get_membership(current_actor().id, id)
    context: dict[str, Any] = {
        "settings": SettingsForm(
            formdata=None,
            name=membership.workspace.name,
            month_start=str(membership.workspace.month_start),
        ),
        "invite": MemberForm(formdata=None),
        "role_form": RoleForm(formdata=None),
        "members": queries.list_members(id),
        "membership": membership,
        **forms,
    }
    return render("workspaces/show.html", "content", status=status, **context)
