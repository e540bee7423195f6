"""What can be done to workspaces and their members."""

from zoneinfo import available_timezones

from sqlalchemy import delete, select

from koshelok.audit import operations as audit
from koshelok.core.clock import TASHKENT
from koshelok.core.errors import Forbidden, NotFound
from koshelok.core.events import publish
from koshelok.core.text import clean
from koshelok.identity.events import AccountCloses, AccountErased, UserRegistered
from koshelok.identity.queries import find_user_by_contact
from koshelok.infra.db import session
from koshelok.workspaces.errors import (
    AlreadyMember,
    LastOwner,
    MonthStartOutOfRange,
    OnlyOwner,
    PersonalWorkspaceNotShared,
    UnknownContact,
    UnknownTimeZone,
)
from koshelok.workspaces.events import WorkspaceCreated
from koshelok.workspaces.models import MONTH_STARTS, NAME_LIMIT, Kind, Membership, Role, Workspace
from koshelok.workspaces.queries import get_membership, list_members, list_owned_alone

PERSONAL_NAMES = {"uz": "Shaxsiy hamyon", "ru": "Личный кошелёк", "en": "Personal wallet"}


def open_personal_workspace(event: UserRegistered) -> None:
    """Give a new user their own workspace, in the transaction of their registration."""
    _open(
        user_id=event.user_id,
        name=PERSONAL_NAMES.get(event.language, PERSONAL_NAMES["uz"]),
        kind=Kind.PERSONAL,
        language=event.language,
        personal_of_id=event.user_id,
    )


def open_workspace(
    *, actor_id: int, name: str, kind: str, language: str, time_zone: str = TASHKENT
) -> Membership:
    """Open a workspace owned by the actor. Raises Invalid for a blank or long name."""
    membership = _open(
        user_id=actor_id,
        name=clean(name, limit=NAME_LIMIT, field="name", required=True),
        kind=Kind(kind),
        language=language,
        time_zone=_known_zone(time_zone),
    )
    audit.record(
        action="workspace.opened",
        actor_id=actor_id,
        subject_type="workspace",
        subject_id=membership.workspace_id,
        workspace_id=membership.workspace_id,
    )
    return membership


def _open(
    *,
    user_id: int,
    name: str,
    kind: Kind,
    language: str,
    time_zone: str = TASHKENT,
    personal_of_id: int | None = None,
) -> Membership:
    workspace = Workspace(name=name, kind=kind, time_zone=time_zone, personal_of_id=personal_of_id)
    session.add(workspace)
    session.flush()
    membership = Membership(workspace=workspace, user_id=user_id, role=Role.OWNER)
    session.add(membership)
    session.flush()
    publish(WorkspaceCreated(workspace_id=workspace.id, kind=kind, language=language))
    return membership


def edit_workspace(
    *,
    actor_id: int,
    workspace_id: int,
    name: str | None = None,
    time_zone: str | None = None,
    month_start: int | None = None,
) -> Membership:
    """Rename a workspace, move its time zone or the day its months begin on; by an owner.

    Raises Invalid for the name, UnknownTimeZone, MonthStartOutOfRange.
    """
    membership = _as_owner(actor_id, workspace_id)
    if name is not None:
        membership.workspace.name = clean(name, limit=NAME_LIMIT, field="name", required=True)
    if time_zone is not None:
        membership.workspace.time_zone = _known_zone(time_zone)
    if month_start is not None:
        if month_start not in MONTH_STARTS:
            raise MonthStartOutOfRange
        membership.workspace.month_start = month_start
    session.flush()
    return membership


def add_member(*, actor_id: int, workspace_id: int, contact: str, role: str) -> int:
    """Let a known person in; answers their user id. Raises UnknownContact, AlreadyMember."""
    _as_owner(actor_id, workspace_id)
    user = find_user_by_contact(contact)
    if user is None:
        raise UnknownContact
    if _find(workspace_id, user.id) is not None:
        raise AlreadyMember
    join(workspace_id=workspace_id, user_id=user.id, role=role)
    _record(actor_id, workspace_id, user.id, "member.added", role)
    return user.id


def join(*, workspace_id: int, user_id: int, role: str) -> None:
    """Make a user a member; who may let them in was asked before."""
    session.add(Membership(workspace_id=workspace_id, user_id=user_id, role=Role(role)))
    session.flush()


def change_role(*, actor_id: int, workspace_id: int, user_id: int, role: str) -> None:
    """Change what a member may do; raises LastOwner, PersonalWorkspaceNotShared."""
    membership = _as_owner(actor_id, workspace_id)
    _keep_an_owner(membership.workspace, user_id, staying=role == Role.OWNER)
    target = _get_locked(workspace_id, user_id)
    target.role = Role(role)
    session.flush()
    _record(actor_id, workspace_id, user_id, "member.role_changed", role)


def remove_member(*, actor_id: int, workspace_id: int, user_id: int) -> None:
    """End a membership: an owner ends anyone's, everybody their own."""
    membership = get_membership(actor_id, workspace_id)
    if actor_id != user_id and membership.role != Role.OWNER:
        raise Forbidden
    _keep_an_owner(membership.workspace, user_id, staying=False)
    session.delete(_get_locked(workspace_id, user_id))
    session.flush()
    _record(actor_id, workspace_id, user_id, "member.removed", "")


def _as_owner(actor_id: int, workspace_id: int) -> Membership:
    membership = get_membership(actor_id, workspace_id)
    if membership.role != Role.OWNER:
        raise Forbidden
    return membership


def _keep_an_owner(workspace: Workspace, user_id: int, *, staying: bool) -> None:
    """Raise unless an owner remains; locks the owners, so that two cannot leave at once."""
    if staying:
        return
    if workspace.personal_of_id == user_id:
        raise PersonalWorkspaceNotShared
    owners = session.scalars(
        select(Membership.user_id)
        .where(Membership.workspace_id == workspace.id, Membership.role == Role.OWNER)
        .order_by(Membership.user_id)
        .with_for_update()
    ).all()
    if list(owners) == [user_id]:
        raise LastOwner


def _find(workspace_id: int, user_id: int) -> Membership | None:
    return session.get(Membership, (workspace_id, user_id))


def _get_locked(workspace_id: int, user_id: int) -> Membership:
    found = session.get(Membership, (workspace_id, user_id), with_for_update=True)
    if found is None:
        raise NotFound
    return found


def _record(actor_id: int, workspace_id: int, user_id: int, action: str, role: str) -> None:
    audit.record(
        action=action,
        actor_id=actor_id,
        subject_type="user",
        subject_id=user_id,
        workspace_id=workspace_id,
        details={"role": role},
    )


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise UnknownTimeZone
    return name


def keep_shared(event: AccountCloses) -> None:
    """Refuse to leave others in a workspace without an owner; raises OnlyOwner."""
    for workspace_id in list_owned_alone(event.user_id):
        workspace = session.get_one(Workspace, workspace_id)
        if workspace.personal_of_id is None and len(list_members(workspace_id)) > 1:
            raise OnlyOwner(name=workspace.name)


def forget_person(event: AccountErased) -> None:
    """Erase the wallets that are theirs alone with all that is in them, and end their memberships;
    a shop stays for those who bought there."""
    alone = Workspace.id.in_(list_owned_alone(event.user_id)) & (Workspace.kind == Kind.PERSONAL)
    session.execute(delete(Workspace).where(alone | (Workspace.personal_of_id == event.user_id)))
    session.execute(delete(Membership).where(Membership.user_id == event.user_id))
