"""Texts of messages, in the recipient's language: `templates/messages/<kind>.<channel>.txt`.

The first line of an e-mail's template is its subject. Below the edge there is no request,
so the catalogs are read here and not through the web's.
"""

from functools import cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from koshelok.core.sms import plain
from koshelok.messaging.models import Channel

_ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = _ROOT / "templates" / "messages"
CATALOGS = _ROOT / "koshelok" / "translations"


@cache
def _environment(language: str) -> Environment:
    environment = Environment(  # noqa: S701  # plain text, never HTML
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    translations: NullTranslations = Translations.load(CATALOGS, [language])
    environment.install_gettext_translations(  # type: ignore[attr-defined]  # added by the extension
        translations, newstyle=True
    )
    return environment


def compose(channel: Channel, kind: str, language: str, params: dict[str, Any]) -> tuple[str, str]:
    """A message's subject (blank for an SMS) and text."""
    template = _environment(language).get_template(f"{kind}.{channel}.txt")
    written = template.render(params).strip()
    if channel is Channel.SMS:
        return "", plain(written)
    subject, _, text = written.partition("\n")
    return subject.strip(), text.strip()
