"""Which language this reader wants: Uzbek (Latin) unless they say otherwise."""

from flask import request

from koshelok.web import auth
from koshelok.web.request import is_api

LANGUAGES = {"uz": "O'zbekcha", "ru": "Русский", "en": "English"}
DEFAULT = "uz"
COOKIE = "language"


def select_locale() -> str:
    """The API: Accept-Language, then the user's. Pages: the user's, then the cookie."""
    if is_api() and request.accept_languages:
        return request.accept_languages.best_match(LANGUAGES, DEFAULT) or DEFAULT
    actor = auth.peek_actor()
    chosen = actor.language if actor else request.cookies.get(COOKIE, DEFAULT)
    return chosen if chosen in LANGUAGES else DEFAULT
