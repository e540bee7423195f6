"""What a person may do in the whole house; it holds from their next request on."""

from sqlalchemy import select

from koshelok.audit import operations as audit
from koshelok.identity.errors import LastAdmin, OwnRole
from koshelok.identity.models import Role, User
from koshelok.identity.queries import get_user
from koshelok.infra.db import session


def change_role(*, actor_id: int, user_id: int, role: str) -> User:
    """Give somebody else another role; raises OwnRole, LastAdmin, NotFound.

    All administrators are locked, in the order of ids: of two who demote each other, the
    second finds that the first one is the last.
    """
    if user_id == actor_id:
        raise OwnRole
    admins = session.scalars(
        select(User.id).where(User.role == Role.ADMIN).order_by(User.id).with_for_update()
    ).all()
    user = get_user(user_id, lock=True)
    before = user.role
    if before == role:
        return user
    if list(admins) == [user_id]:
        raise LastAdmin
    user.role = Role(role)
    session.flush()
    audit.record(
        action="user.role_changed",
        actor_id=actor_id,
        subject_type="user",
        subject_id=user_id,
        details={"from": before, "to": role},
    )
    return user
