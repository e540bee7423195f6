"""Pages and answers travel compressed, and their length tells nothing of what they hold."""

import brotli
import pytest
from flask import Flask

from koshelok.web.headers import PADDING


@pytest.mark.parametrize("path", ["/login", "/openapi.json"])
def test_travels_compressed_where_the_client_can_read_it(app: Flask, path: str) -> None:
    client = app.test_client()
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) * 2 < len(brotli.decompress(packed.data))


def test_the_length_of_a_page_varies(app: Flask) -> None:
    client = app.test_client()
    lengths = {len(client.get("/login").headers[PADDING]) for _ in range(20)}
    assert len(lengths) > 3
