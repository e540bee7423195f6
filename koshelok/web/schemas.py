"""The bases of all JSON schemas: unknown fields refused, one Money type, one list shape."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from koshelok.core.errors import Invalid
from koshelok.core.money import InvalidAmount, positive, to_json
from koshelok.core.page import DEFAULT_LIMIT, MAX_LIMIT

T = TypeVar("T")
V = TypeVar("V")


class Schema(BaseModel):
    """Base of what comes in and goes out."""

    model_config = ConfigDict(extra="forbid", from_attributes=True, arbitrary_types_allowed=True)

    @classmethod
    @cache
    def _json_schema(cls) -> dict[str, Any]:
        return super().model_json_schema()

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The JSON schema; the plain call, which is made at each request, is kept."""
        return super().model_json_schema(*args, **kwargs) if args or kwargs else cls._json_schema()


def checked(rule: Callable[[V], V]) -> Callable[[V], V]:
    """A domain rule as a pydantic validator: its code and message reach the client."""

    def validate(value: V) -> V:
        try:
            return rule(value)
        except Invalid as error:
            raise PydanticCustomError(
                error.code,
                "refused",
                {"msgid": error.message, "params": error.params, "code": error.code},
            ) from error

    return validate


_PLAIN_NUMBER = re.compile(r"-?\d{1,32}(\.\d{1,32})?", re.ASCII)


def _read_money(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise InvalidAmount
    if not _PLAIN_NUMBER.fullmatch(str(value)):
        raise InvalidAmount
    return positive(Decimal(str(value)))


_MONEY_SCHEMA = {"type": "string", "pattern": r"^-?\d{1,16}\.\d{2}$", "examples": ["350.00"]}
_MONEY_INPUT_SCHEMA = {
    "anyOf": [
        {"type": "string", "pattern": r"^\d{1,16}(\.\d{1,2})?$"},
        {"type": "number", "exclusiveMinimum": 0, "maximum": 9999999999999999},
    ],
    "examples": ["350.00"],
}

MoneyIn = Annotated[
    Decimal, BeforeValidator(checked(_read_money)), WithJsonSchema(_MONEY_INPUT_SCHEMA)
]
MoneyOut = Annotated[Decimal, PlainSerializer(to_json), WithJsonSchema(_MONEY_SCHEMA)]
SumOut = Annotated[
    Decimal,
    PlainSerializer(to_json),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,22}\.\d{2}$", "examples": ["350.00"]}),
]


def _read_bound(value: object) -> Decimal:
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,18}(\.\d{1,2})?", value, re.ASCII):
        raise InvalidAmount
    return Decimal(value)


AmountBound = Annotated[
    Decimal,
    BeforeValidator(checked(_read_bound)),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,18}(\.\d{1,2})?$", "examples": ["1000"]}),
]


def _read_date(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return value
    if isinstance(value, date):
        return value
    raise PydanticCustomError("date_parsing", "refused")


DateIn = Annotated[date, BeforeValidator(_read_date)]


class PageQuery(Schema):
    """The query of every list."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(None, max_length=500)


class PageOut(Schema, Generic[T]):
    """The answer of every list."""

    items: list[T]
    next_cursor: str | None


class Problem(BaseModel):
    """RFC 9457 problem details; a `code` may add members of its own, such as `methods`."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: dict[str, list[str]] | None = None
