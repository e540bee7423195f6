"""Pasted text into messages, and what could not be read as it stands.

Messages are looked for where a line begins (past who sent it) and where the message before ended:
never in the middle, so that "declined: oplata 5000" is not taken for a payment.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from re import Match

from koshelok.core.errors import Invalid
from koshelok.core.money import parse_amount
from koshelok.finance.bank.codes import hide
from koshelok.finance.bank.shapes import BEGINNING, FORMS, SENT, SENT_ALONE, list_shapes
from koshelok.finance.bank.words import CURRENCY, DATA, NUMBER, straighten

UNREAD_LIMIT = 1000
_SENTENCE = 40
# Notifications set a picture before each line, and some programs lose the lines but not these.
_PICTURES = re.compile(
    "(?:[\u2300-\u25ce\u25d0-\u2bff\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]?)+|\n"
)
_SIGNS = str.maketrans({"➖": "\n-", "➕": "\n+", "−": "-", "●": "•"})
_MARKS = " .,;:!|/–—-"
_MONEY = re.compile(f"{NUMBER} ?{CURRENCY}", re.IGNORECASE)
_ANYTHING = re.compile(r"[^\W_]")
_TYPES = {word.replace("'", ""): type_ for type_, words in DATA["verbs"].items() for word in words}


@dataclass(frozen=True, slots=True)
class Message:
    """What a bank said: amounts in so'm, `at` by the wall clock, None where it was not said."""

    type: str
    amount: Decimal
    payee: str
    card: str | None
    at: datetime | None
    balance: Decimal | None

    @property
    def fingerprint(self) -> str:
        """The same for the same message, however it is spaced or punctuated."""
        payee = "".join(_ANYTHING.findall(self.payee.casefold()))
        said = (self.type, self.amount, payee, self.card, self.at, self.balance)
        return _digest("|".join(str(value) for value in said))


@dataclass(frozen=True, slots=True)
class Unread:
    """Lines that no pattern reads."""

    text: str

    @property
    def fingerprint(self) -> str:
        """The same for the same words."""
        return _digest(" ".join(self.text.split()))


def first_amount(text: str) -> Decimal | None:
    """What lines that could not be read are most likely about: the first sum in them."""
    found = _MONEY.search(straighten(text))
    try:
        return parse_amount(found.group()) if found else None
    except Invalid:
        return None


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def read(text: str) -> list[Message | Unread]:
    """All messages of a text in its order, and the lines between them that cannot be read.
    Codes are hidden first."""
    return list(_Reader(hide(text)).read())


@dataclass(slots=True)
class _Reader:
    """Goes through the lines that say something: where each starts, and its number in the text."""

    hidden: str
    raw: list[str] = field(init=False)
    text: str = ""
    starts: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    left: dict[int, str] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.raw, parts, length = self.hidden.split("\n"), [], 0
        for number, line in enumerate(self.raw):
            for part in _PICTURES.split(straighten(line).translate(_SIGNS)):
                if said := " ".join(part.strip(" /|\ufe0f").split()):
                    self.starts.append(length)
                    self.numbers.append(number)
                    parts.append(said + "\n")
                    length += len(said) + 1
        self.text = "".join(parts)

    def read(self) -> Iterator[Message | Unread]:
        """Messages and what is between them."""
        start = 0
        while start < len(self.text):
            number = self._number(start)
            end = self.text.index("\n", start)
            if found := _message_at(self.text, start):
                message, after = found
                touched = range(number, self._number(after - 1) + 1)
                self.known.update(touched)
                yield from self._unread()
                yield message
                start = self._past_marks(after)
                continue
            line = self.text[start:end]
            if SENT_ALONE.fullmatch(line):
                yield from self._unread()
            elif _ANYTHING.search(line):
                if self.left and self._begins(number, line):
                    yield from self._unread()
                self.left[number] = f"{self.left.get(number, '')} {line}".strip()
            start = end + 1
        yield from self._unread()

    def _begins(self, number: int, line: str) -> bool:
        """Whether a line begins something else: after an empty one, or a sentence of its own."""
        last = next(reversed(self.left))
        return number - last > 1 or max(len(line), len(self.left[last])) > _SENTENCE

    def _number(self, place: int) -> int:
        return self.numbers[bisect_right(self.starts, place) - 1]

    def _past_marks(self, place: int) -> int:
        while self.text[place] in _MARKS:
            place += 1
        return place + 1 if self.text[place] == "\n" else place

    def _unread(self) -> Iterator[Unread]:
        """What has gathered, as it was written where no message took a part of its line."""
        text = "\n".join(
            part if number in self.known else self.raw[number].strip()
            for number, part in self.left.items()
        )
        self.left.clear()
        for place in range(0, len(text), UNREAD_LIMIT):
            if part := text[place : place + UNREAD_LIMIT].strip():
                yield Unread(part)


def _message_at(text: str, start: int) -> tuple[Message, int] | None:
    """The message that begins here, read the fullest way, and where it ends."""
    sent = SENT.match(text, start)
    return _fullest(text, start) or (_fullest(text, sent.end()) if sent else None)


def _fullest(text: str, start: int) -> tuple[Message, int] | None:
    if not BEGINNING.match(text, start):
        return None
    found = []
    for shape in list_shapes():
        for expression in shape.expressions:
            match = expression.match(text, start)
            if match and (message := _message(match)):
                found.append((len(match.groupdict()), match.end(), message))
                break
    if not found:
        return None
    _, end, message = max(found, key=lambda each: each[:2])
    return message, end


def _message(match: Match[str]) -> Message | None:
    """What was matched, unless an amount or a time of it is impossible."""
    said = match.groupdict()
    payee = (said.get("payee") or "").strip(_MARKS.replace(".", "")).strip()
    at = _instant(said["time"]) if said.get("time") else None
    if said.get("payee") and (not _ANYTHING.search(payee) or _MONEY.search(payee)):
        return None
    if said.get("time") and at is None:
        return None
    try:
        amount = parse_amount(said["amount"])
        balance = _balance(said.get("balance"))
    except Invalid:
        return None
    return Message(_type(said["verb"], said["sign"]), amount, payee, said["card"], at, balance)


def _type(verb: str, sign: str) -> str:
    type_: str = _TYPES[" ".join(verb.lower().replace("'", "").split())]
    if type_ == "either":
        return "income" if sign == "+" else "expense"
    return type_


def _instant(text: str) -> datetime | None:
    plain = " ".join(text.replace(",", " ").split())
    for form in FORMS:
        try:
            return datetime.strptime(plain, form)  # noqa: DTZ007  # the wall clock of the reader
        except ValueError:
            continue
    return None


def _balance(text: str | None) -> Decimal | None:
    """What is left: unlike an amount it may be nothing, or less."""
    if text is None:
        return None
    digits = text.lstrip("-")
    if not digits.strip("0., '"):
        return Decimal("0.00")
    return parse_amount(digits).copy_sign(Decimal(-1 if text.startswith("-") else 1))
