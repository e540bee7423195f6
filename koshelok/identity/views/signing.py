"""Signing up, in and out."""

from flask import Response, request, session, url_for

from koshelok.core.errors import DomainError
from koshelok.identity import auth, operations, queries
from koshelok.identity.forms import CodeForm, ContactForm, LoginForm, PasswordForm, UsernameForm
from koshelok.identity.models import Purpose
from koshelok.identity.views.blueprint import (
    awaited_code,
    bp,
    first_factor,
    go_on,
    next_page,
    refused,
    remember_code,
    remember_next,
)
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_session_id, find_actor
from koshelok.web.htmx import full_redirect, render
from koshelok.web.locale import select_locale
from koshelok.web.redirects import safe_path


@bp.get("/signup")
@access.public
def signup() -> Response:
    """A phone or an e-mail, to which a code goes."""
    return _unless_signed_in("identity/signup.html", ContactForm(next=request.args.get("next")))


@bp.post("/signup")
@access.public
def send_code() -> Response:
    """Send the code; the same for known and unknown contacts."""
    form = ContactForm()
    if not form.validate():
        return render("identity/signup.html", form=form, status=422)
    try:
        auth.limit_registration()
        auth.limit_codes(form.contact.data)
        with unit_of_work():
            sent = operations.send_code(
                purpose=Purpose.REGISTER, contact=form.contact.data, language=select_locale()
            )
    except DomainError as error:
        return refused("identity/signup.html", form, error)
    remember_code(sent)
    remember_next(form.next.data)
    return full_redirect(url_for("identity.verify"))


@bp.get("/verify")
@access.public
def verify() -> Response:
    """Six boxes for the code."""
    sent = awaited_code(Purpose.REGISTER)
    if sent is None:
        return full_redirect(url_for("identity.signup"))
    return render("identity/verify.html", form=CodeForm(), sent=sent)


@bp.post("/verify")
@access.public
def check_code() -> Response:
    """Sign in; a new contact becomes a user."""
    form, sent, target = CodeForm(), awaited_code(Purpose.REGISTER), next_page()
    if sent is None:
        return full_redirect(url_for("identity.signup"))
    if not form.validate():
        return render("identity/verify.html", form=form, sent=sent, status=422)
    try:
        auth.limit_tries()
        signed_in = first_factor(
            lambda: operations.verify_code(
                verification_id=sent.id, code=form.code.data,
                device=auth.this_device("web"), language=select_locale(),
            )[0]
        )  # fmt: skip
    except DomainError as error:
        return refused("identity/verify.html", form, error, sent=sent)
    return go_on(signed_in, target)


@bp.get("/welcome")
@access.signed_in
def welcome() -> Response:
    """Offer a password to who signed up by a code; it can be skipped."""
    if queries.get_user(current_actor().id).has_password:
        return full_redirect(next_page())
    return render("identity/welcome.html", form=PasswordForm(), next=next_page())


@bp.post("/welcome")
@access.signed_in
def set_first_password() -> Response:
    """Set the password and go on."""
    form, target = PasswordForm(), next_page()
    if not form.validate():
        return render("identity/welcome.html", form=form, next=target, status=422)
    try:
        with unit_of_work():
            operations.set_password(actor_id=current_actor().id, password=form.password.data)
            auth.renew_cookie_session()
    except DomainError as error:
        return refused("identity/welcome.html", form, error, next=target)
    return full_redirect(target)


@bp.get("/signup/username")
@access.public
def signup_with_username() -> Response:
    """A user name and a password instead of a code."""
    form = UsernameForm(next=request.args.get("next"))
    return _unless_signed_in("identity/signup_username.html", form)


@bp.post("/signup/username")
@access.public
def register() -> Response:
    """Make the user and sign in."""
    form = UsernameForm()
    if not form.validate():
        return render("identity/signup_username.html", form=form, status=422)
    try:
        auth.limit_registration()
        with unit_of_work():
            user = operations.register_with_password(
                username=form.username.data, password=form.password.data,
                full_name=form.full_name.data, language=select_locale(),
            )  # fmt: skip
            signed_in = operations.start_session(user=user, device=auth.this_device("web"))
    except DomainError as error:
        return refused("identity/signup_username.html", form, error)
    auth.begin_cookie_session(signed_in)
    return full_redirect(safe_path(form.next.data, url_for("home.dashboard")))


@bp.get("/login")
@access.public
def login() -> Response:
    """A login and a password."""
    return _unless_signed_in("identity/login.html", LoginForm(next=request.args.get("next")))


@bp.post("/login")
@access.public
def sign_in() -> Response:
    """Check them and start the browser's session."""
    form = LoginForm()
    if not form.validate():
        return render("identity/login.html", form=form, status=422)
    try:
        auth.limit_sign_in(form.login.data)
        signed_in = first_factor(
            lambda: operations.sign_in(
                login=form.login.data, password=form.password.data, device=auth.this_device("web")
            )
        )
    except DomainError as error:
        return refused("identity/login.html", form, error)
    return go_on(signed_in, safe_path(form.next.data, url_for("home.dashboard")))


@bp.post("/logout")
@access.signed_in
def logout() -> Response:
    """End the session, here and on the server."""
    with unit_of_work():
        operations.end_session(session_id=current_session_id())
    session.clear()
    return full_redirect(url_for("home.index"))


def _unless_signed_in(template: str, form: ContactForm | UsernameForm | LoginForm) -> Response:
    if find_actor() is not None:
        return full_redirect(safe_path(form.next.data, url_for("home.dashboard")))
    return render(template, form=form)
