"""What makes the site an app of a device: its manifest, its service worker, and whose it is now."""

from typing import Any

from flask import Blueprint, Response, current_app, json, jsonify
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import NotFound

from koshelok.web import access, auth
from koshelok.web.components import STATIC
from koshelok.web.limits import uncounted
from koshelok.web.locale import LANGUAGES

bp = Blueprint("installed", __name__)
BACKGROUND = "#f8f6f2"
COLOUR = "#0b7a72"
DAY_SECONDS = 24 * 3600
START = "/debtors"


@bp.get("/sw.js")
@access.public
@uncounted
def worker() -> Response:
    """The service worker of this build, asked for anew each time: a newer one takes over."""
    built = STATIC / "dist" / "sw.js"
    if not built.exists():
        raise NotFound
    return Response(
        built.read_bytes(),
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )


@bp.get("/manifest-<language>.webmanifest")
@access.public
def manifest(language: str) -> Response:
    """How the app is installed; asked for without cookies, so its name tells the language."""
    if language not in LANGUAGES:
        raise NotFound
    with force_locale(language):
        text = json.dumps(_manifest(language))
    response = Response(text, content_type="application/manifest+json")
    response.headers["Cache-Control"] = f"public, max-age={DAY_SECONDS}"
    return response


def _manifest(language: str) -> dict[str, object]:
    asset: Any = current_app.jinja_env.globals["asset"]
    return {
        "id": START,
        "name": _("Koshelok: the debtors' book"),
        "short_name": "Koshelok",
        "description": _("Debts and payments at the counter, with and without a connection."),
        "lang": language,
        "dir": "ltr",
        "start_url": START,
        "scope": "/",
        "display": "standalone",
        "background_color": BACKGROUND,
        "theme_color": COLOUR,
        # A POST, so that no message stands in an address; koshelok/finance/views/bank.py.
        "share_target": {
            "action": "/add/bank/share",
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {"title": "title", "text": "text"},
        },
        "icons": [
            {"src": asset("logo.svg"), "sizes": "any", "type": "image/svg+xml"},
            *(_icon(asset(f"icon-{size}.png"), size) for size in (192, 512)),
            _icon(asset("icon-maskable.png"), 512) | {"purpose": "maskable"},
        ],
    }


def _icon(address: str, size: int) -> dict[str, str]:
    return {"src": address, "sizes": f"{size}x{size}", "type": "image/png"}


@bp.get("/session")
@access.signed_in
def session() -> Response:
    """Who is signed in here, where, and a token for forms: asked before what waited is sent."""
    return jsonify(
        user=auth.current_actor().id,
        workspace=auth.current_workspace().id,
        csrf=generate_csrf(),
    )
