"""The first load of the dashboard stays under 150 KB, compressed, chart and Cyrillic included."""

import json
from pathlib import Path

import pytest

DIST = Path(__file__).resolve().parents[2] / "static" / "dist"
FIRST_LOAD = (
    "app.css", "app.js", "shared.js", "charts.js", "icons.svg", "logo.svg",
    "inter-latin.woff2", "inter-cyrillic.woff2",
)  # fmt: skip
BUDGET = 150_000
PAGE = 15_000

pytestmark = pytest.mark.skipif(not DIST.exists(), reason="assets are not built")


def manifest() -> dict[str, str]:
    names: dict[str, str] = json.loads((DIST / "manifest.json").read_text())
    return names


def weight(name: str) -> int:
    compressed = DIST / f"{name}.br"
    return (compressed if compressed.exists() else DIST / name).stat().st_size


def test_first_load_leaves_room_for_the_page() -> None:
    names = manifest()
    assert sum(weight(names[name]) for name in FIRST_LOAD) <= BUDGET - PAGE


@pytest.mark.parametrize("encoding", ["br", "gz"])
def test_text_is_compressed_beforehand(encoding: str) -> None:
    for name in manifest().values():
        if not name.endswith((".woff2", ".png")):
            assert (DIST / f"{name}.{encoding}").exists()


@pytest.mark.parametrize("name", ["shop.js", "checkout.js"])
def test_the_script_of_a_page_is_small(name: str) -> None:
    assert weight(manifest()[name]) <= 1_000


def test_what_scripts_share_is_one_file() -> None:
    assert [path.name for path in DIST.glob("shared.*.js")] == [manifest()["shared.js"]]
