"""Pictures to upload, made on the spot."""

from io import BytesIO

from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB") -> bytes:
    """A picture whose left half is red and right half blue."""
    image = Image.new(mode, size, "blue")
    image.paste(Image.new(mode, (size[0] // 2, size[1]), "red"))
    out = BytesIO()
    image.save(out, kind)
    return out.getvalue()


def photo_with_metadata() -> bytes:
    """A JPEG that lies on its side and says who took it and where."""
    image = Image.new("RGB", (200, 100), "blue")
    image.paste(Image.new("RGB", (100, 100), "red"))
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn right to stand
    exif[0x013B] = "Secret Photographer"
    exif.get_ifd(0x8825)[1] = "N"
    out = BytesIO()
    image.save(out, "JPEG", exif=exif, quality=95)
    return out.getvalue()
