"""Reads of workspaces: always on behalf of one user, who sees only their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, bindparam, exists, func, select
from sqlalchemy.orm import contains_eager

from koshelok.core.errors import NotFound
from koshelok.identity.queries import list_users
from koshelok.infra.db import session
from koshelok.workspaces.models import Membership, Workspace


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a workspace, as others there see them."""

    user_id: int
    full_name: str
    contact: str
    role: str
    created_at: datetime


def list_memberships(user_id: int) -> Sequence[Membership]:
    """The user's workspaces, the personal one first, then by age; one query."""
    return session.scalars(
        select(Membership)
        .join(Membership.workspace)
        .options(contains_eager(Membership.workspace))
        .where(Membership.user_id == user_id)
        .order_by(Workspace.personal_of_id.is_distinct_from(user_id), Workspace.id)
    ).all()


# Asked at every request, so built once, and read as plain rows.
_PLACES = (
    select(
        Workspace.id,
        Workspace.name,
        Workspace.kind,
        Workspace.time_zone,
        Workspace.month_start,
        Membership.role,
    )
    .join_from(Membership, Workspace)
    .where(Membership.user_id == bindparam("user_id"))
    .order_by(Workspace.personal_of_id.is_distinct_from(bindparam("user_id")), Workspace.id)
)


def list_places(user_id: int) -> Sequence[Row[int, str, str, str, int, str]]:
    """Id, name, kind, zone and first day of the month of the user's workspaces, and their role;
    the personal one first."""
    return session.execute(_PLACES, {"user_id": user_id}).all()


NAMES = select(Workspace.id, Workspace.name).subquery("workspace_names")
"""Every workspace by its name, for what others join to it."""


def get_kind(workspace_id: int) -> str:
    """What a workspace is for: personal or shop."""
    return session.scalars(select(Workspace.kind).where(Workspace.id == workspace_id)).one()


def get_public_name(workspace_id: int) -> str:
    """What people outside call a workspace: a shop's name, or the person whose own it is."""
    name, owner_id = session.execute(
        select(Workspace.name, Workspace.personal_of_id).where(Workspace.id == workspace_id)
    ).one()
    owner = list_users([owner_id]) if owner_id else ()
    return str(owner[0].full_name or name) if owner else str(name)


def get_personal(user_id: int) -> Workspace:
    """A person's own workspace; raises NotFound."""
    found = session.scalar(select(Workspace).where(Workspace.personal_of_id == user_id))
    if found is None:
        raise NotFound
    return found


def is_member(user_id: int, workspace_id: int) -> bool:
    """Whether a user has a place in a workspace."""
    found = session.scalar(
        select(Membership.user_id).filter_by(user_id=user_id, workspace_id=workspace_id)
    )
    return found is not None


def get_membership(user_id: int, workspace_id: int) -> Membership:
    """The user's place in a workspace; raises NotFound for a stranger."""
    found = session.scalar(
        select(Membership)
        .join(Membership.workspace)
        .options(contains_eager(Membership.workspace))
        .where(Membership.user_id == user_id, Membership.workspace_id == workspace_id)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def list_members(workspace_id: int) -> list[Member]:
    """The people of a workspace, the oldest members first."""
    rows = session.scalars(
        select(Membership)
        .where(Membership.workspace_id == workspace_id)
        .order_by(Membership.created_at, Membership.user_id)
    ).all()
    people = {user.id: user for user in list_users([row.user_id for row in rows])}
    return [
        Member(
            user_id=row.user_id,
            full_name=people[row.user_id].full_name,
            contact=people[row.user_id].contact,
            role=row.role,
            created_at=row.created_at,
        )
        for row in rows
    ]


def find_owner(workspace_id: int) -> int | None:
    """Who of a workspace's owners has been one the longest."""
    found: int | None = session.scalar(_select_owner(workspace_id))
    return found


def list_owned_alone(user_id: int) -> list[int]:
    """Ids of the workspaces that this person owns and nobody else does."""
    owners = select(Membership.workspace_id).where(Membership.role == "owner")
    alone = owners.group_by(Membership.workspace_id).having(
        func.count() == 1, func.min(Membership.user_id) == user_id
    )
    mine = select(Membership.workspace_id).filter_by(user_id=user_id)
    return list(session.scalars(alone.where(Membership.workspace_id.in_(mine))))


def is_owner(
    user_id: int | ColumnElement[int], workspace_id: int | ColumnElement[int]
) -> ColumnElement[bool]:
    """Whether somebody is an owner of a workspace, in another's query."""
    return exists().where(
        Membership.user_id == user_id,
        Membership.workspace_id == workspace_id,
        Membership.role == "owner",
    )


def owner_of(workspace_id: ColumnElement[int]) -> ScalarSelect[int]:
    """The same of each workspace of another's query."""
    return _select_owner(workspace_id).correlate_except(Membership).scalar_subquery()


def _select_owner(workspace_id: int | ColumnElement[int]) -> Select[int]:
    return (
        select(Membership.user_id)
        .where(Membership.workspace_id == workspace_id, Membership.role == "owner")
        .order_by(Membership.created_at, Membership.user_id)
        .limit(1)
    )


def get_member(workspace_id: int, user_id: int) -> Member:
    """One person of a workspace; raises NotFound."""
    for member in list_members(workspace_id):
        if member.user_id == user_id:
            return member
    raise NotFound
