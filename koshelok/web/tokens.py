"""Access and refresh tokens (JWT) and the cookie session: how they are checked at each request.

Both carry the id of a row in `auth_sessions`; when that row has ended they are dead at
once. Making and ending sessions is identity's business.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask

from koshelok.infra.settings import Settings
from koshelok.web import auth
from koshelok.web.extensions import jwt, login_manager

ISSUER = "koshelok"
AUDIENCE = "koshelok-api"


def config(settings: Settings) -> dict[str, Any]:
    """One algorithm pinned; issuer, audience, type and expiry checked."""
    return {
        "JWT_SECRET_KEY": settings.secret_key,
        "JWT_ALGORITHM": "HS256",
        "JWT_DECODE_ALGORITHMS": ["HS256"],
        "JWT_TOKEN_LOCATION": ["headers"],
        "JWT_ENCODE_ISSUER": ISSUER,
        "JWT_DECODE_ISSUER": ISSUER,
        "JWT_ENCODE_AUDIENCE": AUDIENCE,
        "JWT_DECODE_AUDIENCE": AUDIENCE,
        "JWT_ACCESS_TOKEN_EXPIRES": timedelta(minutes=settings.access_token_minutes),
        "JWT_REFRESH_TOKEN_EXPIRES": timedelta(days=settings.refresh_token_days),
        "JWT_ERROR_MESSAGE_KEY": "detail",
    }


def init_app(app: Flask) -> None:
    """Connect Flask-Login to the directory; tokens are read in web.auth."""
    jwt.init_app(app)
    login_manager.session_protection = None
    login_manager.user_loader(_load_by_cookie)


def _load_by_cookie(session_id: str) -> auth.Principal | None:
    try:
        return auth.directory.find_principal(UUID(session_id))
    except ValueError:
        return None
