"""What kind of request this is; every place that must know asks here."""

from flask import has_request_context, request

API_PREFIX = "/api/v1"


def is_api() -> bool:
    """Whether the JSON API is asked (tokens, problem+json), not a page (cookies, HTML)."""
    return has_request_context() and (request.path + "/").startswith("/api/")


def prefers_json() -> bool:
    """Whether a program asks: the API's caller, or a page's own script that says so."""
    return is_api() or (
        has_request_context() and request.accept_mimetypes.best == "application/json"
    )
