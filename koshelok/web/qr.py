"""QR codes, as pictures that a page may hold."""

import segno


def qr_image(text: str) -> str:
    """A QR code as a `data:` address of an SVG picture, dark on white in both themes."""
    image: str = segno.make_qr(text, error="m").svg_data_uri(omitsize=True, border=3, light="#fff")
    return image
