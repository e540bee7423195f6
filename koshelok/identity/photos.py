"""Photos: a small square picture of a person."""

from pathlib import Path

from PIL import Image, ImageOps

from koshelok.identity.errors import PhotoInvalid
from koshelok.infra.pictures import SUFFIX, Unreadable, random_name, read_picture, write_picture
from koshelok.infra.settings import current

SIDE = 512


def save_photo(data: bytes) -> str:
    """Store a picture under a random name, which it answers; raises PhotoInvalid."""
    try:
        picture = read_picture(data, side=SIDE)
    except Unreadable as error:
        raise PhotoInvalid from error
    name = random_name() + SUFFIX
    square = ImageOps.fit(picture, (SIDE, SIDE), Image.Resampling.LANCZOS)
    write_picture(square, photos_folder() / name)
    return name


def remove_photo(name: str) -> None:
    """Delete a stored picture."""
    (photos_folder() / name).unlink(missing_ok=True)


def photos_folder() -> Path:
    """Where pictures are kept."""
    return current().uploads / "avatars"
