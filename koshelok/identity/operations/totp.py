"""The second factor: an authenticator app, and recovery codes for when it is lost.

Each try holds the row of the person's app, so that tries at the same moment come one after
the other: none is compared before those before it are counted, and no code works twice.
"""

import hmac

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from koshelok.audit import operations as audit
from koshelok.core.clock import now
from koshelok.core.errors import NotFound
from koshelok.identity.authenticator import (
    matching_step,
    new_recovery_codes,
    new_secret,
    plain,
    seal,
)
from koshelok.identity.errors import (
    InvalidTotp,
    SessionEnded,
    TotpAlreadyOn,
    TotpNotStarted,
    TotpOff,
    TotpRequired,
)
from koshelok.identity.models import RecoveryCode, TotpDevice, User
from koshelok.identity.operations.failures import (
    count_failure,
    forget_failures,
    keyed_hash,
    refuse_while_waiting,
)
from koshelok.identity.operations.sessions import Device, SignIn, start_session
from koshelok.identity.queries import TOTP_PENDING, find_user_by_login, get_user
from koshelok.infra.db import session
from koshelok.messaging import operations as messaging


def start_totp(*, actor_id: int) -> str:
    """Answer a new secret, which waits an hour for its first code; a former waiting one dies.

    Raises TotpAlreadyOn.
    """
    secret = new_secret()
    waiting: dict[str, object] = {"secret": seal(secret), "created_at": now()}
    stored = session.scalar(
        insert(TotpDevice)
        .values(user_id=actor_id, last_step=0, **waiting)
        .on_conflict_do_update(
            index_elements=["user_id"], set_=waiting, where=TotpDevice.confirmed_at.is_(None)
        )
        .returning(TotpDevice.user_id)
    )
    if stored is None:
        raise TotpAlreadyOn
    return secret


def confirm_totp(*, actor_id: int, code: str) -> list[str]:
    """Turn the second factor on by the app's first code; answers the recovery codes.

    Raises TotpAlreadyOn, TotpNotStarted, InvalidTotp, TooManyRequests.
    """
    user, device = get_user(actor_id), _device_locked(actor_id)
    if device is not None and device.confirmed_at is not None:
        raise TotpAlreadyOn
    if device is None or device.created_at < now() - TOTP_PENDING:
        raise TotpNotStarted
    _check(user, device, code, "code")
    device.confirmed_at, user.totp = now(), True
    session.flush()
    _note(user, "totp.turned_on")
    _tell(user, "on")
    return _make_recovery_codes(user.id)


def turn_off_totp(*, actor_id: int, code: str) -> None:
    """Ask for no second factor any more; the app and the recovery codes are forgotten.

    Raises TotpOff, InvalidTotp, TooManyRequests.
    """
    user = get_user(actor_id)
    device = _device_in_use(user)
    _check(user, device, code, "code")
    _turn_off(user, device)
    _note(user, "totp.turned_off")


def take_totp_away(*, login: str) -> User:
    """Turn the second factor of one who lost the app and the recovery codes off.

    For support, who has made sure who asks. Raises NotFound, TotpOff.
    """
    user = find_user_by_login(login)
    if user is None:
        raise NotFound
    _turn_off(user, _device_in_use(user))
    audit.record(action="totp.taken_away", subject_type="user", subject_id=user.id)
    return user


def _turn_off(user: User, device: TotpDevice) -> None:
    _forget_recovery_codes(user.id)
    session.delete(device)
    user.totp = False
    session.flush()
    _tell(user, "off")


def renew_recovery_codes(*, actor_id: int, code: str) -> list[str]:
    """Answer new recovery codes; the former ones die. Raises as turn_off_totp."""
    user = get_user(actor_id)
    _check(user, _device_in_use(user), code, "code")
    _note(user, "totp.recovery_codes_made")
    return _make_recovery_codes(user.id)


