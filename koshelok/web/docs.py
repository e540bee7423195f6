"""The API's documents: OpenAPI 3.1, Swagger UI and ReDoc, all served from here, offline."""

from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify

from koshelok.web import access

DESCRIPTION = "One place for a person's and a small shop's money. The same operations as the pages."
SECURITY_SCHEMES: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
}

bp = Blueprint("docs", __name__)


@bp.get("/openapi.json")
@access.public
def document() -> Response:
    """The OpenAPI document."""
    return jsonify(current_app.api_doc)  # type: ignore[attr-defined]  # flask_openapi3's app


def init_app(app: Flask) -> None:
    """Mount the documents."""
    app.register_blueprint(bp)
