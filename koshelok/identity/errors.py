"""What identity refuses."""

from koshelok.core.errors import DomainError, Invalid, Unauthenticated


class InvalidContact(Invalid):
    """Neither a phone number nor an e-mail."""

    code = "invalid_contact"
    message = "Write a phone number such as +998 90 123 45 67, or an e-mail."
    field = "contact"


class ContactOrUsername(Invalid):
    """A registration names a contact, or a user name with a password."""

    code = "contact_or_username"
    message = "Give a phone or e-mail alone, or a user name with a password."
    field = "contact"


class InvalidUsername(Invalid):
    """Not a user name; its twin is the CHECK on users."""

    code = "invalid_username"
    message = (
        "A user name has 3 to 30 letters a-z, digits, dots, dashes or underscores, "
        "and starts with a letter."
    )
    field = "username"


class UsernameTaken(Invalid):
    """Somebody has this user name."""

    code = "username_taken"
    message = "This user name is taken. Choose another."
    field = "username"


class PasswordTooShort(Invalid):
    """Easy to guess by trying."""

    code = "password_too_short"
    message = "Use at least %(limit)s characters."
    field = "password"


class PasswordTooLong(Invalid):
    """Longer than anybody types."""

    code = "password_too_long"
    message = "Use at most %(limit)s characters."
    field = "password"


class PasswordTooCommon(Invalid):
    """Among the first that anybody would try."""

    code = "password_too_common"
    message = "This password is easy to guess. A few words that do not belong together are better."
    field = "password"


class PasswordInvalid(Invalid):
    """Text that no keyboard makes."""

    code = "password_invalid"
    message = "This password holds characters that cannot be stored."
    field = "password"


class PasswordAlreadySet(DomainError):
    """A first password is set once; then it is changed."""

    code = "password_already_set"
    message = "You have a password already. Change it instead."
    field = "password"


class WrongOldPassword(Invalid):
    """The present password was not given."""

    code = "wrong_password"
    message = "This is not your present password."
    field = "old_password"
    keeps = True


class WrongPassword(Invalid):
    """The password that was to prove who acts is another."""

    code = "wrong_password"
    message = "This is not your password."
    field = "password"
    keeps = True


class InvalidCredentials(DomainError):
    """The login or the password is wrong; which one is not told."""

    code = "invalid_credentials"
    status = 401
    message = "The login or the password is wrong."
    keeps = True


class InvalidCode(Invalid):
    """Wrong, out of time, used, burned, or for something else; which one is not told."""

    code = "invalid_code"
    message = "This code is wrong or too old. Check it, or ask for a new one."
    field = "code"
    keeps = True


class TotpRequired(DomainError):
    """The first factor was right and the second is asked for.

    `stamp` proves the first one to `finish_sign_in`, until the password changes.
    """

    code = "totp_required"
    status = 401
    message = "Give the code of your authenticator app too."

    def __init__(self, *, user_id: int, stamp: str) -> None:
        super().__init__()
        self.user_id = user_id
        self.stamp = stamp


class InvalidTotp(Invalid):
    """Not the app's present code, one that was used already, or no recovery code that works."""

    code = "invalid_code"
    message = "This code is wrong, too old or was used already. Take the next one from your app."
    field = "code"
    keeps = True


class TotpAlreadyOn(DomainError):
    """Another app is taken on only once this one is given up."""

    code = "totp_already_on"
    message = "Two-step sign-in is on already."


class TotpNotStarted(DomainError):
    """No secret waits for its first code, or it has waited too long."""

    code = "totp_not_started"
    message = "Start again: the code to scan is too old."


class TotpOff(DomainError):
    """There is no second factor to give up."""

    code = "totp_off"
    message = "Two-step sign-in is not on."


class RefreshReused(Unauthenticated):
    """A spent refresh token came back: somebody has a copy, so the whole session is over."""

    code = "refresh_reused"
    message = "This token was used before. Sign in again."
    keeps = True


class SessionEnded(Unauthenticated):
    """The session of this token is over."""

    code = "session_ended"
    message = "This session has ended. Sign in again."


class PhotoInvalid(Invalid):
    """Not a picture that can be read."""

    code = "photo_invalid"
    message = "Choose a JPEG, PNG or WebP picture."
    field = "photo"


class PhotoTooLarge(DomainError):
    """More bytes than a photo needs."""

    code = "too_large"
    status = 413
    message = "The photo may have at most 5 MB."
    field = "photo"


class OwnRole(DomainError):
    """Nobody raises or lowers themselves."""

    code = "own_role"
    message = "Your own role is changed by another administrator."
    field = "role"


class LastAdmin(DomainError):
    """Without an administrator nobody could make one."""

    code = "last_admin"
    message = "This is the last administrator: make another one first."
    field = "role"


class ProofMissing(Invalid):
    """Nobody closes an account with a device that was left open."""

    code = "proof_missing"
    message = "Write your password, or a code of your app."
    field = "password"


class AdminStays(DomainError):
    """The house is not left alone."""

    code = "admin_stays"
    message = "An administrator's account stays. Give the role up first."
