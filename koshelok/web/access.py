"""Every route declares who may use it; one guard asks before the view runs.

`check_declared` refuses to start an app with an undeclared route, and a generated test
walks all of them as each kind of caller.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import TypeVar

from flask import Flask, current_app, request

from koshelok.core.errors import Forbidden
from koshelok.web import auth

F = TypeVar("F", bound=Callable[..., object])
ATTRIBUTE = "koshelok_access"
_WORKSPACE_ROLES = {"viewer": 0, "editor": 1, "owner": 2}


class Access(IntEnum):
    """Who may use a route."""

    PUBLIC = 0
    SIGNED_IN = 1
    VIEWER = 2
    EDITOR = 3
    OWNER = 4
    ADMIN = 5


def _declare(level: Access) -> Callable[[F], F]:
    def mark(view: F) -> F:
        setattr(view, ATTRIBUTE, level)
        return view

    return mark


public = _declare(Access.PUBLIC)
signed_in = _declare(Access.SIGNED_IN)
viewer = _declare(Access.VIEWER)
editor = _declare(Access.EDITOR)
owner = _declare(Access.OWNER)
admin = _declare(Access.ADMIN)


def declared(endpoint: str | None) -> Access | None:
    """The declaration of an endpoint's view, or None."""
    level: Access | None = getattr(current_app.view_functions.get(endpoint or ""), ATTRIBUTE, None)
    return level


def guard() -> None:
    """Refuse this request unless the caller may: raises Unauthenticated, Forbidden or NotFound."""
    level = declared(request.endpoint)
    if level is None or level is Access.PUBLIC:
        return
    actor = auth.current_actor()
    if level is Access.ADMIN and actor.role != "ADMIN":
        raise Forbidden
    if level in {Access.VIEWER, Access.EDITOR, Access.OWNER}:
        require_role(auth.current_membership().role, level)


def require_role(role: str, level: Access) -> None:
    """Raise Forbidden when a workspace role is below a level from VIEWER to OWNER."""
    if _WORKSPACE_ROLES[role] < level - Access.VIEWER:
        raise Forbidden


def check_declared(app: Flask) -> None:
    """Raise RuntimeError naming each route whose view declares no access."""
    missing = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], ATTRIBUTE)
    }
    if missing:
        raise RuntimeError(f"routes without declared access: {sorted(missing)}")
