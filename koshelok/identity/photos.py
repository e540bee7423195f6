"""Photos: whatever was uploaded becomes a small square WebP of our own making.

Decoding and encoding again drops all metadata and everything that is not picture.
"""

import secrets
import warnings
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from koshelok.identity.errors import PhotoInvalid
from koshelok.infra.settings import current

SIDE = 512
FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 50_000_000
SUFFIX = ".webp"


def save_photo(data: bytes) -> str:
    """Store a picture under a random name, which it answers; raises PhotoInvalid."""
    picture = _square(data)
    folder = photos_folder()
    folder.mkdir(parents=True, exist_ok=True)
    name = secrets.token_urlsafe(24) + SUFFIX
    picture.save(folder / name, "WEBP", quality=85)
    return name


def remove_photo(name: str) -> None:
    """Delete a stored picture."""
    (photos_folder() / name).unlink(missing_ok=True)


def photos_folder() -> Path:
    """Where pictures are kept."""
    return current().uploads / "avatars"


def _square(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise PhotoInvalid
                upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        raise PhotoInvalid from error
    white = Image.new("RGBA", upright.size, "white")
    flat = Image.alpha_composite(white, upright).convert("RGB")
    return ImageOps.fit(flat, (SIDE, SIDE), Image.Resampling.LANCZOS)
