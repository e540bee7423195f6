"""Pictures of products as files: each in three sizes, beside the photos, so a backup has them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Protocol

from PIL import Image

from koshelok.core.clock import now
from koshelok.infra.pictures import SUFFIX, random_name, read_picture, write_picture
from koshelok.infra.settings import current

SIZES = (160, 480, 1200)
"""The longest sides, in pixels; nothing is made larger than it was."""
AT_WORK = timedelta(days=1)
"""How long what wrote a file may take until its row is committed, generously."""
_BATCH = 500


class Named(Protocol):
    """A picture of a product by its name, as its row and its views have it."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture that was written: its name, and the size of the largest copy in pixels."""

    name: str
    width: int
    height: int


def image_url(image: Named, size: int = 480) -> str:
    """Where a picture is shown: `size` is 160 for a row, 480 for a card, 1200 for a page."""
    return f"/shop/images/{_file(image.name, size)}"


def save_image(data: bytes) -> Stored:
    """Write a picture in all sizes; raises Unreadable."""
    name, picture = random_name(), read_picture(data, side=max(SIZES))
    for size in sorted(SIZES, reverse=True):
        picture.thumbnail((size, size), Image.Resampling.LANCZOS)
        if size == max(SIZES):
            stored = Stored(name, picture.width, picture.height)
        write_picture(picture, images_folder() / _file(name, size))
    return stored


def remove_image_files(name: str) -> None:
    """Delete all sizes of a picture; nothing to do where they are gone."""
    for size in SIZES:
        (images_folder() / _file(name, size)).unlink(missing_ok=True)


def images_folder() -> Path:
    """Where the pictures of products are kept."""
    return current().uploads / "products"


def find_settled() -> Iterator[set[str]]:
    """Names of pictures written so long ago that their rows are there or never will be, some
    at a time."""
    limit = (now() - AT_WORK).timestamp()
    if not images_folder().exists():
        return
    with os.scandir(images_folder()) as files:
        settled = (file.name for file in files if file.stat().st_mtime < limit)
        while some := {name.rsplit("-", 1)[0] for name in islice(settled, _BATCH)}:
            yield some


def _file(name: str, size: int) -> str:
    return f"{name}-{size}{SUFFIX}"
