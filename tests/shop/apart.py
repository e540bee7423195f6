"""A browser for tests that hold an application context: each request has one of its own."""

from contextvars import Context
from typing import Any

from werkzeug.test import TestResponse

from tests.conftest import Page


class Apart(Page):
    """A browser whose requests share nothing with the test around them."""

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """As Page.get."""
        return Context().run(super().get, path, **kwargs)

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """As Page.post."""
        return Context().run(super().post, path, data, **kwargs)

    def htmx(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        """As Page.htmx."""
        return Context().run(super().htmx, method, path, **kwargs)
