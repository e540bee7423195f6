"""The catalogs: extract, update, compile, and check that nothing visible is untranslated.

`python -m koshelok.i18n extract|compile|check`. Messages of DomainError classes are taken
from the classes themselves, so that the domain needs no gettext.
"""

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import koshelok
from koshelok.core.errors import DomainError
from koshelok.web.locale import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
CATALOGS = ROOT / "koshelok" / "translations"
METHODS = [
    ("koshelok/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
KEYWORDS = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None,
    "ngettext": (1, 2), "_n": (1, 2), "lazy_ngettext": (1, 2),
}  # fmt: skip
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def _domain_messages() -> Iterator[str]:
    for module in pkgutil.walk_packages(koshelok.__path__, "koshelok."):
        if not module.name.startswith("koshelok.devserver"):
            importlib.import_module(module.name)
    pending = [DomainError]
    while pending:
        error = pending.pop()
        pending.extend(error.__subclasses__())
        yield error.message


def _visible() -> Catalog:
    catalog = Catalog(charset="utf-8")
    found = extract_from_dir(
        ROOT,
        method_map=[*METHODS],
        options_map={
            "templates/**.html": {"trimmed": "true", "silent": "false"},
            "templates/**.txt": {"trimmed": "true", "silent": "false"},
        },
        keywords=KEYWORDS,
        directory_filter=lambda path: (
            not re.search(r"node_modules|\.venv|instance|static|tests|\.git|bench", str(path))
        ),
    )
    for filename, _line, message, _comments, _context in found:
        catalog.add(message, locations=[(filename, 0)])
    for message in sorted(set(_domain_messages())):
        catalog.add(message)
    return catalog


def _path(language: str, suffix: str = "po") -> Path:
    return CATALOGS / language / "LC_MESSAGES" / f"messages.{suffix}"


def _read(language: str) -> Catalog:
    if not _path(language).exists():
        return Catalog(locale=language, charset="utf-8")
    with _path(language).open("rb") as file:
        return read_po(file, locale=language)


def extract() -> None:
    """Bring each catalog up to what is visible now; gone messages are dropped."""
    visible = _visible()
    for language in LANGUAGES:
        catalog = _read(language)
        catalog.update(visible, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        if language == "en":
            for message in catalog:
                if message.id:
                    message.string = message.id
        _path(language).parent.mkdir(parents=True, exist_ok=True)
        with _path(language).open("wb") as file:
            write_po(
                file, catalog, sort_output=True, no_location=True, omit_header=False, width=100
            )


def compile_all() -> None:
    """Write the binary catalogs that are older than their sources."""
    for language in LANGUAGES:
        source, target = _path(language), _path(language, "mo")
        if source.exists() and (
            not target.exists() or target.stat().st_mtime < source.stat().st_mtime
        ):
            with target.open("wb") as file:
                write_mo(file, _read(language))


def problems() -> list[str]:
    """What is missing, fuzzy, surplus, or has other placeholders than its message."""
    visible = {_key(message.id) for message in _visible() if message.id}
    found = []
    for language in LANGUAGES:
        catalog = {_key(m.id): m for m in _read(language) if m.id}
        found += [f"{language}: missing: {key}" for key in sorted(visible - catalog.keys())]
        found += [f"{language}: not used: {key}" for key in sorted(catalog.keys() - visible)]
        for key, message in catalog.items():
            strings = (
                [message.string] if isinstance(message.string, str) else list(message.string or "")
            )
            if message.fuzzy or not strings or not all(strings):
                found.append(f"{language}: untranslated: {key}")
            elif any(_placeholders(text) - _placeholders(str(message.id)) for text in strings):
                found.append(f"{language}: other placeholders: {key}")
    return found


def _key(message_id: str | Sequence[str]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def main(command: str) -> int:
    """Run one command; answers the exit code."""
    if command == "extract":
        extract()
    elif command == "compile":
        compile_all()
    elif command == "check":
        found = problems()
        sys.stdout.write("".join(f"{line}\n" for line in found))
        sys.stdout.write("translations: complete\n" if not found else f"{len(found)} problems\n")
        return 1 if found else 0
    else:
        raise SystemExit(f"unknown command: {command}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
