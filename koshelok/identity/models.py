"""Users, the devices they are signed in on, their codes and second factors, failed attempts."""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Computed, Index, String, false, func, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from koshelok.infra.columns import BigId, CreatedAt, Instant, PublicId, UserId
from koshelok.infra.db import Base

NAME_LIMIT = 80
CONTACT_LIMIT = 254
USERNAME_PATTERN = r"^[A-Za-z][A-Za-z0-9._-]{2,29}$"
PHONE_PATTERN = r"^\+[1-9][0-9]{6,14}$"
AGENT_LIMIT = 300


class Role(StrEnum):
    """What a person may do in the whole house."""

    USER = "USER"
    PREMIUM = "PREMIUM"
    ADMIN = "ADMIN"


class Purpose(StrEnum):
    """The one thing a code is good for."""

    REGISTER = "register"
    RESET = "reset"


class User(Base):
    """A person, known by a user name, a phone number (E.164) or an e-mail (lower case).

    An account that its person closes waits until `closes_at`, and from `closed_at` on it holds
    nothing of them but a number.

    The attributes after `search` are what Flask-Login and the edge ask of a principal.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint(
            "closed_at IS NOT NULL OR num_nonnulls(username, phone_number, email) >= 1",
            name="reachable",
        ),
        CheckConstraint("role IN ('USER', 'PREMIUM', 'ADMIN')", name="role"),
        CheckConstraint("language IN ('uz', 'ru', 'en')", name="language"),
        CheckConstraint(f"username ~ '{USERNAME_PATTERN}'", name="username"),
        CheckConstraint(f"phone_number ~ '{PHONE_PATTERN}'", name="phone_number"),
        CheckConstraint("email = lower(email)", name="email"),
        CheckConstraint("closed_at IS NULL OR closes_at IS NOT NULL", name="closed_at"),
        Index(None, "created_at"),
        Index("ix_users_closing", "closes_at", postgresql_where=text("closes_at IS NOT NULL")),
        Index(
            "ix_users_search",
            "search",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )

    id: Mapped[BigId]
    username: Mapped[str | None] = mapped_column(String(30))
    phone_number: Mapped[str | None] = mapped_column(String(16), unique=True)
    email: Mapped[str | None] = mapped_column(String(CONTACT_LIMIT), unique=True)
    first_name: Mapped[str] = mapped_column(String(NAME_LIMIT), default="")
    last_name: Mapped[str] = mapped_column(String(NAME_LIMIT), default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(10), default=Role.USER)
    language: Mapped[str] = mapped_column(String(2), default="uz")
    avatar: Mapped[str | None] = mapped_column(String(60))
    totp: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[CreatedAt]
    closes_at: Mapped[Instant | None]
    closed_at: Mapped[Instant | None]
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "user_search(first_name, last_name, username, email, phone_number)", persisted=True
        ),
        deferred=True,
    )

    is_authenticated = True
    is_active = True
    is_anonymous = False

    @property
    def full_name(self) -> str:
        """First and last name, as far as they are known."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def display_name(self) -> str:
        """What the person is called on pages."""
        return self.full_name or self.contact

    @property
    def photo_url(self) -> str | None:
        """Where the photo is served; its twin is the route of the photo's view."""
        return f"/avatars/{self.avatar}" if self.avatar else None

    @property
    def contact(self) -> str:
        """How others reach or recognise this person."""
        return self.phone_number or self.email or self.username or ""

    @property
    def has_password(self) -> bool:
        """Whether they can sign in with a password."""
        return self.password_hash is not None


Index("uq_users_username", func.lower(User.username), unique=True)


class AuthSession(Base):
    """A device signed in: a browser by its cookie or a client by its tokens.

    `refresh_hash` is of the one refresh token that works now; any other one of this session
    was used already, and its use ends the session.
    """

    __tablename__ = "auth_sessions"
    __table_args__ = (
        CheckConstraint("kind IN ('web', 'api')", name="kind"),
        Index(None, "user_id"),
        Index(None, "expires_at"),
    )

    id: Mapped[PublicId]
    user_id: Mapped[UserId]
    kind: Mapped[str] = mapped_column(String(3))
    user_agent: Mapped[str] = mapped_column(String(AGENT_LIMIT))
    ip: Mapped[str | None] = mapped_column(String(45))
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    refresh_hash: Mapped[str | None] = mapped_column(String(64))


class OneTimeCode(Base):
    """A six-digit code sent to a contact; its id is the `verification_id` of who asked."""

    __tablename__ = "one_time_codes"
    __table_args__ = (
        CheckConstraint("purpose IN ('register', 'reset')", name="purpose"),
        CheckConstraint("channel IN ('sms', 'email')", name="channel"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index(None, "created_at"),
    )

    id: Mapped[PublicId]
    purpose: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(5))
    contact: Mapped[str] = mapped_column(String(CONTACT_LIMIT))
    code_hash: Mapped[str] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Instant]
    resend_after: Mapped[Instant]
    used_at: Mapped[Instant | None]


class TotpDevice(Base):
    """A person's authenticator app: asked for at sign-in once confirmed by its first code.

    `secret` is encrypted. `last_step` is the latest time step whose code was accepted: none up
    to it works again. `users.totp` says the same as `confirmed_at` to who reads only the user.
    """

    __tablename__ = "totp_devices"

    user_id: Mapped[UserId] = mapped_column(primary_key=True)
    secret: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[CreatedAt]
    confirmed_at: Mapped[Instant | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Base):
    """A code that stands in for the app, once; `code_hash` is keyed."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UserId] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[CreatedAt]
    used_at: Mapped[Instant | None]


class FailureCount(Base):
    """Failed attempts at one secret, by everyone or from one address; `key` is a keyed hash."""

    __tablename__ = "failure_counts"
    __table_args__ = (
        CheckConstraint("failures > 0", name="failures"),
        Index(None, "last_at"),
    )

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[Instant]
    blocked_until: Mapped[Instant | None]
