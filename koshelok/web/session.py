"""The cookie session is the pages': a request of the API neither reads nor signs one."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from koshelok.web.request import is_api


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own, for pages; the API is given one that refuses to be written."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the request's cookie, or of none for the API."""
        return self.make_null_session(app) if is_api() else super().open_session(app, request)
