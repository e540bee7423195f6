"""Devices by the names people know."""

import pytest

from koshelok.identity.devices import device_name

CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("", ""),
        ("curl/8.5.0", "curl"),
        ("x" * 300, "x" * 40),
        (CHROME.format("Windows NT 10.0"), "Chrome · Windows"),
        (CHROME.format("Linux; Android 14"), "Chrome · Android"),
        (CHROME.format("Windows NT 10.0") + " Edg/130", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0", "Firefox · Linux"),
    ],
)
def test_names(agent: str, name: str) -> None:
    assert device_name(agent) == name
