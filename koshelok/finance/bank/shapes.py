"""Templates of patterns.toml as regular expressions: one for each choice of optional parts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from re import Pattern

from koshelok.finance.bank.words import CURRENCY, DATA, NUMBER, any_of

FORMS: list[str] = DATA["times"]["forms"]
GAP = "[ ,.;:|/–—-]{0,4}"
_DIGITS = {"%Y": "20[0-9]{2}"}  # every other directive has two
_VERBS: dict[str, list[str]] = DATA["verbs"]
_WORDS: dict[str, list[str]] = DATA["words"]


def _time_of(form: str) -> str:
    spaced = re.escape(form).replace("\\ ", ",? {1,2}")
    return re.sub("%.", lambda found: _DIGITS.get(found.group(), "[0-9]{2}"), spaced)


TIME = f"(?<![0-9])(?=[0-9]{{2}})(?:{'|'.join(map(_time_of, FORMS))})(?![0-9])"
_CARD = any_of(_WORDS["card"])
_MASK = "(?:[0-9]{4}(?:[ -]?[0-9]{2})? ?)?(?:[*•xх] ?){1,12}"
_LEFT = f"{any_of(_WORDS['balance'])}[ :.]{{0,4}}"
_PIECES = {
    "verb": f"(?P<verb>{any_of(word for words in _VERBS.values() for word in words)})",
    "amount": f"(?P<sign>[+-]?) ?(?P<amount>{NUMBER}) ?{CURRENCY}",
    "payee": "(?P<payee>[^\\n]{1,120}?)(?=[ ,.;:|/–—\\n-])",
    "time": f"(?P<time>{TIME})",
    "card": f"(?:(?:{_CARD}[ :]{{0,3}}){{0,2}}{_MASK}|{_CARD}[ :]{{1,3}})"
            "(?P<card>[0-9]{4})(?![0-9])",
    "sum": f"\\n?{any_of(_WORDS['sum'])}",
    "balance": f"\\n?{_LEFT}(?P<balance>-?{NUMBER})(?: ?{CURRENCY})?",
    "rest": f"(?:{_LEFT})?(?P<balance>-?{NUMBER}) ?{CURRENCY}",
}  # fmt: skip
_TOKEN = re.compile(r"\{(\w+)\}|(\n)|[^\w{}\n]+")
_SENDER = any_of(_WORDS["sender"])
_CLOCK = f"[\\[(]?(?:{TIME}|[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?)[\\])]?"
# Who sent a message, before it in its line or in a line alone.
SENT = re.compile(
    f"(?:{_SENDER}|\\[{TIME}\\])[ ,:>!|–—-]{{1,4}}(?:{_CLOCK}[ ,:>|–—-]{{0,4}})?", re.IGNORECASE
)
SENT_ALONE = re.compile(f"(?:{_SENDER})?{GAP}(?:{_CLOCK})?{GAP}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shape:
    """One pattern: its name, and its expressions with the fullest first."""

    name: str
    expressions: list[Pattern[str]]


def _choices(template: str) -> Iterator[str]:
    """A template with each choice of its [optional] parts."""
    parts = re.split(r"\[([^\[\]]*)\]", template)
    optional = range(1, len(parts), 2)
    for taken in product((True, False), repeat=len(optional)):
        left = dict(zip(optional, taken, strict=True))
        yield "".join(part for place, part in enumerate(parts) if left.get(place, True))


def _expression(template: str) -> Pattern[str]:
    pieces = []
    for token in _TOKEN.finditer(template):
        name, line = token.groups()
        pieces.append(_PIECES[name] if name else f"{GAP}\n{GAP}" if line else GAP)
    # A payee at the end reaches to the end of its line; anything else ends where it ends.
    end = "(?=[ .,;!]{0,4}\\n)" if template.endswith("{payee}") else "(?![^\\W_])"
    return re.compile("".join(pieces) + end, re.IGNORECASE)


def _shape(name: str, template: str) -> Shape:
    choices = {choice for choice in _choices(template.strip()) if _is_plain(choice)}
    fullest = sorted(choices, key=lambda choice: (-choice.count("{"), choice))
    return Shape(name, [_expression(choice) for choice in fullest])


def _is_plain(choice: str) -> bool:
    """No piece stands twice."""
    names = re.findall(r"\{\w+\}", choice)
    return len(names) == len(set(names))


@cache
def list_shapes() -> list[Shape]:
    """All of them; made when first asked for, since that takes half a second."""
    return [_shape(pattern["name"], pattern["template"]) for pattern in DATA["patterns"]]


# What any of them begins with: most lines of a text are no message, and told so by this alone.
_FIRST = {re.findall(r"\{(\w+)\}", each["template"])[0] for each in DATA["patterns"]}
BEGINNING = re.compile("|".join(_PIECES[name] for name in sorted(_FIRST)), re.IGNORECASE)
