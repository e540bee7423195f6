"""Money is so'm with two decimals, a Decimal, never a float.

One parser for what people type, one formatter for what they read, one for JSON. The range
is that of `Numeric(18, 2)` in the database (its twin: infra.columns.MoneyColumn).
"""

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext

from koshelok.core.errors import Invalid

TIYIN = Decimal("0.01")
MAX_AMOUNT = Decimal("9999999999999999.99")
THOUSANDS_SPACE = "\u202f"
MINUS = "\u2212"

_MULTIPLIERS = {
    "": Decimal(1),
    "k": Decimal(1000), "к": Decimal(1000), "ming": Decimal(1000), "минг": Decimal(1000),
    "тыс": Decimal(1000),
    "m": Decimal(10**6), "mln": Decimal(10**6), "млн": Decimal(10**6), "м": Decimal(10**6),
    "mlrd": Decimal(10**9), "млрд": Decimal(10**9),
}  # fmt: skip
_NOISE = re.compile(r"[\s\u00a0\u202f\u2009'’ʻʼ‘_]+")
_CURRENCY = re.compile(r"(so.?m|сум|сўм|uzs)\.?$")
_TERM = re.compile(r"(\d{1,18}(?:[.,]\d+)?|[.,]\d+)([a-zа-я]*)\.?", re.ASCII)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*(?:[.,]\d{1,2})?", re.ASCII)
_SIGN = {"+": 1, "-": -1, MINUS: -1, "–": -1}
_MAX_INPUT = 100


class InvalidAmount(Invalid):
    """The text is not an amount of money."""

    code = "invalid_amount"
    message = "Write an amount, for example 25 000, 25k or 1.5mln."
    field = "amount"


class AmountTooPrecise(Invalid):
    """Finer than a tiyin."""

    code = "amount_too_precise"
    message = "At most two decimals: 1 tiyin is the smallest amount."
    field = "amount"


class AmountOutOfRange(Invalid):
    """Not positive, or beyond what an account book holds."""

    code = "amount_out_of_range"
    message = "The amount must be more than 0 and at most 9 999 999 999 999 999.99."
    field = "amount"


def positive(amount: Decimal, *, field: str = "amount") -> Decimal:
    """The amount, if it is a positive whole number of tiyin in range; raises Invalid."""
    if not amount.is_finite():
        raise InvalidAmount(field=field)
    if not 0 < amount <= MAX_AMOUNT:
        raise AmountOutOfRange(field=field)
    if amount != amount.quantize(TIYIN):
        raise AmountTooPrecise(field=field)
    return amount.quantize(TIYIN)


def parse_amount(text: str) -> Decimal:
    """Read an amount as people type it: `25k`, `1.5mln`, `12 000 + 3 500`, `1.250.000,50`.

    Sums and differences only; a point or a comma is a decimal mark unless it repeats
    before groups of three (`1.500` is 1500, since so'm has two
    decimals). The result is positive, in so'm with two decimals.
    """
    if len(text) > _MAX_INPUT:
        raise InvalidAmount
    compact = _CURRENCY.sub("", _NOISE.sub("", text).lower().replace("\u00d7", "*"))
    if not compact:
        raise InvalidAmount
    with localcontext(prec=2 * _MAX_INPUT):  # no digit of what is typed may be rounded away
        return positive(_sum(compact))


def _sum(compact: str) -> Decimal:
    total, position, sign = Decimal(0), 0, 1
    while True:
        value, position = _read_term(compact, position)
        total += sign * value
        if position == len(compact):
            return total
        if compact[position] not in _SIGN:
            raise InvalidAmount
        sign = _SIGN[compact[position]]
        position += 1


def _read_term(text: str, start: int) -> tuple[Decimal, int]:
    grouped = _GROUPED.match(text, start)
    if grouped and not text[grouped.end() : grouped.end() + 1].isalnum():
        return _grouped_value(grouped.group()), grouped.end()
    match = _TERM.match(text, start)
    if not match or match.group(2) not in _MULTIPLIERS:
        raise InvalidAmount
    number = Decimal(match.group(1).replace(",", "."))
    return number * _MULTIPLIERS[match.group(2)], match.end()


def _grouped_value(text: str) -> Decimal:
    head, mark, tail = text, "", ""
    last = max(text.rfind("."), text.rfind(","))
    if len(text) - last - 1 != 3:
        head, mark, tail = text[:last], ".", text[last + 1 :]
    return Decimal(head.replace(".", "").replace(",", "") + mark + tail)


def round_half_up(amount: Decimal) -> Decimal:
    """To the tiyin, halves away from zero."""
    return amount.quantize(TIYIN, rounding=ROUND_HALF_UP)


def format_amount(amount: Decimal) -> str:
    """For people: `1 250 000`, a narrow no-break space between thousands, a real minus,
    tiyin only where they are not zero."""
    quantized = amount.quantize(TIYIN)
    whole, _, tiyin = f"{abs(quantized):,.2f}".partition(".")
    digits = whole.replace(",", THOUSANDS_SPACE)
    if tiyin != "00":
        digits += f".{tiyin}"
    return f"{MINUS}{digits}" if quantized < 0 else digits


def to_json(amount: Decimal) -> str:
    """For JSON: `"350.00"`, never an exponent."""
    return f"{amount.quantize(TIYIN):f}"
