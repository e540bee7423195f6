"""The language of the search box: `food >50000 #toy -taxi may`.

A word is looked for in notes and among categories, `-word` is left out, `#tag` is found whole,
`>50k`, `<=1.5 mln`, `=20 000` and `10k..50k` bound the amount, a month or a day in Uzbek, Russian
or English bounds the dates (two of them: from the first to the last), and what is in quotes is
words as they stand. Nothing is refused: what is not understood is a word too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from koshelok.core.errors import Invalid
from koshelok.core.money import TIYIN, parse_amount
from koshelok.finance.models import FIRST_DAY, LAST_DAY
from koshelok.finance.periods import ONE_DAY, Span, month_of, month_span

_MONTHS = (
    "january|yanvar|январ[ьяе]?", "february|fevral|феврал[ьяе]?", "march|mart|март[ае]?",
    "april|aprel|апрел[ьяе]?", "may|ма[йяе]", "june|iyun|июн[ьяе]?", "july|iyul|июл[ьяе]?",
    "august|avgust|август[ае]?", "september|senty?abr|сентябр[ьяе]?",
    "october|okty?abr|октябр[ьяе]?", "november|noyabr|ноябр[ьяе]?", "december|dekabr|декабр[ьяе]?",
)  # fmt: skip
_NEAR = ("today|bugun|сегодня|бугун", "yesterday|kecha|вчера|кеча")
_YEAR = r"(?:19[7-9]\d|20\d\d|21\d\d|2200)"
_NAME = "|".join(_MONTHS)
_PERIOD = (
    rf"(?:\d{{4}}-\d\d(?:-\d\d)?|\d\d?\.\d\d?\.{_YEAR}|{'|'.join(_NEAR)}"
    rf"|(?:\d\d?[ -])?(?:{_NAME})(?:[ -]{_YEAR})?|{_YEAR}[ -](?:{_NAME}))"
)
_AMOUNT = (
    r"(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d.,])|\d[\d.,'_]*)"
    r"(?:[ \u00a0]?(?:ming|минг|тыс|mln|млн|mlrd|млрд)\.?|[kкmм])?"
)
_TERM = re.compile(
    rf"""(?:
        (?P<quoted>-?(?:"[^"]+"|«[^»]+»))
      | (?P<sign>>=|<=|≥|≤|>|<|=)[ ]?(?P<amount>{_AMOUNT})
      | (?P<least>{_AMOUNT})\.\.(?P<most>{_AMOUNT})
      | (?P<first>{_PERIOD})(?:[ ]?(?:\.\.|–|-)[ ]?(?P<last>{_PERIOD}))?
      | (?P<tag>-?\#[^\s\#]+)
      | (?P<without>-(?=\S*\w)\S+)
    )(?=\s|$)
    | (?P<word>\S+)""",
    re.VERBOSE | re.IGNORECASE,
)


class Kind(StrEnum):
    """What a piece of a search bounds."""

    WORD = "word"
    TAG = "tag"
    WITHOUT = "without"
    AMOUNT = "amount"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Term:
    """One piece of a search as it was typed, and what it means; `sign` and `typed` are of an
    amount, `least` and `most` what they come to."""

    kind: Kind
    text: str
    word: str = ""
    sign: str = ""
    typed: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A search that is understood; days and amounts are included."""

    terms: tuple[Term, ...] = ()

    @property
    def wanted(self) -> list[str]:
        """Words and tags that a record must have."""
        return [term.word for term in self.terms if term.kind in (Kind.WORD, Kind.TAG)]

    @property
    def unwanted(self) -> list[str]:
        """Words and tags that it must not have."""
        return [term.word for term in self.terms if term.kind is Kind.WITHOUT]

    @property
    def least(self) -> Decimal | None:
        """The least amount."""
        return max((term.least for term in self.terms if term.least is not None), default=None)

    @property
    def most(self) -> Decimal | None:
        """The most amount."""
        return min((term.most for term in self.terms if term.most is not None), default=None)

    @property
    def span(self) -> Span | None:
        """From the first day named to the last."""
        spans = [term.span for term in self.terms if term.span]
        if not spans:
            return None
        return Span(min(span.start for span in spans), max(span.end for span in spans))

    def but(self, *gone: Term) -> str:
        """The search without these pieces, as one would type it."""
        return " ".join(term.text for term in self.terms if not any(term is one for one in gone))


def understand(text: str | None, *, today: date, first: int = 1) -> Asked:
    """Read a search; a month without a year is the latest that has begun, and a month begins on
    the day `first`."""
    return Asked(tuple(_terms(text or "", today, first)))


def _terms(text: str, today: date, first: int) -> Iterator[Term]:
    for match in _TERM.finditer(text):
        term = _amount(match) or _period(match, today, first) or _worded(match)
        yield from [term] if term else _plain(match.group())


def _plain(text: str) -> Iterator[Term]:
    """What only looked like an amount or a day."""
    for word in text.split():
        yield Term(Kind.WORD, word, word)


def _worded(match: re.Match[str]) -> Term | None:
    text = match.group()
    if quoted := match["quoted"]:
        kind = Kind.WITHOUT if quoted.startswith("-") else Kind.WORD
        return Term(kind, text, quoted.lstrip("-").strip('"«» '))
    if match["tag"]:
        return Term(Kind.WITHOUT if text.startswith("-") else Kind.TAG, text, text.lstrip("-"))
    if match["without"]:
        return Term(Kind.WITHOUT, text, text[1:])
    return Term(Kind.WORD, text, text) if match["word"] else None


def _amount(match: re.Match[str]) -> Term | None:
    try:
        if match["amount"]:
            amount, sign = parse_amount(match["amount"]), match["sign"]
            sign = {"≥": ">=", "≤": "<="}.get(sign, sign)
            least = {">": amount + TIYIN, ">=": amount, "=": amount}.get(sign)
            most = {"<": amount - TIYIN, "<=": amount, "=": amount}.get(sign)
            return Term(Kind.AMOUNT, match.group(), sign=sign, typed=amount, least=least, most=most)
        if match["least"]:
            low, high = sorted((parse_amount(match["least"]), parse_amount(match["most"])))
            return Term(Kind.AMOUNT, match.group(), sign="..", least=low, most=high)
    except Invalid:
        pass
    return None


def _period(match: re.Match[str], today: date, first: int) -> Term | None:
    if not match["first"]:
        return None
    try:
        start = end = _span(match["last"] or match["first"], today, first)
        if match["last"]:  # `mart-may 2025` is of one year
            start = _span(match["first"], end.end, first)
    except (ValueError, OverflowError):  # in no calendar, or at its end
        return None
    whole = Span(min(start.start, end.start), max(start.end, end.end))
    if whole.start < FIRST_DAY or whole.end > LAST_DAY:
        return None
    return Term(Kind.PERIOD, match.group(), span=whole)


def _span(text: str, today: date, first: int) -> Span:
    """A day, or a whole month; raises ValueError for one that is in no calendar."""
    text = text.lower()
    for days, names in enumerate(_NEAR):
        if re.fullmatch(names, text):
            return Span(today - days * ONE_DAY, today - days * ONE_DAY)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return _one(date.fromisoformat(text))
    if re.fullmatch(r"\d{4}-\d\d", text):
        return month_span(date.fromisoformat(f"{text}-01"), first)
    if "." in text:
        day, month, year = map(int, text.split("."))
        return _one(date(year, month, day))
    return _named(text, today, first)


def _named(text: str, today: date, first: int) -> Span:
    """`may`, `may 2025`, `14-may`, `14 may 2025`."""
    year = re.search(_YEAR, text)
    rest = text.replace(year.group(), "") if year else text
    day = re.search(r"\d+", rest)
    name = re.sub(r"[\d\s-]", "", rest)
    number = next(n for n, names in enumerate(_MONTHS, 1) if re.fullmatch(names, name))
    if day:
        wanted = date(int(year.group()) if year else today.year, number, int(day.group()))
        return _one(wanted if year or wanted <= today else _year_before(wanted))
    if year:
        return month_span(date(int(year.group()), number, 1), first)
    month = month_of(today, first).replace(month=number)
    return month_span(month if month <= today else month.replace(year=month.year - 1), first)


def _one(day: date) -> Span:
    return Span(day, day)


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1)
