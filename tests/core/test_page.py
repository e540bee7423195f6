"""Cursors go out opaque and come back exact, or are refused."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koshelok.core.page import BadCursor, decode_cursor, encode_cursor


@given(st.text(max_size=200))
def test_refuses_what_it_did_not_make(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(cursor, date, int, str, int)


@pytest.mark.parametrize(
    ("keys", "types"),
    [((1,), (str,)), (("x",), (int,)), (("not a day",), (date,)), ((1, 2), (int,)),
     ((2**70,), (int,)), ((True,), (int,)), ((1,), (UUID,)), (("x",), (UUID,)), (("\0",), (str,)),
     (("\ud800",), (str,)), (("9999-12-31T23:59:59-14:00",), (datetime,)),
     (("0001-01-01T00:00:00+14:00",), (datetime,))],
)  # fmt: skip
def test_refuses_keys_of_another_type(keys: tuple[object, ...], types: tuple[type, ...]) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(encode_cursor(*keys), *types)  # type: ignore[arg-type]


@given(
    st.dates(), st.integers(-(2**63), 2**63 - 1),
    st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1 < at.year < 9999), st.uuids(),
)  # fmt: skip
def test_keeps_every_key(day: date, number: int, text: str, moment: datetime, id_: UUID) -> None:
    cursor = encode_cursor(day, number, text, moment, id_)
    kinds = (date, int, str, datetime, UUID)
    assert decode_cursor(cursor, *kinds) == (day, number, text, moment, id_)
