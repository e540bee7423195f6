"""For a caller without tokens: sign up, sign in, refresh, sign out, forgotten passwords."""

from flask import Response

from koshelok.core.text import TextMissing
from koshelok.identity import auth, operations, queries
from koshelok.identity.errors import ContactOrUsername
from koshelok.identity.models import OneTimeCode, Purpose
from koshelok.identity.operations import SignIn
from koshelok.identity.schemas import (
    ContactIn,
    LoginIn,
    RefreshIn,
    RefreshOut,
    RegisteredOut,
    RegisterIn,
    ResendIn,
    ResetIn,
    TokensOut,
    VerificationOut,
    VerifyIn,
    user_out,
)
from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.api import answers, api_blueprint, no_content, ok
from koshelok.web.locale import select_locale

api = api_blueprint(
    "identity", "Sign-in", "Sign up, sign in, refresh, sign out, reset a password.", secured=False
)
_BODY = (400, 415, 422)


@api.post("/auth/register", summary="Sign up by a code, or with a user name",
          responses=answers({201: RegisteredOut, 202: VerificationOut}, errors=_BODY))  # fmt: skip
@access.public
def register(body: RegisterIn) -> Response:
    """A contact gets a code, the same whether it is known or not; a user name is registered."""
    if (body.contact is None) == (body.username is None and body.password is None):
        raise ContactOrUsername
    auth.limit_registration()
    if body.contact is not None:
        return _send_code(Purpose.REGISTER, body.contact)
    with unit_of_work():
        user = operations.register_with_password(
            username=_given(body.username, "username"),
            password=_given(body.password, "password"),
            full_name=body.full_name or "",
            language=select_locale(),
        )
        return ok(RegisteredOut(id=user.id, username=user.username or ""), 201, "/api/v1/auth/me")


@api.post("/auth/verify", summary="Sign in by a code",
          responses=answers({200: TokensOut}, errors=(*_BODY, 401)))  # fmt: skip
@access.public
def verify(body: VerifyIn) -> Response:
    """A new contact becomes a user here; the fifth wrong answer burns the code.

    A user with a second factor is asked for it by 401 `totp_required`: answer with `totp`.
    """
    auth.limit_tries()
    with unit_of_work():
        signed_in, _ = operations.verify_code(
            verification_id=body.verification_id,
            code=body.code,
            device=auth.this_device("api"),
            language=select_locale(),
            totp=body.totp,
        )
        return _tokens(signed_in)


@api.post("/auth/resend", summary="Send the code again",
          responses=answers({202: VerificationOut}, errors=(*_BODY, 404)))  # fmt: skip
@access.public
def resend(body: ResendIn) -> Response:
    """Another code in place of the former one; before `resend_after`: 429."""
    with unit_of_work():
        auth.limit_codes(queries.get_code(body.verification_id).contact)
        sent = operations.resend_code(
            verification_id=body.verification_id, language=select_locale()
        )
        return _on_its_way(sent)


@api.post("/auth/login", summary="Sign in with a password",
          responses=answers({200: TokensOut}, errors=(*_BODY, 401)))  # fmt: skip
@access.public
def login(body: LoginIn) -> Response:
    """By phone, e-mail or user name.

    A user with a second factor is asked for it by 401 `totp_required`: answer with `code`.
    """
    auth.limit_sign_in(body.login)
    with unit_of_work():
        return _tokens(
            operations.sign_in(
                login=body.login,
                password=body.password,
                device=auth.this_device("api"),
                code=body.code,
            )
        )


@api.post("/auth/refresh", summary="Get a new pair of tokens",
          responses=answers({200: RefreshOut}, errors=(*_BODY, 401)))  # fmt: skip
@access.public
def refresh(body: RefreshIn) -> Response:
    """The old refresh token is spent; using it again ends the whole session."""
    session_id, refresh_id = auth.read_refresh_token(body.refresh)
    with unit_of_work():
        refreshed = operations.refresh_session(session_id=session_id, refresh_id=refresh_id)
        return ok(RefreshOut.model_validate(auth.make_tokens(refreshed)))


@api.post("/auth/logout", summary="Sign out",
          responses=answers({204: None}, errors=(*_BODY, 401)))  # fmt: skip
@access.public
def logout(body: RefreshIn) -> Response:
    """Both tokens of the session stop working at once."""
    session_id, _ = auth.read_refresh_token(body.refresh)
    with unit_of_work():
        operations.end_session(session_id=session_id)
    return no_content()


@api.post("/auth/forgot-password", summary="Ask for a code for a new password",
          responses=answers({202: VerificationOut}, errors=_BODY))  # fmt: skip
@access.public
def forgot_password(body: ContactIn) -> Response:
    """The same answer for known and unknown contacts."""
    return _send_code(Purpose.RESET, body.contact)


@api.post("/auth/reset-password", summary="Set a new password by a code",
          responses=answers({204: None}, errors=_BODY))  # fmt: skip
@access.public
def reset_password(body: ResetIn) -> Response:
    """Every session of the user ends."""
    auth.limit_tries()
    with unit_of_work():
        operations.reset_password(**body.model_dump())
    return no_content()


def _send_code(purpose: Purpose, contact: str) -> Response:
    auth.limit_codes(contact)
    with unit_of_work():
        return _on_its_way(
            operations.send_code(purpose=purpose, contact=contact, language=select_locale())
        )


def _on_its_way(sent: OneTimeCode) -> Response:
    settings = current()
    out = VerificationOut.model_validate(
        {
            "verification_id": sent.id,
            "channel": sent.channel,
            "expires_in": settings.code_minutes * 60,
            "resend_after": settings.code_resend_seconds,
        }
    )
    return ok(out, 202)


def _tokens(signed_in: SignIn) -> Response:
    out = {**auth.make_tokens(signed_in), "user": user_out(signed_in.user)}
    return ok(TokensOut.model_validate(out))


def _given(value: str | None, field: str) -> str:
    if value is None:
        raise TextMissing(field=field)
    return value