def require_second_factor(*, user: User, code: str | None, field: str = "code") -> None:
    """Let pass who has no second factor, or gives it; to be asked once the first is proved.

    Raises TotpRequired where none is given, InvalidTotp, TooManyRequests.
    """
    if not user.totp:
        return
    if not code or not code.strip():
        raise TotpRequired(user_id=user.id, stamp=_stamp(user))
    try:
        use_second_factor(user=user, code=code, field=field)
    except InvalidTotp:
        audit.record(
            action="sign_in.failed",
            subject_type="user",
            subject_id=user.id,
            details={"factor": "totp"},
        )
        raise


def finish_sign_in(*, user_id: int, stamp: str, code: str, device: Device) -> SignIn:
    """Sign in who proved the first factor, which `stamp` of TotpRequired tells, by the second.

    Raises SessionEnded where the password has changed since, InvalidTotp, TooManyRequests.
    """
    user = get_user(user_id)
    if not hmac.compare_digest(_stamp(user), stamp):
        raise SessionEnded
    require_second_factor(user=user, code=code)
    return start_session(user=user, device=device)


def use_second_factor(*, user: User, code: str, field: str = "code") -> None:
    """Spend a code of the app or a recovery code; raises InvalidTotp, TooManyRequests."""
    device = _device_locked(user.id)
    confirmed = device if device is not None and device.confirmed_at is not None else None
    _check(user, confirmed, code, field)


def forget_old_totp() -> int:
    """Delete secrets whose first code never came; answers how many."""
    gone = session.scalars(
        delete(TotpDevice)
        .where(TotpDevice.confirmed_at.is_(None), TotpDevice.created_at < now() - TOTP_PENDING)
        .returning(TotpDevice.user_id)
    )
    return len(gone.all())


def _check(user: User, device: TotpDevice | None, code: str, field: str) -> None:
    whose, given = str(user.id), plain(code)
    refuse_while_waiting(what="totp", whose=whose, user=user)
    if device is None or not (_use_step(device, given) or _use_recovery_code(device, given)):
        count_failure(what="totp", whose=whose)
        raise InvalidTotp(field=field)
    forget_failures(what="totp", whose=whose)


def _use_step(device: TotpDevice, given: str) -> bool:
    step = matching_step(device.secret, given, now())
    if step is None or step <= device.last_step:
        return False
    device.last_step = step
    session.flush()
    return True


def _use_recovery_code(device: TotpDevice, given: str) -> bool:
    used = session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == device.user_id,
            RecoveryCode.code_hash == _hash(device.user_id, given),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
        .returning(RecoveryCode.user_id)
    )
    if used is not None:
        audit.record(
            action="totp.recovery_code_used", actor_id=used, subject_type="user", subject_id=used
        )
    return used is not None


def _make_recovery_codes(user_id: int) -> list[str]:
    _forget_recovery_codes(user_id)
    codes = new_recovery_codes()
    session.add_all(
        RecoveryCode(user_id=user_id, code_hash=_hash(user_id, plain(code))) for code in codes
    )
    session.flush()
    return codes


def _forget_recovery_codes(user_id: int) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def _device_locked(user_id: int) -> TotpDevice | None:
    return session.get(TotpDevice, user_id, with_for_update=True, populate_existing=True)


def _device_in_use(user: User) -> TotpDevice:
    device = _device_locked(user.id)
    if device is None or device.confirmed_at is None:
        raise TotpOff
    return device


def _note(user: User, action: str) -> None:
    audit.record(action=action, actor_id=user.id, subject_type="user", subject_id=user.id)


def _tell(user: User, state: str) -> None:
    """Whoever did it, the person hears of it wherever they can be reached."""
    for channel, to in (("sms", user.phone_number), ("email", user.email)):
        if to is not None:
            messaging.send(to=to, channel=channel, kind="totp", language=user.language, state=state)


def _hash(user_id: int, given: str) -> str:
    return keyed_hash("recovery", str(user_id), given)


def _stamp(user: User) -> str:
    return keyed_hash("first factor", str(user.id), user.password_hash or "")
