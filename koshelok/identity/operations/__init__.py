"""What can be done to people, their devices, codes and passwords, split by noun."""

from koshelok.identity.operations.accounts import (
    make_admin,
    register_with_password,
    sign_in,
    verify_code,
)
from koshelok.identity.operations.closing import (
    GRACE,
    close_account,
    erase_account,
    keep_account,
    list_due_to_close,
)
from koshelok.identity.operations.codes import forget_old_codes, resend_code, send_code
from koshelok.identity.operations.failures import forget_old_failures
from koshelok.identity.operations.passwords import change_password, reset_password, set_password
from koshelok.identity.operations.profile import edit_profile, remove_photo_of, set_photo
from koshelok.identity.operations.proofs import prove
from koshelok.identity.operations.roles import change_role
from koshelok.identity.operations.sessions import (
    Device,
    SignIn,
    end_all_sessions,
    end_own_session,
    end_session,
    forget_old_sessions,
    refresh_session,
    replace_session,
    start_session,
    touch_session,
)
from koshelok.identity.operations.totp import (
    confirm_totp,
    finish_sign_in,
    forget_old_totp,
    renew_recovery_codes,
    start_totp,
    take_totp_away,
    turn_off_totp,
)

__all__ = [
    "GRACE",
    "Device",
    "SignIn",
    "change_password",
    "change_role",
    "close_account",
    "confirm_totp",
    "edit_profile",
    "end_all_sessions",
    "end_own_session",
    "end_session",
    "erase_account",
    "finish_sign_in",
    "forget_old_codes",
    "forget_old_failures",
    "forget_old_sessions",
    "forget_old_totp",
    "keep_account",
    "list_due_to_close",
    "make_admin",
    "prove",
    "refresh_session",
    "register_with_password",
    "remove_photo_of",
    "renew_recovery_codes",
    "replace_session",
    "resend_code",
    "reset_password",
    "send_code",
    "set_password",
    "set_photo",
    "sign_in",
    "start_session",
    "start_totp",
    "take_totp_away",
    "touch_session",
    "turn_off_totp",
    "verify_code",
]
