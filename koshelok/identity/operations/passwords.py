"""Passwords set, changed and forgotten."""

from uuid import UUID

from koshelok.audit import operations as audit
from koshelok.core.errors import DomainError
from koshelok.identity.errors import InvalidCode, PasswordAlreadySet, WrongOldPassword
from koshelok.identity.models import Purpose, User
from koshelok.identity.operations.codes import use_code
from koshelok.identity.operations.failures import (
    count_failure,
    forget_failures,
    refuse_while_waiting,
)
from koshelok.identity.operations.sessions import end_all_sessions
from koshelok.identity.passwords import check_password, hash_password, verify_password
from koshelok.identity.queries import find_user, get_user
from koshelok.infra.db import session


def set_password(*, actor_id: int, password: str) -> User:
    """Set the first password of one who signed up by code; raises PasswordAlreadySet."""
    user = _get_locked(actor_id)
    if user.password_hash is not None:
        raise PasswordAlreadySet
    _store(user, password, "password", "password.set")
    return user


def change_password(
    *, actor_id: int, session_id: UUID, old_password: str, new_password: str
) -> User:
    """Change a password; every other session ends. Raises WrongOldPassword."""
    user = _get_locked(actor_id)
    check_own_password(user=user, password=old_password, refusal=WrongOldPassword())
    _store(user, new_password, "new_password", "password.changed")
    end_all_sessions(user_id=user.id, spared=session_id)
    return user


def reset_password(*, verification_id: UUID, code: str, password: str) -> User:
    """Set a new password by a code; every session ends. Raises InvalidCode.

    The password is looked at first: a weak one costs no try at the code.
    """
    check_password(password)
    contact = use_code(purpose=Purpose.RESET, verification_id=verification_id, code=code)
    user = find_user(contact)
    if user is None:
        raise InvalidCode
    _store(user, password, "password", "password.reset")
    for login in (user.username, user.phone_number, user.email):
        if login:
            forget_failures(what="password", whose=login.lower())
    end_all_sessions(user_id=user.id)
    return user


def check_own_password(*, user: User, password: str, refusal: DomainError) -> None:
    """Raise `refusal`, counted, unless this is the user's password; their row is to be locked.

    Raises TooManyRequests during a wait.
    """
    refuse_while_waiting(what="old-password", whose=str(user.id), user=user)
    if not verify_password(user.password_hash, password):
        count_failure(what="old-password", whose=str(user.id))
        raise refusal
    forget_failures(what="old-password", whose=str(user.id))


def _store(user: User, password: str, field: str, action: str) -> None:
    personal = (user.username, user.phone_number, user.email, user.full_name)
    check_password(password, personal=personal, field=field)
    user.password_hash = hash_password(password)
    session.flush()
    audit.record(action=action, actor_id=user.id, subject_type="user", subject_id=user.id)


def _get_locked(user_id: int) -> User:
    get_user(user_id)
    return session.get_one(User, user_id, with_for_update=True, populate_existing=True)
