"""What every template has at hand, fragments rendered alone included.

Globals `ui` (the macros of templates/components/), `icon`, `asset`, `spark_path`, `initials`,
`day_words`, `languages`, `get_locale`; `locale`, the code of the page's language; filters `money`,
`day` and `phone`.
Macros are globals because a fragment never runs the imports at its page's top.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask, g, has_app_context
from flask_babel import get_locale, get_timezone, gettext, to_user_timezone
from jinja2 import Environment
from markupsafe import Markup

from koshelok.core import clock
from koshelok.core.money import format_amount
from koshelok.core.phones import readable_phone
from koshelok.web import templating
from koshelok.web.locale import LANGUAGES
from koshelok.web.templating import format_day

STATIC = Path(__file__).resolve().parents[2] / "static"
NBSP = "\u00a0"
SPRITE = "icons.svg"
_DAY_PATTERNS = {"uz": ("d-MMMM", "d-MMMM, y"), "*": ("d MMMM", "d MMMM y")}


class Assets:
    """The built files by their logical names; unbuilt ones (tests) keep their names."""

    def __init__(self, folder: Path, url: str, *, watch: bool) -> None:
        self._manifest = folder / "manifest.json"
        self._url = url
        self._watch = watch
        self._seen = 0
        self._names: dict[str, str] = {}
        self._icons: dict[tuple[str, str, str], Markup] = {}
        self._refresh()

    def _refresh(self) -> None:
        modified = self._manifest.stat().st_mtime_ns if self._manifest.exists() else 0
        if modified != self._seen:
            self._seen = modified
            self._names = json.loads(self._manifest.read_text()) if modified else {}
            self._icons.clear()

    def url(self, name: str) -> str:
        """The address of a built file: `asset("app.css")`."""
        if self._watch:
            self._refresh()
        return f"{self._url}/dist/{self._names.get(name, name)}"

    def icon(self, name: str, size: str = "") -> Markup:
        """A Lucide icon or drawing of the page's sprite; `size` is "", "sm" or "lg"."""
        sprite = g.get("sprite", SPRITE) if has_app_context() else SPRITE
        key = (name, size, sprite)
        if self._watch:
            self._refresh()
        if key not in self._icons:
            css = f"icon icon-{size}" if size else "icon"
            self._icons[key] = Markup(
                '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>'
            ).format(css, self.url(sprite), name)
        return self._icons[key]


class Ui:
    """Every public macro of templates/components/ as an attribute: `ui.field(form.name)`."""

    def __init__(self, environment: Environment, *, watch: bool) -> None:
        self._environment = environment
        self._watch = watch
        self._homes: dict[str, str] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._homes:
            self._find_homes()
        try:
            home = self._homes[name]
        except KeyError:
            raise AttributeError(f"no component {name!r} in templates/components/") from None
        macro = getattr(self._environment.get_template(home).module, name)
        if not self._watch:
            setattr(self, name, macro)
        return macro

    def _find_homes(self) -> None:
        for home in self._environment.list_templates(extensions=["html"]):
            if home.startswith("components/"):
                module = self._environment.get_template(home).module
                names = [name for name in vars(module) if not name.startswith("_")]
                self._homes.update(dict.fromkeys(names, home))


def money(amount: Decimal, *, signed: bool = False, unit: bool = True) -> str:
    """`1 250 000 so'm`; with `signed`, an income has its plus."""
    text = format_amount(amount)
    if signed and amount > 0:
        text = f"+{text}"
    return text + NBSP + gettext("so'm") if unit else text


def day(value: date | datetime, today: date | None = None) -> str:
    """A date as people say it: Today, Yesterday, 14-noyabr, with the year where it differs."""
    if isinstance(value, datetime):
        value = to_user_timezone(value).date()
    today = today or clock.today(str(get_timezone()))
    if value == today:
        return str(gettext("Today"))
    if value == today - timedelta(days=1):
        return str(gettext("Yesterday"))
    locale = get_locale()
    patterns = _DAY_PATTERNS.get(locale.language if locale else "", _DAY_PATTERNS["*"])
    return format_day(value, patterns[value.year != today.year])


def day_words() -> dict[str, str]:
    """How `day` says a date, for scripts: patterns, and the names of the months between bars."""
    locale = get_locale()
    same_year, another_year = _DAY_PATTERNS.get(locale.language, _DAY_PATTERNS["*"])
    names = locale.months["format"]["wide"]
    return {
        "day": same_year,
        "year": another_year,
        "months": "|".join(names[number] for number in range(1, 13)),
    }


def spark_path(values: Sequence[Decimal], *, area: bool = False) -> str:
    """An SVG path through the values in a box of 100 by 32."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = high - low or Decimal(1)
    step = Decimal(100) / (len(values) - 1)
    points = [f"{i * step:.1f} {30 - (v - low) / span * 28:.1f}" for i, v in enumerate(values)]
    line = "M" + "L".join(points)
    return f"{line}L100 32L0 32Z" if area else line


def initials(name: str) -> str:
    """One or two letters that stand for a name."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def init_app(app: Flask) -> None:
    """Give the app's templates their components."""
    environment = app.jinja_env
    assets = Assets(STATIC / "dist", "/static", watch=app.debug)
    environment.globals.update(
        ui=Ui(environment, watch=app.debug),
        asset=assets.url,
        icon=assets.icon,
        spark_path=spark_path,
        day_words=day_words,
        initials=initials,
        get_locale=get_locale,
        languages=list(LANGUAGES.items()),
    )
    app.context_processor(lambda: {"locale": str(get_locale())})
    environment.filters.update(money=money, day=day, phone=readable_phone)
    templating.init_app(app)
