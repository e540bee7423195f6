"""What can be done to people, their devices, codes and passwords, split by noun."""

from koshelok.identity.operations.accounts import (
    make_admin,
    register_with_password,
    sign_in,
    verify_code,
)
from koshelok.identity.operations.codes import forget_old_codes, resend_code, send_code
from koshelok.identity.operations.failures import forget_old_failures
from koshelok.identity.operations.passwords import change_password, reset_password, set_password
from koshelok.identity.operations.profile import edit_profile, remove_photo_of, set_photo
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

__all__ = [
    "Device",
    "SignIn",
    "change_password",
    "edit_profile",
    "end_all_sessions",
    "end_own_session",
    "end_session",
    "forget_old_codes",
    "forget_old_failures",
    "forget_old_sessions",
    "make_admin",
    "refresh_session",
    "register_with_password",
    "remove_photo_of",
    "replace_session",
    "resend_code",
    "reset_password",
    "send_code",
    "set_password",
    "set_photo",
    "sign_in",
    "start_session",
    "touch_session",
    "verify_code",
]
