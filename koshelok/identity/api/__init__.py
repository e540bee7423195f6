"""Identity over JSON: what anybody may call, and what the signed-in call about themselves."""

from koshelok.identity.api import totp
from koshelok.identity.api.anonymous import api as anonymous
from koshelok.identity.api.me import api as me

__all__ = ["anonymous", "me", "totp"]
