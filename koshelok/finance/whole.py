"""The shapes of what finance writes into an archive, and takes back from one."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from koshelok.finance.models import COMMENT_LIMIT, EXTERNAL_LIMIT, KEY_LIMIT, NAME_LIMIT
from koshelok.infra.whole import Amount, At, Place, Row, Text

Day = date
_Count = Annotated[int, Field(ge=0, le=2**31 - 1)]


class CategoryRow(Row):
    """A category; rows name it by its place."""

    name: Annotated[Text, Field(max_length=NAME_LIMIT)]
    type: Literal["income", "expense", "saving"]
    code: Annotated[str, Field(pattern=r"^[A-Z0-9_]{1,20}$")] | None
    archived_at: At | None
    last_used_at: At | None
    created_at: At


class RuleRow(Row):
    """Always this category for that key."""

    category: Place
    key: Annotated[Text, Field(max_length=KEY_LIMIT)]
    created_at: At


class RecurrenceRow(Row):
    """What comes again and again."""

    category: Place
    amount: Amount
    comment: Annotated[Text, Field(max_length=COMMENT_LIMIT)]
    unit: Literal["day", "week", "month"]
    every: Annotated[int, Field(ge=1, le=366)]
    starts_on: date
    ends_on: date | None
    next_on: date | None
    created_at: At
    stopped_at: At | None


class ReceiptRow(Row):
    """A receipt: `file` is in the archive."""

    kind: Literal["image", "pdf"]
    name: Annotated[Text, Field(max_length=120)]
    file: Annotated[str, Field(pattern=r"^receipts/[0-9]{1,9}\.(webp|pdf)$")]
    created_at: At


class RecordRow(Row):
    """A record with its receipts; parts of one split share a number."""

    category: Place
    amount: Amount
    comment: Annotated[Text, Field(max_length=COMMENT_LIMIT)]
    date: Day
    created_at: At
    updated_at: At
    deleted_at: At | None
    split: Place | None
    external_id: Annotated[Text, Field(max_length=EXTERNAL_LIMIT)] | None
    rule: Place | None
    recurrence: Place | None
    occurs_on: Day | None
    receipts: list[ReceiptRow] = Field(max_length=20)


class LearnedRow(Row):
    """How often a note went into a category."""

    key: Annotated[Text, Field(max_length=KEY_LIMIT)]
    category: Place
    times: _Count
    corrected: _Count
    used_at: At
    asked_at: At | None


class BankMessageRow(Row):
    """A message of a bank that was read, so that it is not read again."""

    fingerprint: Annotated[Text, Field(max_length=64)]
    kind: Literal["income", "expense", "unread"]
    amount: Amount | None
    payee: Annotated[Text, Field(max_length=200)]
    card: Annotated[str, Field(pattern=r"^[0-9]{4}$")] | None
    at: At | None
    balance: Amount | None
    text: Annotated[Text, Field(max_length=1000)]
    record: Place | None
    created_at: At
    dismissed_at: At | None
