"""The second factor: asked for at sign-in, turned on and off in the settings."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.identity import auth, operations, queries
from koshelok.identity.authenticator import address, in_groups
from koshelok.identity.errors import TotpAlreadyOn
from koshelok.identity.forms import CodeForm, NewCodesForm, RecoveryForm, TurnOffForm
from koshelok.identity.views.blueprint import (
    awaited_second_factor,
    bp,
    go_on,
    next_page,
    refused,
)
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor
from koshelok.web.forms import Form
from koshelok.web.htmx import full_redirect, render, see_other
from koshelok.web.qr import qr_image

_CODE, _SETTINGS = "identity/login_code.html", "identity/totp.html"
_FORMS = {"confirm_form": CodeForm, "codes_form": NewCodesForm, "off_form": TurnOffForm}


@bp.get("/login/code")
@access.public
def second_factor() -> Response:
    """Six boxes for the app's code, or a field for a recovery code."""
    if awaited_second_factor() is None:
        return full_redirect(url_for("identity.login"))
    return render(_CODE, **_asked())


@bp.post("/login/code")
@access.public
def check_second_factor() -> Response:
    """Sign in, the first factor having been proved in the last minutes."""
    awaited, asked = awaited_second_factor(), _asked()
    if awaited is None:
        return full_redirect(url_for("identity.login"))
    form = asked["form"]
    if not form.validate():
        return render(_CODE, **asked, status=422)
    try:
        auth.limit_tries()
        auth.limit_second_factor(awaited.user_id)
        with unit_of_work():
            signed_in = operations.finish_sign_in(
                user_id=awaited.user_id, stamp=awaited.stamp,
                code=form.code.data, device=auth.this_device("web"),
            )  # fmt: skip
    except DomainError as error:
        return refused(_CODE, error=error, **asked)
    return go_on(signed_in, next_page())


@bp.get("/settings/totp")
@access.signed_in
def totp() -> Response:
    """Whether a second factor is asked for, and how to turn it on or off."""
    return render(_SETTINGS, **_state())


@bp.post("/settings/totp/start")
@access.signed_in
def start_totp() -> Response:
    """Make a secret to scan."""
    with suppress(TotpAlreadyOn), unit_of_work():
        operations.start_totp(actor_id=current_actor().id)
    return see_other(url_for("identity.totp"))


@bp.post("/settings/totp")
@access.signed_in
def confirm_totp() -> Response:
    """Turn it on by the first code."""
    return _show_codes(CodeForm(), operations.confirm_totp)


@bp.post("/settings/totp/codes")
@access.signed_in
def renew_recovery_codes() -> Response:
    """Make new recovery codes."""
    return _show_codes(NewCodesForm(), operations.renew_recovery_codes)


@bp.post("/settings/totp/off")
@access.signed_in
def turn_off_totp() -> Response:
    """Turn it off by a code."""
    form, actor_id = TurnOffForm(), current_actor().id
    if not form.validate():
        return render(_SETTINGS, **_state(form), status=422)
    try:
        auth.limit_second_factor(actor_id)
        with unit_of_work():
            operations.turn_off_totp(actor_id=actor_id, code=form.code.data)
            auth.renew_cookie_session()
    except DomainError as error:
        return refused(_SETTINGS, error=error, **_state(form))
    flash(_("Two-step sign-in is off."))
    return full_redirect(url_for("identity.totp"))


def _show_codes(form: Form, make: Callable[..., list[str]]) -> Response:
    """The codes are in this answer only: a redirect would have to keep them somewhere."""
    actor_id = current_actor().id
    if not form.validate():
        return render(_SETTINGS, **_state(form), status=422)
    try:
        auth.limit_second_factor(actor_id)
        with unit_of_work():
            codes = make(actor_id=actor_id, code=form.code.data)
            auth.renew_cookie_session()
    except DomainError as error:
        return refused(_SETTINGS, error=error, **_state(form))
    return render("identity/recovery_codes.html", codes=codes)


def _asked() -> dict[str, Any]:
    recovery = "recovery" in request.args
    return {"form": RecoveryForm() if recovery else CodeForm(), "recovery": recovery}


def _state(shown: Form | None = None) -> dict[str, Any]:
    """What the page shows; `shown` is the form that was just sent."""
    user = queries.get_user(current_actor().id)
    state = {
        name: shown if isinstance(shown, kind) else kind(formdata=None)
        for name, kind in _FORMS.items()
    }
    if user.totp:
        return {**state, "form": shown, "codes_left": queries.count_recovery_codes(user.id)}
    secret = queries.find_pending_secret(user.id) or ""
    uri = address(secret, user.contact) if secret else ""
    return {
        **state,
        "form": shown,
        "secret": secret,
        "groups": in_groups(secret, " "),
        "uri": uri,
        "qr": qr_image(uri) if uri else "",
    }
