"""/settings/close: an account closed in a week, or kept after all."""

from flask import Response, flash, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.identity import auth, operations, queries
from koshelok.identity.forms import CloseForm
from koshelok.identity.views.blueprint import bp
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_session_id
from koshelok.web.htmx import full_redirect, render


@bp.get("/settings/close")
@access.signed_in
def close_account() -> Response:
    """What goes, what stays, and a proof that it is you."""
    return _page(CloseForm(formdata=None))


@bp.post("/settings/close")
@access.signed_in
def confirm_close() -> Response:
    """Begin the week; this device stays signed in, so that it can be taken back."""
    form, actor = CloseForm(), current_actor()
    auth.limit_second_factor(actor.id)
    try:
        with unit_of_work():
            operations.close_account(
                actor_id=actor.id,
                session_id=current_session_id(),
                password=form.password.data,
                code=form.code.data,
            )
    except DomainError as error:
        form.refuse(error)
        return _page(form, error.status)
    return full_redirect(url_for("identity.settings"))


@bp.post("/settings/keep")
@access.signed_in
def keep_account() -> Response:
    """Think better of it."""
    with unit_of_work():
        operations.keep_account(actor_id=current_actor().id)
    flash(_("Your account stays open."))
    return full_redirect(url_for("identity.settings"))


def _page(form: CloseForm, status: int = 200) -> Response:
    actor_id = current_actor().id
    return render(
        "identity/close.html",
        "content",
        status=status,
        form=form,
        proofs=queries.proofs(actor_id),
        days=operations.GRACE.days,
    )
