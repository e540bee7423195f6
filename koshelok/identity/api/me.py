"""For the signed-in: their names, photo, password and devices."""

from flask import Response

from koshelok.identity import auth, operations, queries
from koshelok.identity.errors import PhotoTooLarge
from koshelok.identity.schemas import (
    ChangePasswordIn,
    PasswordIn,
    PhotoForm,
    SessionListOut,
    SessionPath,
    UserOut,
    UserPatch,
    session_out,
    user_out,
)
from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.api import answers, api_blueprint, no_content, ok
from koshelok.web.auth import current_actor, current_session_id

api = api_blueprint("me", "Me", "Names, language, photo, password, devices signed in.")
_BODY = (400, 401, 415, 422)


@api.get("/auth/me", summary="Show me", responses=answers({200: UserOut}, errors=(401,)))
@access.signed_in
def show() -> Response:
    """The signed-in user."""
    return ok(user_out(queries.get_user(current_actor().id)))


@api.patch("/auth/me", summary="Change what I say about myself",
           responses=answers({200: UserOut}, errors=_BODY))  # fmt: skip
@access.signed_in
def update(body: UserPatch) -> Response:
    """Names, user name, language; what is absent stays."""
    with unit_of_work():
        user = operations.edit_profile(actor_id=current_actor().id, **body.model_dump())
        return ok(user_out(user))


@api.put("/auth/me/avatar", summary="Set my photo",
         responses=answers({200: UserOut}, errors=(401, 413, 415, 422)))  # fmt: skip
@access.signed_in
def set_photo(form: PhotoForm) -> Response:
    """It is made small and square, and loses its metadata."""
    actor, limit = current_actor(), current().max_upload_bytes
    auth.limit_photos(actor.id)
    data = form.photo.stream.read(limit + 1)
    if len(data) > limit:
        raise PhotoTooLarge
    with unit_of_work():
        return ok(user_out(operations.set_photo(actor_id=actor.id, data=data)))


@api.delete("/auth/me/avatar", summary="Take my photo away",
            responses=answers({204: None}, errors=(401,)))  # fmt: skip
@access.signed_in
def remove_photo() -> Response:
    """Initials are shown instead."""
    with unit_of_work():
        operations.remove_photo_of(actor_id=current_actor().id)
    return no_content()


@api.put("/auth/password", summary="Set a first password",
         responses=answers({204: None}, errors=(*_BODY, 409)))  # fmt: skip
@access.signed_in
def set_password(body: PasswordIn) -> Response:
    """For those who signed up by a code."""
    with unit_of_work():
        operations.set_password(actor_id=current_actor().id, password=body.password)
    return no_content()


@api.post("/auth/change-password", summary="Change my password",
          responses=answers({204: None}, errors=_BODY))  # fmt: skip
@access.signed_in
def change_password(body: ChangePasswordIn) -> Response:
    """Every other session ends."""
    with unit_of_work():
        operations.change_password(
            actor_id=current_actor().id, session_id=current_session_id(), **body.model_dump()
        )
    return no_content()


@api.get("/auth/sessions", summary="List my devices",
         responses=answers({200: SessionListOut}, errors=(401,)))  # fmt: skip
@access.signed_in
def sessions() -> Response:
    """The last seen first."""
    here = current_session_id()
    rows = queries.list_sessions(current_actor().id)
    return ok(SessionListOut(items=[session_out(row, here) for row in rows]))


@api.delete("/auth/sessions/<uuid:id>", summary="Sign a device out",
            responses=answers({204: None}, errors=(401, 404, 422)))  # fmt: skip
@access.signed_in
def end_session(path: SessionPath) -> Response:
    """It is signed out at once."""
    with unit_of_work():
        operations.end_own_session(actor_id=current_actor().id, session_id=path.id)
    return no_content()
