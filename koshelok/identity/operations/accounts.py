"""How people come to be here and how they prove who they are."""

from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError

from koshelok.audit import operations as audit
from koshelok.core.events import publish
from koshelok.core.text import clean
from koshelok.identity.contacts import Contact, find_contact, login_key, parse_username
from koshelok.identity.errors import InvalidCredentials, InvalidTotp, UsernameTaken
from koshelok.identity.events import UserRegistered
from koshelok.identity.models import NAME_LIMIT, Purpose, Role, User
from koshelok.identity.operations.codes import give_back_code, use_code
from koshelok.identity.operations.failures import (
    count_failure,
    forget_failures,
    refuse_while_waiting,
)
from koshelok.identity.operations.sessions import Device, SignIn, start_session
from koshelok.identity.operations.totp import require_second_factor
from koshelok.identity.passwords import (
    check_password,
    hash_password,
    needs_rehash,
    verify_password,
)
from koshelok.identity.queries import find_user, find_user_by_login
from koshelok.infra.db import session


def register_with_password(
    *, username: str, password: str, full_name: str = "", language: str = "uz"
) -> User:
    """Make a user with a user name and a password; the first word is the first name.

    Raises InvalidUsername, UsernameTaken, or what check_password refuses.
    """
    name = parse_username(username)
    first_name, last_name = split_name(full_name)
    check_password(password, personal=(name, full_name))
    return _register(
        User(
            username=name,
            password_hash=hash_password(password),
            first_name=first_name,
            last_name=last_name,
            language=language,
        )
    )


def verify_code(
    *, verification_id: UUID, code: str, device: Device, language: str, totp: str | None = None
) -> tuple[SignIn, bool]:
    """Sign in by a code; a new contact becomes a user here. Says whether it is new.

    Raises InvalidCode, TooManyRequests, and TotpRequired or InvalidTotp where `totp` must be
    given too: the code is spent only by signing in.
    """
    contact = use_code(purpose=Purpose.REGISTER, verification_id=verification_id, code=code)
    user = find_user(contact)
    is_new = user is None
    if user is None:
        user = _register_contact(contact, language)
    try:
        require_second_factor(user=user, code=totp, field="totp")
    except InvalidTotp:
        give_back_code(verification_id=verification_id)
        raise
    return start_session(user=user, device=device), is_new


def sign_in(*, login: str, password: str, device: Device, code: str | None = None) -> SignIn:
    """Sign in by phone, e-mail or user name and a password.

    Raises InvalidCredentials, in the same time whatever is wrong, and TooManyRequests
    during a wait; once the password is right, TotpRequired or InvalidTotp.
    """
    whose, user = login_key(login), find_user_by_login(login)
    refuse_while_waiting(what="password", whose=whose, user=user)
    if not verify_password(user.password_hash if user else None, password) or user is None:
        count_failure(what="password", whose=whose)
        audit.record(
            action="sign_in.failed", subject_type="user", subject_id=user.id if user else None
        )
        raise InvalidCredentials
    forget_failures(what="password", whose=whose)
    if user.password_hash and needs_rehash(user.password_hash):
        user.password_hash = hash_password(password)
    require_second_factor(user=user, code=code)
    return start_session(user=user, device=device)


def make_admin(*, login: str, password: str) -> User:
    """Make a user an administrator, or register one by user name, phone or e-mail.

    A known user keeps their names and gets this password.
    """
    user = find_user_by_login(login)
    if user is None:
        contact = find_contact(login)
        user = (
            _register_contact(contact, "uz")
            if contact
            else register_with_password(username=login, password=password)
        )
    check_password(password, personal=(user.username, user.phone_number, user.email))
    user.password_hash, user.role = hash_password(password), Role.ADMIN
    session.flush()
    audit.record(
        action="user.role_changed",
        subject_type="user",
        subject_id=user.id,
        details={"role": Role.ADMIN},
    )
    return user


def split_name(full_name: str) -> tuple[str, str]:
    """The first word and the rest; raises TextTooLong."""
    first, _, last = clean(full_name, limit=2 * NAME_LIMIT, field="full_name").partition(" ")
    return (
        clean(first, limit=NAME_LIMIT, field="full_name"),
        clean(last, limit=NAME_LIMIT, field="full_name"),
    )


def _register_contact(contact: Contact, language: str) -> User:
    field = "phone_number" if contact.channel == "sms" else "email"
    try:
        return _register(User(**{field: contact.value}, language=language))
    except IntegrityError:
        existing = find_user(contact)  # two codes of one contact, proved at the same moment
        if existing is None:
            raise
        return existing


def _register(user: User) -> User:
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        if user.username is not None and isinstance(error.orig, UniqueViolation):
            raise UsernameTaken from error
        raise
    publish(UserRegistered(user_id=user.id, language=user.language))
    audit.record(
        action="user.registered", actor_id=user.id, subject_type="user", subject_id=user.id
    )
    return user
