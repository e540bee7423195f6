"""patterns.toml as it is, and its words as pieces of regular expressions.

Every repetition is bounded and no two that may match the same letters stand side by side, so that
no text, however hostile, is read for longer than its length allows.
"""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_name("patterns.toml").read_text("utf-8"))
_LETTER = "[^\\W_]"
_APOSTROPHES = re.compile("[`´‘’‛ʻʼʽˈ′]")


def straighten(text: str) -> str:
    """Every apostrophe as the plain one, letter for letter."""
    return _APOSTROPHES.sub("'", text)


def any_of(words: Iterable[str]) -> str:
    """One of these words, whole, the longest first."""
    longest = sorted(set(words), key=len, reverse=True)
    choice = "|".join(
        re.escape(word).replace("'", "'?").replace("\\ ", " {1,2}") for word in longest
    )
    return f"(?:{choice})(?!{_LETTER})"


CURRENCY = any_of(DATA["words"]["currency"])
NUMBER = (
    "(?:[0-9]{1,3}(?:[ .,'][0-9]{3}){1,5}(?:[.,][0-9]{1,2})?|[0-9]{1,15}(?:[.,][0-9]{1,2})?)"
    "(?![0-9])"
)
