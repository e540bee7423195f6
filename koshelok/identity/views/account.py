"""One's own account: profile, photo, settings, devices."""

from uuid import UUID

from flask import Response, flash, send_from_directory, session, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.identity import auth, operations, queries
from koshelok.identity.contacts import readable
from koshelok.identity.devices import device_name
from koshelok.identity.errors import PhotoTooLarge
from koshelok.identity.forms import (
    ChangePasswordForm,
    LanguageForm,
    PasswordForm,
    PhotoUploadForm,
    ProfileForm,
)
from koshelok.identity.photos import photos_folder
from koshelok.identity.views.blueprint import bp
from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.auth import current_actor, current_session_id
from koshelok.web.forms import Form
from koshelok.web.htmx import full_redirect, render, see_other

YEAR_SECONDS = 365 * 24 * 3600


@bp.get("/avatars/<name>")
@access.public
def avatar(name: str) -> Response:
    """A photo: its name is a secret of 24 random bytes, its type fixed."""
    response = send_from_directory(photos_folder(), name, mimetype="image/webp")
    response.headers["Cache-Control"] = f"private, max-age={YEAR_SECONDS}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


@bp.get("/profile")
@access.signed_in
def profile() -> Response:
    """Names, user name, photo."""
    return _profile()


@bp.post("/profile")
@access.signed_in
def update_profile() -> Response:
    """Save the names."""
    form = ProfileForm()
    if not form.validate():
        return _profile(form=form, status=422)
    try:
        with unit_of_work():
            operations.edit_profile(
                actor_id=current_actor().id,
                first_name=form.first_name.data,
                last_name=form.last_name.data,
                username=form.username.data or None,
            )
    except DomainError as error:
        form.refuse(error)
        return _profile(form=form, status=error.status)
    flash(_("Saved"))
    return see_other(url_for("identity.profile"))


@bp.post("/profile/photo")
@access.signed_in
def set_photo() -> Response:
    """Take the photo, made small and square."""
    form, limit = PhotoUploadForm(), current().max_upload_bytes
    if not form.validate():
        return _profile(photo_form=form, status=422)
    try:
        auth.limit_photos(current_actor().id)
        data = form.photo.data.read(limit + 1)
        if len(data) > limit:
            raise PhotoTooLarge
        with unit_of_work():
            operations.set_photo(actor_id=current_actor().id, data=data)
    except DomainError as error:
        form.refuse(error)
        return _profile(photo_form=form, status=error.status)
    flash(_("Saved"))
    return see_other(url_for("identity.profile"))


@bp.post("/profile/photo/remove")
@access.signed_in
def remove_photo() -> Response:
    """Initials are shown instead."""
    with unit_of_work():
        operations.remove_photo_of(actor_id=current_actor().id)
    flash(_("Removed"))
    return see_other(url_for("identity.profile"))


@bp.get("/settings")
@access.signed_in
def settings() -> Response:
    """Language, password, devices."""
    return _settings()


@bp.post("/settings/language")
@access.signed_in
def set_language() -> Response:
    """Speak another language from now on."""
    form = LanguageForm()
    if not form.validate():
        return _settings(language_form=form, status=422)
    auth.remember_language(current_actor().id, form.language.data)
    return full_redirect(url_for("identity.settings"))


@bp.post("/settings/password")
@access.signed_in
def change_password() -> Response:
    """Change the password, or set the first one; other devices are signed out by a change."""
    actor = queries.get_user(current_actor().id)
    form = ChangePasswordForm() if actor.has_password else PasswordForm()
    if not form.validate():
        return _settings(password_form=form, status=422)
    try:
        with unit_of_work():
            done = _store_password(actor.id, form)
            auth.renew_cookie_session()
    except DomainError as error:
        form.refuse(error)
        return _settings(password_form=form, status=error.status)
    flash(done)
    return full_redirect(url_for("identity.settings"))


@bp.post("/settings/sessions/<uuid:id>/end")
@access.signed_in
def end_session(id: UUID) -> Response:
    """Sign a device out; signing out this one leaves."""
    with unit_of_work():
        operations.end_own_session(actor_id=current_actor().id, session_id=id)
    if id == current_session_id():
        session.clear()
        return full_redirect(url_for("home.index"))
    flash(_("The device is signed out."))
    return see_other(url_for("identity.settings"))


def _store_password(actor_id: int, form: ChangePasswordForm | PasswordForm) -> str:
    if isinstance(form, PasswordForm):
        operations.set_password(actor_id=actor_id, password=form.password.data)
        return str(_("Your password is set."))
    operations.change_password(
        actor_id=actor_id,
        session_id=current_session_id(),
        old_password=form.old_password.data,
        new_password=form.new_password.data,
    )
    return str(_("Your password is changed. Other devices are signed out."))


def _profile(
    form: Form | None = None, photo_form: Form | None = None, status: int = 200
) -> Response:
    user = queries.get_user(current_actor().id)
    return render(
        "identity/profile.html",
        "content",
        form=form or ProfileForm(formdata=None, obj=user),
        photo_form=photo_form or PhotoUploadForm(formdata=None),
        user=user,
        contact=readable(user.contact),
        status=status,
    )


def _settings(
    language_form: Form | None = None, password_form: Form | None = None, status: int = 200
) -> Response:
    user = queries.get_user(current_actor().id)
    blank_password = ChangePasswordForm if user.has_password else PasswordForm
    return render(
        "identity/settings.html",
        "content",
        language_form=language_form or LanguageForm(formdata=None, language=user.language),
        password_form=password_form or blank_password(formdata=None),
        sessions=queries.list_sessions(user.id),
        here=current_session_id(),
        device_name=device_name,
        contact=readable(user.contact),
        user=user,
        status=status,
    )
