"""What debtors are told by SMS: short enough to be sent, and paid for, as one message."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from koshelok.core.money import format_amount
from koshelok.core.sms import latin, parts, plain
from koshelok.debtors.queries.reminders import Owed
from koshelok.messaging import queries as messaging

REMINDER, RECEIPT, LINK = "debt_reminder", "debt_receipt", "debt_link"
# Russian is not written in an SMS's own alphabet, in which Uzbek and English are.
_MOST_PARTS = {"ru": 2}


@dataclass(frozen=True, slots=True)
class Text:
    """A message to a debtor: its template, what it is filled with, and what comes of the two,
    as it is kept and shown."""

    kind: str
    language: str
    params: dict[str, Any]
    text: str


def reminder(owed: Owed, *, shop: str, language: str) -> Text:
    """What somebody owes and since when it is due."""
    params = {
        "name": owed.full_name,
        "shop": shop,
        "total": amount(owed.total),
        "part": None if owed.part is None else amount(owed.part),
        "due": None if owed.due is None else day(owed.due),
    }
    return _fitted(REMINDER, language, params, owed.phone_number)


def receipt(
    *, entry: str, entered: Decimal, on: date, balance: Decimal, shop: str, language: str
) -> Text:
    """What was written down (`debt` or `payment`), and what is owed with it."""
    params = {
        "name": "",
        "shop": shop,
        "entry": entry,
        "day": day(on),
        "amount": amount(entered),
        "total": amount(max(balance, Decimal(0))),
        "credit": amount(-balance) if balance < 0 else None,
    }
    return _fitted(RECEIPT, language, params, "")


def link(*, shop: str, url: str, language: str) -> Text:
    """Where a debtor sees what was written down; the address lets in whoever has it, so it is
    not in the text that is kept."""
    said = _fitted(LINK, language, {"name": "", "shop": shop, "url": url}, "")
    return replace(said, text=said.text.replace(url, "…"))


def _fitted(kind: str, language: str, params: dict[str, Any], nameless: str) -> Text:
    """Cut the longer of the two names until the text fits."""
    write = plain if language in _MOST_PARTS else latin
    params["name"] = write(params["name"]) or nameless
    params["shop"] = write(params["shop"]) or "Koshelok"
    text = messaging.preview_sms(kind, language, **params)
    while parts(text) > _MOST_PARTS.get(language, 1):
        longer = max("name", "shop", key=lambda which: len(params[which]))
        if len(params[longer]) < 3:
            break
        params[longer] = params[longer].rstrip(".")[:-1].rstrip() + "."
        text = messaging.preview_sms(kind, language, **params)
    return Text(kind, language, params, text)


def amount(value: Decimal) -> str:
    """`1 250 000`, with plain spaces."""
    return plain(format_amount(value))


def day(value: date) -> str:
    """`21.11.2026`."""
    return f"{value:%d.%m.%Y}"
