"""What kind of request this is; every place that must know asks here."""

from flask import has_request_context, request

API_PREFIX = "/api/v1"


def is_api() -> bool:
    """Whether the JSON API is asked (tokens, problem+json), not a page (cookies, HTML)."""
    return has_request_context() and (request.path + "/").startswith("/api/")
