"""JSON shapes of workspaces and members."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from koshelok.web.addresses import MAX_ID
from koshelok.web.schemas import Schema
from koshelok.workspaces.models import NAME_LIMIT, Membership
from koshelok.workspaces.queries import Member

KindName = Literal["personal", "shop"]
RoleName = Literal["owner", "editor", "viewer"]


class WorkspacePath(Schema):
    """`/workspaces/{id}`."""

    id: int = Field(ge=1, le=MAX_ID)


class MemberPath(WorkspacePath):
    """`/workspaces/{id}/members/{user_id}`."""

    user_id: int = Field(ge=1, le=MAX_ID)


class WorkspaceIn(Schema):
    """A workspace to open."""

    name: str = Field(max_length=NAME_LIMIT, examples=["Malika do'koni"])
    kind: KindName = Field(examples=["shop"])
    time_zone: str = Field("Asia/Tashkent", max_length=60, examples=["Asia/Tashkent"])


class WorkspacePatch(Schema):
    """What of a workspace may change."""

    name: str | None = Field(None, max_length=NAME_LIMIT, examples=["Malika do'koni"])
    time_zone: str | None = Field(None, max_length=60, examples=["Asia/Tashkent"])
    month_start: int | None = Field(None, strict=True, examples=[25])


class WorkspaceOut(Schema):
    """A workspace, with the caller's role there."""

    id: int = Field(examples=[12])
    name: str = Field(examples=["Malika do'koni"])
    kind: KindName
    time_zone: str = Field(examples=["Asia/Tashkent"])
    month_start: int = Field(ge=1, le=28, description="The day that its months begin on.")
    role: RoleName
    created_at: datetime


class WorkspaceListOut(Schema):
    """The caller's workspaces, all of them."""

    items: list[WorkspaceOut]
    next_cursor: str | None = None


class MemberIn(Schema):
    """A person to let in."""

    contact: str = Field(max_length=254, examples=["+998901234567"])
    role: RoleName = Field(examples=["editor"])


class MemberPatch(Schema):
    """A member's new role."""

    role: RoleName = Field(examples=["viewer"])


class MemberOut(Schema):
    """A person in a workspace."""

    user_id: int = Field(examples=[7])
    full_name: str = Field(examples=["Malika Karimova"])
    contact: str = Field(examples=["+998901234567"])
    role: RoleName
    created_at: datetime


class MemberListOut(Schema):
    """The people of a workspace, all of them."""

    items: list[MemberOut]
    next_cursor: str | None = None


def workspace_out(membership: Membership) -> WorkspaceOut:
    """A workspace as its member sees it."""
    workspace = membership.workspace
    return WorkspaceOut.model_validate(
        {
            "id": workspace.id,
            "name": workspace.name,
            "kind": workspace.kind,
            "time_zone": workspace.time_zone,
            "month_start": workspace.month_start,
            "role": membership.role,
            "created_at": workspace.created_at,
        }
    )


def member_out(member: Member) -> MemberOut:
    """A member as JSON."""
    return MemberOut.model_validate(member)
