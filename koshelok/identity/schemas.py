"""JSON shapes of identity."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from flask_openapi3 import FileStorage
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from koshelok.identity.devices import device_name
from koshelok.identity.models import CONTACT_LIMIT, AuthSession, User
from koshelok.identity.passwords import MAX_LENGTH, MIN_LENGTH
from koshelok.web.schemas import Schema

LanguageName = Literal["uz", "ru", "en"]
_LONGEST = 1000  # beyond what any rule allows: the rules' own messages are better than a schema's
_PASSWORD: JsonDict = {"minLength": MIN_LENGTH, "maxLength": MAX_LENGTH, "format": "password"}


class RegisterIn(Schema):
    """A contact to send a code to, or a user name with a password."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["contact"]},
                {"required": ["username", "password"]},
            ],
            "examples": [
                {"contact": "+998901234567"},
                {
                    "username": "malika",
                    "password": "uchta-olma-va-choy",
                    "full_name": "Malika Karimova",
                },
            ],
        }
    )

    contact: str | None = Field(None, max_length=CONTACT_LIMIT, examples=["+998901234567"])
    username: str | None = Field(None, max_length=_LONGEST, examples=["malika"])
    password: str | None = Field(
        None, max_length=_LONGEST, examples=["uchta-olma-va-choy"], json_schema_extra=_PASSWORD
    )
    full_name: str | None = Field(None, max_length=_LONGEST, examples=["Malika Karimova"])


class VerificationOut(Schema):
    """A code is on its way, or would be."""

    verification_id: UUID
    channel: Literal["sms", "email"]
    expires_in: int = Field(examples=[300])
    resend_after: int = Field(examples=[60])


class RegisteredOut(Schema):
    """A new user."""

    id: int = Field(examples=[7])
    username: str = Field(examples=["malika"])


class CodeIn(Schema):
    """The code that arrived."""

    verification_id: UUID = Field(examples=["01940000-0000-7000-8000-000000000000"])
    code: str = Field(max_length=_LONGEST, examples=["123456"])


class VerifyIn(CodeIn):
    """The code that arrived, and that of the second factor where it is on."""

    totp: str | None = Field(None, max_length=_LONGEST, examples=["654321"])


class ResendIn(Schema):
    """Which code did not arrive."""

    verification_id: UUID = Field(examples=["01940000-0000-7000-8000-000000000000"])


class LoginIn(Schema):
    """A phone, e-mail or user name, the password, and a code where the second factor is on."""

    login: str = Field(max_length=_LONGEST, examples=["malika"])
    password: str = Field(
        max_length=_LONGEST,
        examples=["uchta-olma-va-choy"],
        json_schema_extra={"format": "password"},
    )
    code: str | None = Field(None, max_length=_LONGEST, examples=["654321"])


class RefreshIn(Schema):
    """The refresh token."""

    refresh: str = Field(max_length=4000, examples=["eyJhbGciOiJIUzI1NiJ9..."])


class ContactIn(Schema):
    """A phone number or an e-mail."""

    contact: str = Field(max_length=CONTACT_LIMIT, examples=["+998901234567"])


class ResetIn(CodeIn):
    """The code that arrived, and the new password."""

    password: str = Field(
        max_length=_LONGEST, examples=["uchta-olma-va-choy"], json_schema_extra=_PASSWORD
    )


class PasswordIn(Schema):
    """A first password."""

    password: str = Field(
        max_length=_LONGEST, examples=["uchta-olma-va-choy"], json_schema_extra=_PASSWORD
    )


class ChangePasswordIn(Schema):
    """The present password and the next."""

    old_password: str = Field(
        max_length=_LONGEST,
        examples=["uchta-olma-va-choy"],
        json_schema_extra={"format": "password"},
    )
    new_password: str = Field(
        max_length=_LONGEST, examples=["besh-nok-va-kofe"], json_schema_extra=_PASSWORD
    )


class NothingIn(Schema):
    """Nothing: `{}`."""


class TotpOut(Schema):
    """A secret for an authenticator app, three ways."""

    secret: str = Field(examples=["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"])
    uri: str = Field(examples=["otpauth://totp/Koshelok:malika?secret=JBSWY3DP&issuer=Koshelok"])
    qr: str = Field(
        description="The address as a QR code: a `data:` address of an SVG picture.",
        examples=["data:image/svg+xml;charset=utf-8,..."],
    )


class TotpCodeIn(Schema):
    """A code of the app, or a recovery code."""

    code: str = Field(max_length=_LONGEST, examples=["654321"])


class RecoveryCodesOut(Schema):
    """Ten codes that stand in for the app, each once; they are not told again."""

    recovery_codes: list[str] = Field(examples=[["abcd-efgh-ijkl-mnop"]])


class UserPatch(Schema):
    """What people say about themselves; what is absent stays."""

    first_name: str | None = Field(None, max_length=_LONGEST, examples=["Malika"])
    last_name: str | None = Field(None, max_length=_LONGEST, examples=["Karimova"])
    username: str | None = Field(None, max_length=_LONGEST, examples=["malika"])
    language: LanguageName | None = Field(None, examples=["uz"])


class UserOut(Schema):
    """The signed-in user."""

    id: int = Field(examples=[7])
    username: str | None = Field(examples=["malika"])
    phone_number: str | None = Field(examples=["+998901234567"])
    email: str | None = Field(examples=["malika@example.uz"])
    first_name: str = Field(examples=["Malika"])
    last_name: str = Field(examples=["Karimova"])
    full_name: str = Field(examples=["Malika Karimova"])
    has_password: bool
    totp: bool = Field(description="Whether a second factor is asked at sign-in.")
    role: Literal["USER", "PREMIUM", "ADMIN"]
    language: LanguageName
    avatar_url: str | None = Field(examples=["/avatars/cVgK2r.webp"])
    created_at: datetime


class RefreshOut(Schema):
    """A new pair of tokens."""

    access: str = Field(examples=["eyJhbGciOiJIUzI1NiJ9..."])
    refresh: str = Field(examples=["eyJhbGciOiJIUzI1NiJ9..."])
    token_type: Literal["Bearer"]
    expires_in: int = Field(examples=[900])


class TokensOut(RefreshOut):
    """Tokens, and whose they are."""

    user: UserOut


class PhotoForm(Schema):
    """A photo to upload."""

    photo: FileStorage = Field(description="JPEG, PNG or WebP, at most 5 MB.")


class SessionPath(Schema):
    """`/auth/sessions/{id}`."""

    id: UUID


class SessionOut(Schema):
    """A device signed in."""

    id: UUID
    kind: Literal["web", "api"]
    device: str = Field(examples=["Chrome · Android"])
    ip: str | None = Field(examples=["203.0.113.7"])
    current: bool
    created_at: datetime
    last_seen_at: datetime


class SessionListOut(Schema):
    """The caller's devices, all of them."""

    items: list[SessionOut]
    next_cursor: str | None = None


def user_out(user: User) -> UserOut:
    """A user as they see themselves."""
    fields = UserOut.model_fields.keys() - {"avatar_url"}
    values = {name: getattr(user, name) for name in fields}
    return UserOut.model_validate({**values, "avatar_url": user.photo_url})


def session_out(row: AuthSession, current_id: UUID) -> SessionOut:
    """A device as its owner sees it."""
    return SessionOut.model_validate(
        {
            "id": row.id,
            "kind": row.kind,
            "device": device_name(row.user_agent),
            "ip": row.ip,
            "current": row.id == current_id,
            "created_at": row.created_at,
            "last_seen_at": row.last_seen_at,
        }
    )
