"""The one list of features: what each mounts, and who reacts to whose events."""

from flask import Flask
from flask_openapi3 import APIBlueprint

from koshelok.core.events import subscribe
from koshelok.web import auth


def mount(app: Flask) -> None:
    """Mount every feature's pages and API, its commands and its navigation."""
    _connect()


def _connect() -> None:
    """Who reacts to whose events, in the same transaction."""
