"""JSON in and out without a float near money: numbers with a point are read as Decimal."""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from flask import Flask, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from koshelok.web.request import is_api

_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


class _Exact(Decimal):
    """A number of the request's text; `1e5` keeps its spelling, so that money can refuse it."""

    _text: str

    def __new__(cls, text: str) -> "_Exact":
        number = super().__new__(cls, text)
        number._text = text
        return number

    def __str__(self) -> str:
        return self._text


class ExactJSONProvider(DefaultJSONProvider):
    """Flask's provider, exact and strict: no float, no NaN, no infinity."""

    ensure_ascii = False
    sort_keys = False
    compact = True

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse; raises ValueError for what is not JSON, or has half a character (RFC 7493)."""
        parsed = json.loads(s, parse_float=_Exact, parse_constant=_refuse_constant)
        if _HALF_CHARACTER.search(s if isinstance(s, bytes) else s.encode()):
            json.dumps(parsed, ensure_ascii=False, default=str).encode()
        return parsed


def _takes(app: Flask, endpoint: str, part: str) -> bool:
    return part in getattr(app.view_functions[endpoint], "__annotations__", {})


def check_body(app: Flask) -> None:
    """400 for broken JSON and 415 for another type, before the schema is asked."""
    if not is_api() or request.endpoint is None:
        return
    if _takes(app, request.endpoint, "form") and request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType
    if not _takes(app, request.endpoint, "body"):
        return
    if not request.is_json:
        raise UnsupportedMediaType
    try:
        request.get_json()
    except (RecursionError, UnicodeError) as error:
        raise BadRequest from error
