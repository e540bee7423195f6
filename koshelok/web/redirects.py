"""Redirect targets from a request are paths of this site, nothing else."""

from urllib.parse import urlsplit

from flask import request


def safe_path(target: str | None, default: str) -> str:
    """`target` if it is a path on this origin, else `default`."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return default
    if any(ord(char) < 0x20 or char == "\\" for char in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


def came_from(default: str) -> str:
    """The page of this origin that a form was sent from, else `default`."""
    parts = urlsplit(request.referrer or "")
    if (parts.scheme, parts.netloc) != (request.scheme, request.host):
        return default
    return safe_path(f"{parts.path}?{parts.query}" if parts.query else parts.path, default)
