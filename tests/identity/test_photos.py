"""Photos: what is refused, and what becomes of the rest."""

import struct
import zlib
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from koshelok.identity.errors import PhotoInvalid
from koshelok.identity.photos import photos_folder, remove_photo, save_photo
from tests.identity.pictures import photo_with_metadata, picture


def _bomb(side: int) -> bytes:
    """A PNG of a few hundred bytes that claims to be enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", body), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><body>hi</body></html>",
        b"\xff\xd8\xff\xe0broken",
        picture("GIF"),
        picture("BMP"),
        picture()[:60],
        picture("JPEG", (400, 400))[:-300],
        _bomb(8_000),
        _bomb(60_000),
    ],
    ids=[
        "empty",
        "text",
        "svg",
        "html",
        "jpeg-start",
        "gif",
        "bmp",
        "cut-png",
        "cut-jpeg",
        "big",
        "bomb",
    ],
)
def test_refuses(context: Flask, data: bytes) -> None:
    before = set(photos_folder().glob("*")) if photos_folder().exists() else set()
    with pytest.raises(PhotoInvalid):
        save_photo(data)
    after = set(photos_folder().glob("*")) if photos_folder().exists() else set()
    assert after == before


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("size", [(1, 1), (40, 20), (600, 900)])
def test_makes_a_square_webp(context: Flask, kind: str, size: tuple[int, int]) -> None:
    name = save_photo(picture(kind, size))
    with Image.open(photos_folder() / name) as stored:
        assert (stored.format, stored.size, stored.mode) == ("WEBP", (512, 512), "RGB")
    assert name.endswith(".webp")
    assert len(name) > 30


def test_transparency_becomes_white(context: Flask) -> None:
    clear = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    out = BytesIO()
    clear.save(out, "PNG")
    with Image.open(photos_folder() / save_photo(out.getvalue())) as stored:
        assert min(stored.getpixel((256, 256))) > 250


def test_drops_metadata_and_stands_upright(context: Flask) -> None:
    name = save_photo(photo_with_metadata())
    raw = (photos_folder() / name).read_bytes()
    assert b"Secret Photographer" not in raw
    assert b"EXIF" not in raw
    with Image.open(photos_folder() / name) as stored:
        assert not stored.getexif()
        top, bottom = stored.getpixel((256, 20)), stored.getpixel((256, 490))
    assert top[0] > 200 > bottom[0]
    assert bottom[2] > 200


def test_drops_what_follows_the_picture(context: Flask) -> None:
    name = save_photo(picture() + b"<script>alert(1)</script>")
    assert b"<script>" not in (photos_folder() / name).read_bytes()


def test_removing_twice_is_no_error(context: Flask) -> None:
    name = save_photo(picture())
    remove_photo(name)
    remove_photo(name)
    assert not (photos_folder() / name).exists()
