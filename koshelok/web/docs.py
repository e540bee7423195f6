"""The API's documents: OpenAPI 3.1, Swagger UI and ReDoc, all served from here, offline."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    jsonify,
    render_template,
    send_from_directory,
)

from koshelok.core.errors import NotFound
from koshelok.web import access
from koshelok.web.schemas import Schema

DESCRIPTION = """One place for a person's and a shop's money: the same operations as the pages.

Get tokens from `POST /auth/login`, send the access token as `Authorization: Bearer`, and act in
another of your workspaces with `X-Workspace`. Money is so'm with two decimals, a string such as
`"350.00"`. Every creation may carry an `Idempotency-Key`: the same key and body answer the same
result again. Errors are `application/problem+json` with a stable `code`."""
SECURITY_SCHEMES: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'self'"
)
_PACKAGES = {"swagger": "flask_openapi3_swagger", "redoc": "flask_openapi3_redoc"}

bp = Blueprint("docs", __name__)


@bp.get("/openapi.json")
@access.public
def document() -> Response:
    """The OpenAPI document."""
    return jsonify(_with_examples(current_app.api_doc))  # type: ignore[attr-defined]  # flask_openapi3's app


def _with_examples(document: dict[str, Any]) -> dict[str, Any]:
    """What fields are exemplified by, which the library leaves out."""
    shapes = {shape.__name__: shape for shape in _list_shapes(Schema)}
    for name, described in document["components"]["schemas"].items():
        told = shapes[name].model_json_schema().get("properties", {}) if name in shapes else {}
        for field, property_ in described.get("properties", {}).items():
            if examples := told.get(field, {}).get("examples"):
                property_["examples"] = examples
    return document


def _list_shapes(base: type[Schema]) -> Iterator[type[Schema]]:
    for shape in base.__subclasses__():
        yield shape
        yield from _list_shapes(shape)


@bp.get("/docs")
@access.public
def swagger() -> Response:
    """Swagger UI."""
    return _page("docs/swagger.html")


@bp.get("/redoc")
@access.public
def redoc() -> Response:
    """ReDoc."""
    return _page("docs/redoc.html")


@bp.get("/docs/assets/<viewer>/<path:name>")
@access.public
def asset(viewer: str, name: str) -> Response:
    """A file of the viewers' packages."""
    if viewer not in _PACKAGES:
        raise NotFound
    response = send_from_directory(_folder(viewer), name, max_age=24 * 3600)
    response.cache_control.no_cache = None
    response.cache_control.public = True
    return response


def _folder(viewer: str) -> Path:
    spec = find_spec(_PACKAGES[viewer])
    if spec is None or spec.origin is None:
        raise NotFound
    return Path(spec.origin).parent / "templates" / viewer


def _page(template: str) -> Response:
    response = Response(render_template(template))
    response.headers["Content-Security-Policy"] = CSP
    return response


def init_app(app: Flask) -> None:
    """Mount the documents."""
    app.register_blueprint(bp)
