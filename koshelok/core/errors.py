"""What the business may refuse, as facts with a stable code.

Operations raise these; the edge translates `message` (an English gettext msgid) and
answers a form with the message at its field, or problem+json.
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """A rule of the business refuses. `params` fill the message's placeholders.

    `extensions` are further members of the problem+json, for what a program needs to go on.
    Where `keeps` is set, what was written before the refusal is committed with it: a counted
    failure, a session ended for misuse.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    message: ClassVar[str] = "This cannot be done."
    field: str | None = None
    keeps: ClassVar[bool] = False

    def __init__(
        self,
        *,
        field: str | None = None,
        extensions: dict[str, Any] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(self.code)
        self.params = params
        self.extensions = extensions or {}
        if field is not None:
            self.field = field


class NotFound(DomainError):
    """Absent, or another workspace's: the two are never told apart."""

    code = "not_found"
    status = 404
    message = "Not found."


class Forbidden(DomainError):
    """The caller's role is too low."""

    code = "forbidden"
    status = 403
    message = "You may not do this."


class Unauthenticated(DomainError):
    """No identity, or one that no longer holds."""

    code = "unauthenticated"
    status = 401
    message = "Sign in first."


class Invalid(DomainError):
    """A field's value is refused; subclasses carry the message and the field."""

    code = "invalid"
    status = 422
    message = "This value is not valid."


class TooManyRequests(DomainError):
    """A limit was reached; `retry_after` is in seconds."""

    code = "too_many_requests"
    status = 429
    message = "Too many attempts. Try again in %(retry_after)s seconds."

    def __init__(self, *, retry_after: int, **params: Any) -> None:
        super().__init__(retry_after=max(1, retry_after), **params)
        self.retry_after = max(1, retry_after)
