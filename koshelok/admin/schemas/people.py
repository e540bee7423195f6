"""JSON shapes of people."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from koshelok.admin.queries import QUERY_LIMIT
from koshelok.web.addresses import MAX_ID
from koshelok.web.schemas import PageOut, PageQuery, Schema

RoleName = Literal["USER", "PREMIUM", "ADMIN"]


class UserPath(Schema):
    """`/{id}` of a person."""

    id: int = Field(ge=1, le=MAX_ID)


class UserQuery(PageQuery):
    """Who is looked for."""

    query: str | None = Field(
        None, max_length=QUERY_LIMIT, description="Parts of a name, user name, e-mail or phone."
    )


class AdminUserOut(Schema):
    """A person as administrators see one."""

    id: int = Field(examples=[7])
    username: str | None = Field(examples=["malika"])
    phone_number: str | None = Field(examples=["+998901234567"])
    email: str | None = Field(examples=["malika@example.uz"])
    first_name: str = Field(examples=["Malika"])
    last_name: str = Field(examples=["Karimova"])
    full_name: str = Field(examples=["Malika Karimova"])
    has_password: bool
    totp: bool
    role: RoleName
    language: Literal["uz", "ru", "en"]
    created_at: datetime


class AdminUserPage(PageOut[AdminUserOut]):
    """A page of people, the newest first."""


class UserRoleIn(Schema):
    """What a person may do from now on."""

    role: RoleName = Field(examples=["PREMIUM"])
