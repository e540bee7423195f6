"""Texts are trimmed and kept as they are, control characters aside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koshelok.core.text import TextMissing, TextTooLong, clean


@pytest.mark.parametrize("text", [None, "", "   ", "\n\t", "\0", "\u202e\u200b"])
def test_refuses_a_blank_where_something_is_required(text: str | None) -> None:
    with pytest.raises(TextMissing):
        clean(text, limit=10, field="name", required=True)


def test_refuses_more_than_fits() -> None:
    with pytest.raises(TextTooLong) as refusal:
        clean("a" * 11, limit=10, field="name")
    assert (refusal.value.field, refusal.value.params) == ("name", {"limit": 10})


@pytest.mark.parametrize("text", ["🧿🇺🇿", "שלום", "<script>", "' OR 1=1 --", "O'zbek", "a\nb"])
def test_keeps_what_people_write(text: str) -> None:
    assert clean(f"  {text} ", limit=100, field="name") == text


@given(st.text(max_size=50))
def test_never_keeps_what_the_database_refuses(text: str) -> None:
    kept = clean(text, limit=200, field="name")
    assert "\0" not in kept
    kept.encode()
