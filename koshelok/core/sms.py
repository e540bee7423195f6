"""What fits into an SMS: an alphabet of a byte a letter, or half as much of any other."""

import re
import unicodedata

from anyascii import anyascii

_QUOTES = str.maketrans({
    **dict.fromkeys("‘’‚‛ʻʼʽˈʹ`´′", "'"), **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"), "…": "...",
})  # fmt: skip
_PAIRS = {
    "ў": "o'", "ғ": "g'", "қ": "q", "ҳ": "h", "ш": "sh", "щ": "sh", "ч": "ch", "ж": "j", "ё": "yo",
    "ю": "yu", "я": "ya", "ц": "ts", "э": "e", "х": "x", "й": "y", "ъ": "'", "ь": "", "ы": "i",
}  # fmt: skip
_UZBEK = str.maketrans(
    _PAIRS | {cyrillic.upper(): letters.capitalize() for cyrillic, letters in _PAIRS.items()}
)
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_UNSAFE = re.compile(r"[^ !\"#$%&'()*+,./0-9:;<=>?@A-Z_a-z-]")
_SINGLE, _JOINED = 160, 153
_SINGLE_WIDE, _JOINED_WIDE = 70, 67


def plain(text: str) -> str:
    """The same words with straight quotes and plain spaces: one typographic quote alone makes
    a message twice as long."""
    return " ".join(text.translate(_QUOTES).split())


def latin(text: str) -> str:
    """A name in letters that take a byte each, Uzbek names as Uzbeks write them."""
    letters = (
        char
        for char in unicodedata.normalize("NFC", plain(text))
        if unicodedata.category(char)[0] not in "CS" or char in _GSM
    )
    return " ".join(_UNSAFE.sub("", anyascii("".join(letters).translate(_UZBEK))).split())


def parts(text: str) -> int:
    """How many messages this text is sent, and paid for, as."""
    if set(text) <= _GSM:
        return 1 if len(text) <= _SINGLE else -(-len(text) // _JOINED)
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return 1 if length <= _SINGLE_WIDE else -(-length // _JOINED_WIDE)
