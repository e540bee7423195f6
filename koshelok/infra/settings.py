"""Settings from the environment (and `.env`), typed and checked once at start.

Production refuses a default secret and debug: a mistake there must stop the start, not
be found later.
"""

from decimal import Decimal
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "development-only-secret-do-not-use-in-production"  # noqa: S105  # refused in production
MIN_SECRET_BYTES = 32


class Settings(BaseSettings):
    """Every setting, its default and its meaning; `.env.example` lists them for operators."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    env: Literal["development", "test", "production"] = Field("development", alias="KOSHELOK_ENV")
    debug: bool = Field(False, alias="FLASK_DEBUG")
    secret_key: str = DEVELOPMENT_SECRET
    data: Path = Path("instance")
    database_url: str = ""
    redis_url: str = ""
    db_pool_size: int = 8

    public_url: str = ""
    https: bool = False
    trusted_proxies: int = 0
    cors_origins: list[str] = []

    access_token_minutes: int = 15
    refresh_token_days: int = 7
    session_idle_days: int = 14
    session_absolute_days: int = 60

    code_minutes: int = 5
    code_resend_seconds: int = 60
    code_attempts: int = 5

    sms_gateway: Literal["console", "eskiz"] = "console"
    email_gateway: Literal["console", "smtp"] = "console"
    eskiz_url: str = "https://notify.eskiz.uz/api"
    eskiz_email: str = ""
    eskiz_password: str = ""
    eskiz_sender: str = "4546"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: bool = False
    email_sender: str = "Koshelok <no-reply@koshelok.localhost>"

    limit_default: str = "300 per minute"
    limit_login_account: str = "5 per minute"
    limit_login_address: str = "60 per minute"
    limit_register: str = "60 per minute"
    limit_code_contact: str = "3 per 10 minutes"
    limit_code_address: str = "60 per hour"
    limit_photo: str = "5 per hour"

    platform_card: str = "7777000000000000"
    transfer_minimum: Decimal = Decimal(2_000)
    transfer_maximum: dict[str, Decimal] = {
        "USER": Decimal(2_000_000),
        "PREMIUM": Decimal(4_000_000),
        "ADMIN": Decimal(4_000_000),
    }
    commission_rate: dict[str, Decimal] = {
        "USER": Decimal("0.01"),
        "PREMIUM": Decimal(0),
        "ADMIN": Decimal(0),
    }
    cards_maximum: dict[str, int] = {"USER": 1, "PREMIUM": 5, "ADMIN": 5}
    card_years: int = 4
    step_up_threshold: Decimal = Decimal(1_000_000)
    limit_transfers: str = "30 per minute"
    limit_links: str = "60 per minute"
    limit_disputes: str = "10 per hour"
    limit_orders: str = "30 per minute"
    limit_images: str = "60 per minute"
    limit_customers: str = "60 per hour"
    limit_imports: str = "60 per hour"
    deposit_maximum: Decimal = Decimal(10_000_000_000)

    debtor_sms_a_month: int = 20_000
    order_hours_unpaid: int = 24
    order_hours_paid: int = 72

    max_upload_bytes: int = 5 * 1024 * 1024
    max_photo_bytes: int = 15 * 1024 * 1024
    max_archive_bytes: int = 512 * 1024 * 1024
    max_import_bytes: int = 32 * 1024 * 1024

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, url: str) -> str:
        origin = url.rstrip("/")
        parts = urlsplit(origin)
        known = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
        if origin and (not known or origin != f"{parts.scheme}://{parts.netloc}"):
            raise ValueError("PUBLIC_URL must be as https://koshelok.example, without a path")
        return origin

    @model_validator(mode="after")
    def _refuse_an_unsafe_production(self) -> Self:
        if self.env != "production":
            return self
        if self.debug:
            raise ValueError("FLASK_DEBUG must be off in production")
        if (
            self.secret_key == DEVELOPMENT_SECRET
            or len(self.secret_key.encode()) < MIN_SECRET_BYTES
        ):
            raise ValueError("SECRET_KEY must be set to at least 32 random bytes in production")
        if not self.database_url or not self.redis_url:
            raise ValueError("DATABASE_URL and REDIS_URL must be set in production")
        return self

    @property
    def production(self) -> bool:
        """Whether people's real money is at stake."""
        return self.env == "production"

    @property
    def uploads(self) -> Path:
        """Where photos are kept."""
        return self.data.resolve() / "uploads"


_current: list[Settings] = []


def use(settings: Settings) -> None:
    """Say which settings this process works with; called by `create_app`."""
    _current[:] = [settings]


def current() -> Settings:
    """The settings of this process, for what lies below the edge."""
    return _current[0]
