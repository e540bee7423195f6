"""Nothing visible is untranslated, in any language; Uzbek keeps one apostrophe."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from koshelok import i18n
from koshelok.web.locale import LANGUAGES


def test_every_visible_string_is_in_every_language() -> None:
    assert i18n.problems() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_apostrophe_is_used(language: str) -> None:
    text = i18n._path(language).read_text()
    assert not set(text) & set("\u02bb\u02bc\u2018\u2019`\u00b4")


def test_names_what_is_missing_and_what_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(i18n, "CATALOGS", tmp_path)
    assert i18n.main("check") == 1
    assert "uz: missing: Fill this in." in capsys.readouterr().out
    assert i18n.main("extract") == 0
    said = i18n.problems()
    assert "uz: untranslated: Fill this in." in said
    assert not [line for line in said if line.startswith("en:")]
    path = i18n._path("ru")
    text = path.read_text().replace(
        'msgid "At most %(limit)s."\nmsgstr ""', 'msgid "At most %(limit)s."\nmsgstr "%(other)s"'
    )
    path.write_text(text + '\nmsgid "Nowhere"\nmsgstr "x"\n')
    said = i18n.problems()
    assert "ru: other placeholders: At most %(limit)s." in said
    assert "ru: not used: Nowhere" in said


def test_compiles_what_is_newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "CATALOGS", tmp_path)
    i18n.main("extract")
    assert i18n.main("compile") == 0
    compiled = i18n._path("en", "mo")
    first = compiled.stat().st_mtime_ns
    i18n.main("compile")
    assert compiled.stat().st_mtime_ns == first
    with i18n._path("en").open("rb") as file:
        assert len(read_po(file)) > 100


def test_refuses_another_command() -> None:
    with pytest.raises(SystemExit):
        i18n.main("translate")
