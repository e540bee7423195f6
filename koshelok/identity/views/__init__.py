"""Pages of identity: signing up and in, and one's own account."""

from koshelok.identity.views import account, closing, recovery, signing, totp
from koshelok.identity.views.blueprint import bp

__all__ = ["account", "bp", "closing", "recovery", "signing", "totp"]
