"""One-time codes are taken out of a text before anything else sees it: page, log or database."""

import re
import unicodedata

from koshelok.finance.bank.words import CURRENCY, DATA, NUMBER, any_of, straighten

HIDDEN = "••••"
_NEAR = 2
_INVISIBLE = {"Cc", "Cf", "Cs"}
_WORD = re.compile(
    f"{'|'.join(DATA['words']['code'])}|(?<![^\\W_]){any_of(DATA['words']['code_alone'])}",
    re.IGNORECASE,
)
_MONEY = re.compile(f"{NUMBER} ?{CURRENCY}", re.IGNORECASE)
_NUMBER_OF_CARD = re.compile(r"(?<![0-9])(?:[0-9]{4}[ -]?){3}(?=[0-9]{4}(?![0-9]))")
# Not a part of an amount, of a date or of a card's number.
_APART = r"(?<![0-9*•●])(?<![0-9][.,:/-])"
_END = rf"(?![0-9*])(?![.,:/-][0-9])(?! ?{CURRENCY})"
_CODE = re.compile(
    rf"{_APART}(?:[0-9]{{3,4}}[ -][0-9]{{3,4}}|[0-9]{{4,8}}|[0-9](?:[ -][0-9]){{3,7}})"
    rf"{_END}(?! [0-9]{{3}}(?![0-9]))",
    re.IGNORECASE,
)


def hide(text: str) -> str:
    """A text as people see it, without one-time codes and whole card numbers.

    Digits are hidden in the line that speaks of a code, and in the two lines around it unless
    those speak of money. Doing it twice changes nothing.
    """
    lines = _plain(text).split("\n")
    filled = [place for place, line in enumerate(lines) if line.strip()]
    straight = [straighten(line) for line in lines]
    for order, place in enumerate(filled):
        if not _WORD.search(straight[place]):
            continue
        for near in filled[max(order - _NEAR, 0) : order + _NEAR + 1]:
            if near == place or not _MONEY.search(straight[near]):
                lines[near] = _CODE.sub(HIDDEN, lines[near])
    return "\n".join(_NUMBER_OF_CARD.sub("****", line) for line in lines)


def _plain(text: str) -> str:
    """One kind of digits, spaces and new lines, and nothing invisible to hide digits with."""
    text = "".join(map(_digit, unicodedata.normalize("NFKC", text)))
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\u2028", "\n")
    return "".join(
        char for char in text if char == "\n" or unicodedata.category(char) not in _INVISIBLE
    )


def _digit(char: str) -> str:
    return str(unicodedata.digit(char)) if char.isdecimal() else char
