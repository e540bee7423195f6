"""What a page asks for a hundred times, kept: words of its language, addresses, dates.

Flask and Flask-Babel look all of them up anew at every call, which cost as much as the queries
of a page. Nothing here depends on the request but the language, which is part of every key.
"""

import re
from datetime import date
from functools import cache, lru_cache
from typing import Any

import flask
from babel.dates import format_date
from babel.support import NullTranslations
from flask import Flask
from flask_babel import get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.ext import Extension
from jinja2.nodes import EvalContext
from markupsafe import Markup


@cache
def _catalog(_language: str) -> NullTranslations:
    """The catalog of the language that is current at the first call for it."""
    catalog: NullTranslations = get_translations()
    return catalog


def _language() -> str:
    locale = get_locale()
    return locale.language if locale else "en"


@lru_cache(maxsize=8192)
def _said(text: str, language: str, escaping: bool) -> tuple[str | None, str]:
    """The words for what a template says: as they stand, None where something has to fill them;
    and to be filled."""
    words = _catalog(language).ugettext(text)
    words = Markup(words) if escaping else words  # noqa: S704  # of our own templates
    return (None if "%(" in words else words % {}), words


@pass_eval_context
def _say(asked: EvalContext, text: str, **variables: Any) -> str:
    """What a template says, in the language of the page; on a page variables are escaped."""
    plain, words = _said(text, _language(), bool(asked.autoescape))
    return words % variables if plain is None else plain


def _say_many(one: str, many: str, number: int) -> str:
    return _catalog(_language()).ungettext(one, many, number)


@lru_cache(maxsize=8192)
def _address(endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return flask.url_for(endpoint, **dict(values))


def url_for(endpoint: str, **values: Any) -> str:
    """Flask's, kept; addresses relative to a blueprint or to a host are made anew."""
    if endpoint.startswith(".") or any(name.startswith("_") for name in values):
        return flask.url_for(endpoint, **values)
    return _address(endpoint, tuple(values.items()))


@lru_cache(maxsize=4096)
def _date(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=language)


def format_day(day: date, pattern: str) -> str:
    """A date by a CLDR pattern in the language of the page."""
    return _date(day, pattern, _language())


class Flush(Extension):
    """Takes the indentation out of templates as they are compiled: a twentieth of every page.

    Only what a template itself says is touched, never what people wrote.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template with its lines flush left; their numbers stay."""
        return re.sub(r"\n[ \t]+", "\n", source)


def init_app(app: Flask) -> None:
    """Let templates use these."""
    app.jinja_env.add_extension(Flush)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # jinja2.ext.i18n adds it
        gettext=_say, ngettext=_say_many, newstyle=True
    )
    app.jinja_env.globals.update(url_for=url_for, _=_say, gettext=_say)
