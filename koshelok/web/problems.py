"""Errors as people and programs should see them: a page that helps, or RFC 9457 problem+json."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, json, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError, PendingRollbackError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from koshelok.core.errors import DomainError, TooManyRequests, Unauthenticated
from koshelok.web import limits
from koshelok.web.htmx import full_redirect, render
from koshelok.web.request import prefers_json

logger = logging.getLogger(__name__)
_CONNECTION_LOST = "8s2b"  # how SQLAlchemy numbers it

TITLES = {
    400: _l("This request could not be read"),
    401: _l("Sign in first"),
    403: _l("You may not do this"),
    404: _l("This page is not here"),
    405: _l("This cannot be done here"),
    409: _l("This cannot be done now"),
    413: _l("This file is too large"),
    415: _l("This kind of content is not accepted"),
    422: _l("Something is not filled in right"),
    429: _l("Too many attempts"),
    500: _l("Something broke on our side"),
    503: _l("We will be back in a moment"),
}
CODES = {
    400: "malformed_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
}
RETRY_SECONDS = 5


def message_of(error: DomainError) -> str:
    """The error's sentence in the reader's language."""
    return str(_(error.message, **error.params))


def problem(
    status: int,
    code: str,
    detail: str = "",
    errors: Mapping[str, Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
    extensions: Mapping[str, Any] | None = None,
) -> Response:
    """An `application/problem+json` answer; `extensions` never replace a standard member."""
    title = TITLES.get(status)
    body: dict[str, Any] = {
        **(extensions or {}),
        "type": f"urn:koshelok:problem:{code}",
        "title": str(title) if title else HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or (str(title) if title else HTTPStatus(status).phrase),
        "code": code,
    }
    if errors:
        body["errors"] = {field: list(messages) for field, messages in errors.items()}
    return Response(json.dumps(body), status, headers, content_type="application/problem+json")


def domain_problem(error: DomainError) -> Response:
    """A refused rule as problem+json."""
    message = message_of(error)
    errors = {error.field: [message]} if error.field else None
    return problem(
        error.status, error.code, message, errors, _headers(error), extensions=error.extensions
    )


def _headers(error: DomainError) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyRequests) else {}


def _page(status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> Response:
    title = TITLES.get(status) or HTTPStatus(status).phrase
    if status >= 500:
        return _plain_page(status, headers)
    response = render("errors/error.html", status=status, code=status, title=title, detail=detail)
    response.headers.update(headers or {})
    return response


def _plain_page(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A page that asks nothing of the database: what broke may be the database."""
    template = current_app.jinja_env.get_template("errors/plain.html")
    return Response(template.render(title=TITLES.get(status), status=status), status, headers)


def on_domain_error(error: DomainError) -> Response:
    """Map what the view did not answer itself."""
    if prefers_json():
        return domain_problem(error)
    if isinstance(error, Unauthenticated):
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return full_redirect(url_for("identity.login", next=target))
    return _page(error.status, message_of(error), _headers(error))


def on_http_error(error: HTTPException) -> Response:
    """Map what Flask and Werkzeug refuse."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]  # a Flask response, made by abort(response)
    status = error.code or 500
    headers = {k: v for k, v in error.get_headers() if k in {"Allow", "Retry-After"}}
    if isinstance(error, RateLimitExceeded):
        return on_domain_error(TooManyRequests(retry_after=limits.seconds_left()))
    if prefers_json():
        return problem(status, CODES.get(status, "refused"), headers=headers)
    return _page(status, headers=headers)


def on_csrf_error(error: CSRFError) -> Response:
    """A form that was not ours, or is too old."""
    detail = _("This form is too old. Go back, reload the page and try again.")
    return problem(400, "stale_form", detail) if prefers_json() else _page(400, detail)


def on_database_down(error: SQLAlchemyError) -> Response:
    """The database cannot be reached: come back soon, nothing was written."""
    logger.error("database unavailable", exc_info=error)
    g.actor = None  # whose language it is would be asked of the database
    headers = {"Retry-After": str(RETRY_SECONDS)}
    if prefers_json():
        return problem(503, "unavailable", headers=headers)
    return _plain_page(503, headers)


def on_lost_transaction(error: PendingRollbackError) -> Response:
    """The database went, and what met it first (the limiter) went on as if it had not."""
    lost = error.code == _CONNECTION_LOST
    return on_database_down(error) if lost else on_unexpected(error)


def on_unexpected(error: Exception) -> Response:
    """A mistake of ours: logged whole, told plainly."""
    logger.exception("unhandled error", exc_info=error)
    g.actor = None  # as above
    return on_http_error(InternalServerError())


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(DomainError, on_domain_error)
    app.register_error_handler(CSRFError, on_csrf_error)
    app.register_error_handler(RequestEntityTooLarge, on_http_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(OperationalError, on_database_down)
    app.register_error_handler(PendingRollbackError, on_lost_transaction)
    app.register_error_handler(Exception, on_unexpected)


_PYDANTIC = {
    "missing": _l("Fill this in."),
    "extra_forbidden": _l("Unknown field."),
    "string_type": _l("This must be text."),
    "int_type": _l("This must be a whole number."),
    "int_parsing": _l("This must be a whole number."),
    "int_from_float": _l("This must be a whole number."),
    "bool_parsing": _l("This must be true or false."),
    "bool_type": _l("This must be true or false."),
    "date_parsing": _l("Write a date, for example 2026-11-21."),
    "date_type": _l("Write a date, for example 2026-11-21."),
    "date_from_datetime_parsing": _l("Write a date, for example 2026-11-21."),
    "date_from_datetime_inexact": _l("Write a date, for example 2026-11-21."),
    "uuid_parsing": _l("This is not a known id."),
    "uuid_type": _l("This is not a known id."),
    "model_type": _l("A JSON object is expected."),
    "model_attributes_type": _l("A JSON object is expected."),
}


def _message(error: Mapping[str, Any]) -> str:
    return str(_sentence(error))


def _sentence(error: Mapping[str, Any]) -> object:
    context = error.get("ctx", {})
    if "msgid" in context:
        message = context["msgid"]
        return _(message, **context.get("params", {}))
    kind = error["type"]
    if kind in _PYDANTIC:
        return _PYDANTIC[kind]
    if kind in {"literal_error", "enum"}:
        return _("Choose one of: %(expected)s.", expected=context["expected"])
    if kind in {"string_too_long", "too_long"}:
        return _("At most %(limit)s characters.", limit=context["max_length"])
    if kind in {"string_too_short", "too_short"}:
        return _("At least %(limit)s characters.", limit=context["min_length"])
    if kind in {"greater_than_equal", "greater_than"}:
        return _("At least %(limit)s.", limit=context.get("ge", context.get("gt")))
    if kind in {"less_than_equal", "less_than"}:
        return _("At most %(limit)s.", limit=context.get("le", context.get("lt")))
    return _("This value is not valid.")


def validation_problem(error: ValidationError) -> Response:
    """Pydantic's errors as problem+json, in the reader's language, by field."""
    errors: dict[str, list[str]] = {}
    code = "invalid"
    for item in error.errors(include_url=False, include_input=False):
        field = ".".join(str(part) for part in item["loc"]) or "body"
        errors.setdefault(field, []).append(_message(item))
        code = item.get("ctx", {}).get("code", code)
    return problem(422, code, errors=errors)
