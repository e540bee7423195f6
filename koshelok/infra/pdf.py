"""Paper: the fonts, inks and words that our PDF documents share."""

from pathlib import Path

from fpdf import FPDF, XPos, YPos

FONTS = Path(__file__).resolve().parents[2] / "static" / "dist"
_STYLES = {"": "inter-regular.ttf", "B": "inter-semibold.ttf"}

Ink = tuple[int, int, int]
INK: Ink = (24, 32, 40)
MUTED: Ink = (90, 98, 106)
BRAND: Ink = (15, 108, 104)
ALARM: Ink = (160, 60, 50)
HAIRLINE: Ink = (222, 222, 218)


class Paper(FPDF):
    """A document in Inter, which has Latin and Cyrillic."""

    def __init__(self, title: str, *, size: str | tuple[int, int], margin: int) -> None:
        super().__init__(format=size)
        self.set_margin(margin)
        self.c_margin = 0
        self.set_title(title)
        self.set_creator("Koshelok")
        for style, name in _STYLES.items():
            self.add_font("Inter", style, FONTS / name)

    def say(self, text: str, size: int, style: str = "", *, ink: Ink = INK, gap: int = 0) -> None:
        """A paragraph, and the space under it."""
        self.set_font("Inter", style, size)
        self.set_text_color(*ink)
        self.multi_cell(0, size // 2 + 1, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(gap)

    def hairline(self) -> None:
        """From margin to margin."""
        self.set_draw_color(*HAIRLINE)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
