"""Proving again that it is you: for what a device left open must not be able to do."""

from koshelok.identity.errors import WrongPassword
from koshelok.identity.operations.passwords import check_own_password
from koshelok.identity.operations.totp import use_second_factor
from koshelok.identity.queries import get_user
from koshelok.infra.db import session


def prove(*, actor_id: int, password: str | None = None, code: str | None = None) -> bool:
    """Whether the actor has just proved themselves; False when nothing is given.

    A password is looked at before a code of the app or a recovery code, which is spent. Raises
    WrongPassword and InvalidTotp, both counted and kept when the transaction is refused, and
    TooManyRequests during a wait.
    """
    user = get_user(actor_id)
    if password:
        # Held, so that guesses at the same moment are counted one after the other.
        session.refresh(user, with_for_update={"key_share": True})
        check_own_password(user=user, password=password, refusal=WrongPassword())
        return True
    if code and code.strip():
        use_second_factor(user=user, code=code)
        return True
    return False
