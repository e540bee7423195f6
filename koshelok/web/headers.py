"""Security headers on every answer, and the request's id."""

from secrets import randbelow, token_hex

from flask import Flask, Response, g, request

from koshelok.core.ids import uuid7
from koshelok.infra import origin
from koshelok.web.htmx import vary
from koshelok.web.request import is_api

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'self'; manifest-src 'self'; worker-src 'self'"
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
REQUEST_ID = "X-Request-Id"
PADDING = "X-Padding"
PADDING_BYTES = 32


def start_request() -> None:
    """Give the request an id that logs and answers carry, and the history its origin."""
    g.request_id = uuid7().hex
    origin.address.set(request.remote_addr)


def secure(response: Response) -> Response:
    """Add what every answer must carry; a view that set its own policy keeps it."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers.extend(FIXED)
    headers.add(REQUEST_ID, g.get("request_id", ""))
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "private, no-store"
    if is_api():
        return response
    # Pages come compressed and hold the CSRF token: their length must not tell of it (BREACH).
    headers.add(PADDING, token_hex(randbelow(PADDING_BYTES)))
    return vary(response)


def allow_origins(app: Flask, origins: list[str]) -> None:
    """CORS for the API: the origins of the setting, none by default, never with cookies."""

    @app.after_request
    def cors(response: Response) -> Response:
        origin = request.headers.get("Origin")
        if origin in origins and request.path.startswith("/api/"):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
            response.headers["Access-Control-Allow-Headers"] = (
                "Authorization, Content-Type, Idempotency-Key, X-Workspace, Accept-Language"
            )
            response.headers["Access-Control-Expose-Headers"] = "Location, Idempotent-Replayed"
            response.vary.add("Origin")
        return response
