"""The built files, served by the app itself under names that never change their content."""

from collections.abc import Iterable
from typing import Any

from whitenoise import WhiteNoise

HASHED_NAME = r"^.+[.-][0-9a-zA-Z_-]{8,}\.[a-z0-9]+$"


class StaticFiles(WhiteNoise):  # type: ignore[misc]  # whitenoise ships no types
    """WhiteNoise, for whom a file that a newer build has removed since the start is not there
    (404), rather than an error: pages that are open at a deploy still ask for it."""

    @staticmethod
    def serve(static_file: Any, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer with the file."""
        try:
            served: Iterable[bytes] = WhiteNoise.serve(static_file, environ, start_response)
        except FileNotFoundError:
            start_response(
                "404 Not Found", [("Content-Length", "0"), ("Cache-Control", "no-store")]
            )
            return []
        return served
