"""Pictures: whatever was uploaded becomes WebP of our own making, under a name nobody guesses.

Decoding and encoding again drops all metadata and everything that is not picture.
"""

import secrets
import warnings
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 50_000_000
SUFFIX = ".webp"
QUALITY = 85


class Unreadable(ValueError):
    """Not a picture, not one of FORMATS, or of too many pixels."""


def read_picture(data: bytes, *, side: int) -> Image.Image:
    """The picture upright and on white; a large JPEG already smaller, but no side below `side`.

    Raises Unreadable.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise Unreadable
                opened.draft("RGB", (side, side))
                upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        raise Unreadable from error
    white = Image.new("RGBA", upright.size, "white")
    return Image.alpha_composite(white, upright).convert("RGB")


def write_picture(picture: Image.Image, path: Path) -> None:
    """Store a picture as WebP, without metadata."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, "WEBP", quality=QUALITY)


def random_name() -> str:
    """24 random bytes: who knows the name may see the picture."""
    return secrets.token_urlsafe(24)
