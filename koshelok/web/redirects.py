"""Redirect targets from a request are paths of this site, nothing else."""

from urllib.parse import urlsplit


def safe_path(target: str | None, default: str) -> str:
    """`target` if it is a path on this origin, else `default`."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return default
    if any(ord(char) < 0x20 or char == "\\" for char in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target
