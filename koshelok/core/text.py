"""What people write: one cleaning for every text that is stored."""

import unicodedata

from koshelok.core.errors import Invalid

_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}  # what is not known yet may be next year's emoji


class TextTooLong(Invalid):
    """Longer than the column holds."""

    code = "too_long"
    message = "At most %(limit)s characters."


class TextMissing(Invalid):
    """Nothing but blanks, or marks that nobody sees."""

    code = "required"
    message = "Fill this in."


def clean(text: str | None, *, limit: int, field: str, required: bool = False) -> str:
    """Trim, normalise to NFC, drop NUL and other control characters except new lines.

    Emoji, right-to-left text and markup are kept as they are: templates escape them.
    """
    kept = "".join(
        char
        for char in unicodedata.normalize("NFC", text or "")
        if char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"}
    ).strip()
    if required and all(unicodedata.category(char) in _UNSEEN for char in kept):
        raise TextMissing(field=field)
    if len(kept) > limit:
        raise TextTooLong(field=field, limit=limit)
    return kept
