"""What a person says about themselves: names, language, photo."""

from sqlalchemy.exc import IntegrityError

from koshelok.core.text import clean
from koshelok.identity.contacts import parse_username
from koshelok.identity.errors import UsernameTaken
from koshelok.identity.models import NAME_LIMIT, User
from koshelok.identity.photos import remove_photo, save_photo
from koshelok.identity.queries import get_user
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import after_commit


def edit_profile(
    *,
    actor_id: int,
    first_name: str | None = None,
    last_name: str | None = None,
    username: str | None = None,
    language: str | None = None,
) -> User:
    """Change what is given; raises TextTooLong, InvalidUsername, UsernameTaken."""
    user = get_user(actor_id)
    if first_name is not None:
        user.first_name = clean(first_name, limit=NAME_LIMIT, field="first_name")
    if last_name is not None:
        user.last_name = clean(last_name, limit=NAME_LIMIT, field="last_name")
    if language is not None:
        user.language = language
    session.flush()
    if username is not None:
        _rename(user, parse_username(username))
    return user


def set_photo(*, actor_id: int, data: bytes) -> User:
    """Give the actor a photo; raises PhotoInvalid."""
    user = get_user(actor_id)
    former, user.avatar = user.avatar, save_photo(data)
    session.flush()
    _remove_later(former)
    return user


def remove_photo_of(*, actor_id: int) -> None:
    """Take the actor's photo away, if there is one."""
    user = get_user(actor_id)
    former, user.avatar = user.avatar, None
    session.flush()
    _remove_later(former)


def _rename(user: User, username: str) -> None:
    try:
        with session.begin_nested():
            user.username = username
    except IntegrityError as error:
        raise UsernameTaken from error


def _remove_later(name: str | None) -> None:
    """Not before the commit: until then the former photo is the one."""
    if name is not None:
        after_commit(lambda: remove_photo(name))
