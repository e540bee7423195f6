"""Language and theme for everyone, signed in or not; both are cookies."""

from flask import Blueprint, Response, request, url_for

from koshelok.web import access, auth
from koshelok.web.htmx import full_redirect
from koshelok.web.locale import COOKIE, LANGUAGES
from koshelok.web.redirects import safe_path

bp = Blueprint("web", __name__)
YEAR = 365 * 24 * 3600
THEMES = {"light", "dark"}


def _back() -> Response:
    return full_redirect(safe_path(request.form.get("next"), url_for("home.index")))


@bp.post("/language")
@access.public
def set_language() -> Response:
    """Remember the chosen language, in the account of whoever is signed in too."""
    response, actor = _back(), auth.find_actor()
    if (chosen := request.form.get("language")) in LANGUAGES:
        if actor is not None:
            auth.directory.remember_language(actor.id, str(chosen))
        response.set_cookie(COOKIE, str(chosen), max_age=YEAR, samesite="Lax",
                            httponly=True, secure=request.is_secure)  # fmt: skip
    return response


@bp.post("/theme")
@access.public
def set_theme() -> Response:
    """Remember light or dark; anything else follows the system again."""
    response = _back()
    chosen = request.form.get("theme")
    if chosen in THEMES:
        response.set_cookie("theme", str(chosen), max_age=YEAR, samesite="Lax",
                            secure=request.is_secure)  # fmt: skip
    else:
        response.delete_cookie("theme")
    return response
