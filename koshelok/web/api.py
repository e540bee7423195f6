"""How the JSON API is declared: one blueprint maker, documented errors, creations made once."""

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, make_response, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError

from koshelok.core.errors import DomainError, Invalid
from koshelok.infra.db import session
from koshelok.infra.idempotency import (
    IdempotencyKeyReused,
    RequestInProgress,
    StoredAnswer,
    claim,
    find_answer,
    release,
    store,
)
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import auth
from koshelok.web.problems import domain_problem
from koshelok.web.request import API_PREFIX

BEARER: list[dict[str, list[Any]]] = [{"bearer": []}]
IDEMPOTENCY_HEADER = "Idempotency-Key"
MAX_KEY = 200

_DESCRIPTIONS = {
    400: "The request is not readable JSON.",
    401: "No token, or one that no longer works.",
    403: "The role is too low.",
    404: "Absent, or of another workspace.",
    409: "A rule of the business refuses; `code` says which.",
    413: "Too large.",
    415: "Another content type than this call takes.",
    422: "A field is not valid; `errors` says which.",
    429: "Too many requests; `Retry-After` says when to come back.",
    503: "Back soon; `Retry-After` says when.",
}


def api_blueprint(name: str, tag: str, description: str, *, secured: bool = True) -> APIBlueprint:
    """A blueprint of the API under /api/v1, its operations tagged and documented."""
    return APIBlueprint(
        f"api_{name}",
        __name__,
        url_prefix=API_PREFIX,
        abp_tags=[Tag(name=tag, description=description)],
        abp_security=BEARER if secured else [],
    )


def answers(
    success: dict[int, type[BaseModel] | None] | None = None, *, errors: tuple[int, ...] = ()
) -> Any:
    """The documented answers of an operation: what it gives, and its problems."""
    documented: dict[str, Any] = {}
    for status, model in (success or {}).items():
        documented[str(status)] = model if model else {"description": "Done."}
    for status in sorted({*errors, 429, 503}):
        documented[str(status)] = {
            "description": _DESCRIPTIONS[status],
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
    return documented


READ = (401, 403, 404, 422)
WRITE = (400, 401, 403, 404, 409, 415, 422)


def ok(schema: BaseModel, status: int = 200, location: str | None = None) -> Response:
    """Answer a schema as JSON; with `Location` for what was made."""
    response = make_response(jsonify(schema.model_dump(mode="json")), status)
    if location:
        response.headers["Location"] = location
    return response


def no_content() -> Response:
    """204."""
    return make_response("", 204)


def create_once(
    produce: Callable[[], Response], *, required: bool = False, upload: bytes = b""
) -> Response:
    """Run a creation in its unit of work, once for each Idempotency-Key of the caller. Of a
    multipart request, whose body is spent by now, `upload` is what the key stands for.

    The key is taken in the same transaction: a second request with it waits for the
    first (at most 3 seconds), then answers the same again. A refusal by a rule (409) is
    kept too; 401, 422 and 429 are not, and may be tried again with the same key: where one of
    these keeps what it counted, the key is given back with it.
    """
    key = require_key() if required else find_key()
    if key is None:
        with unit_of_work():
            return produce()
    user_id, fingerprint = auth.current_actor().id, _fingerprint(upload)
    try:
        with unit_of_work():
            if not claim(user_id, key, fingerprint):
                return _replay(find_answer(user_id, key), fingerprint)
            return _answer_under(user_id, key, _attempt(produce))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == "55P03":
            raise RequestInProgress from error
        raise


def _attempt(produce: Callable[[], Response]) -> Response | DomainError:
    """What the creation answers, or why it is refused; what a refusal keeps stays written."""
    try:
        with session.begin_nested():
            try:
                return produce()
            except DomainError as error:
                if error.keeps:
                    return error
                raise
    except DomainError as error:
        return error


def _answer_under(user_id: int, key: str, outcome: Response | DomainError) -> Response:
    """Store the answer under its key, or give the key back with a refusal that is not stored."""
    if isinstance(outcome, DomainError):
        if outcome.status != 409 or outcome.code == "step_up_required":
            release(user_id, key)
            raise outcome
        outcome = domain_problem(outcome)
    headers = {k: v for k, v in outcome.headers if k in {"Location", "Content-Type"}}
    store(user_id, key, outcome.status_code, outcome.get_data(as_text=True), headers)
    return outcome


def _replay(stored: StoredAnswer | None, fingerprint: str) -> Response:
    if stored is None:
        raise RequestInProgress
    if stored.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    return replayed(Response(stored.body, stored.status, stored.headers))


def replayed(response: Response, again: bool = True) -> Response:
    """Mark an answer that was given before."""
    if again:
        response.headers["Idempotent-Replayed"] = "true"
    return response


class IdempotencyKeyRequired(DomainError):
    """Money moves only with a key."""

    code = "idempotency_key_required"
    status = 400
    message = "This call needs an Idempotency-Key header."


class IdempotencyKeyInvalid(Invalid):
    """Too long or not printable."""

    code = "idempotency_key_invalid"
    message = "The Idempotency-Key must be 1 to 200 printable characters."


def require_key() -> str:
    """The Idempotency-Key of this request; raises IdempotencyKeyRequired."""
    key = find_key()
    if key is None:
        raise IdempotencyKeyRequired
    return key


def find_key() -> str | None:
    """The Idempotency-Key of this request, or None; raises IdempotencyKeyInvalid."""
    key = request.headers.get(IDEMPOTENCY_HEADER)
    if key is None:
        return None
    if not 0 < len(key) <= MAX_KEY or not key.isprintable():
        raise IdempotencyKeyInvalid
    return key


def _fingerprint(upload: bytes) -> str:
    digest = hashlib.sha256()
    for part in (request.method.encode(), request.path.encode(), upload or request.get_data()):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
