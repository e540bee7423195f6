"""Text has a contrast of at least 4.5 : 1, meaningful lines 3 : 1, in both themes."""

import math
import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css" / "themes.css"
THEME = re.compile(r'@plugin "daisyui/theme" \{(.*?)\n\}', re.S)
COLOR = re.compile(r"--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\);")

TEXT = [
    (ink, ground)
    for ground in ("base-100", "base-200", "wash")
    for ink in ("base-content", "muted", "primary", "income", "expense", "error", "caution")
] + [
    (f"{name}-content", name)
    for name in ("primary", "secondary", "accent", "neutral", "info", "success", "warning", "error")
]
LINES = [
    (line, ground)
    for ground in ("base-100", "base-200")
    for line in ("edge", "chart-income", "chart-expense", *(f"chart-{n}" for n in range(1, 9)))
]


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """The relative luminance (WCAG) of an oklch colour, clipped to sRGB."""
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, c)) for c in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def themes() -> dict[str, dict[str, float]]:
    found = {}
    for block in THEME.findall(CSS.read_text()):
        name = re.search(r'name: "([\w-]+)"', block)
        assert name
        found[name.group(1)] = {
            key.removeprefix("color-"): luminance(float(lightness), float(chroma), float(hue))
            for key, lightness, chroma, hue in COLOR.findall(block)
        }
    return found


THEMES = themes()


def contrast(theme: str, one: str, other: str) -> float:
    high, low = sorted((THEMES[theme][one], THEMES[theme][other]), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme: str, ink: str, ground: str) -> None:
    assert contrast(theme, ink, ground) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("line", "ground"), LINES)
def test_lines_can_be_seen(theme: str, line: str, ground: str) -> None:
    assert contrast(theme, line, ground) >= 3
