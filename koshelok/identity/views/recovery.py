"""Codes sent again, and forgotten passwords."""

from flask import Response, flash, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.identity import auth, operations
from koshelok.identity.forms import CodeForm, ContactForm, ResetForm
from koshelok.identity.models import Purpose
from koshelok.identity.views.blueprint import awaited_code, bp, refused, remember_code
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.htmx import full_redirect, render
from koshelok.web.locale import select_locale


@bp.post("/resend")
@access.public
def resend() -> Response:
    """Send the awaited code again."""
    reset = awaited_code(Purpose.RESET)
    sent = reset or awaited_code(Purpose.REGISTER)
    if sent is None:
        return full_redirect(url_for("identity.signup"))
    try:
        auth.limit_codes(sent.contact)
        with unit_of_work():
            operations.resend_code(verification_id=sent.id, language=select_locale())
    except DomainError as error:
        form = (ResetForm if reset else CodeForm)(formdata=None)
        page = "identity/reset.html" if reset else "identity/verify.html"
        return refused(page, form, error, sent=sent)
    flash(_("A new code is on its way."))
    return full_redirect(url_for("identity.reset" if reset else "identity.verify"))


@bp.get("/forgot")
@access.public
def forgot() -> Response:
    """Where to send a code for a new password."""
    return render("identity/forgot.html", form=ContactForm())


@bp.post("/forgot")
@access.public
def send_reset_code() -> Response:
    """Send it, to whoever is known; the page that follows is the same."""
    form = ContactForm()
    if not form.validate():
        return render("identity/forgot.html", form=form, status=422)
    try:
        auth.limit_codes(form.contact.data)
        with unit_of_work():
            sent = operations.send_code(
                purpose=Purpose.RESET, contact=form.contact.data, language=select_locale()
            )
    except DomainError as error:
        return refused("identity/forgot.html", form, error)
    remember_code(sent)
    return full_redirect(url_for("identity.reset"))


@bp.get("/reset")
@access.public
def reset() -> Response:
    """The code and a new password."""
    sent = awaited_code(Purpose.RESET)
    if sent is None:
        return full_redirect(url_for("identity.forgot"))
    return render("identity/reset.html", form=ResetForm(), sent=sent)


@bp.post("/reset")
@access.public
def reset_password() -> Response:
    """Set the new password; every device is signed out."""
    form, sent = ResetForm(), awaited_code(Purpose.RESET)
    if sent is None:
        return full_redirect(url_for("identity.forgot"))
    if not form.validate():
        return render("identity/reset.html", form=form, sent=sent, status=422)
    try:
        auth.limit_tries()
        with unit_of_work():
            operations.reset_password(
                verification_id=sent.id, code=form.code.data, password=form.password.data
            )
    except DomainError as error:
        return refused("identity/reset.html", form, error, sent=sent)
    flash(_("Your new password is set. Sign in with it."))
    return full_redirect(url_for("identity.login"))
