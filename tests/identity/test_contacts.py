"""Contacts and user names: what is read, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koshelok.identity.contacts import (
    Contact,
    find_contact,
    is_username,
    login_key,
    parse_contact,
    parse_username,
    readable,
)
from koshelok.identity.errors import InvalidContact, InvalidUsername


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "abc", "12", "+998", "90123456", "+99890123456", "+998901234567890123456789",
        "90 123 45 67 ext 5", "tel:+998901234567", "+998 90 123 45 6x", "@", "a@", "@b.uz",
        "a b@c.uz", "a@b", "a@-b.uz", "ali@@example.uz", "x" * 300 + "@b.uz",
        "ali@localhost", "٩٠١٢٣٤٥٦٧\0", "<script>@example.uz>", "1" * 5000,
    ],
)  # fmt: skip
def test_refuses(text: str) -> None:
    with pytest.raises(InvalidContact):
        parse_contact(text)
    assert find_contact(text) is None


@given(st.text(max_size=400))
def test_any_text_is_a_contact_or_refused(text: str) -> None:
    found = find_contact(text)
    assert found is None or (found.channel in {"sms", "email"} and len(found.value) <= 254)
    assert len(login_key(text)) <= 254


@pytest.mark.parametrize(
    "text",
    [
        "+998901234567", "998901234567", "90 123 45 67", "901234567", "(90) 123-45-67",
        "+998 (90) 123 45 67", " +998 90 123-45-67 ",
    ],
)  # fmt: skip
def test_all_spellings_of_a_phone_are_one(text: str) -> None:
    assert parse_contact(text) == Contact("sms", "+998901234567")


def test_reads_a_phone_from_abroad() -> None:
    assert parse_contact("+7 912 345-67-89") == Contact("sms", "+79123456789")


@pytest.mark.parametrize("text", ["Ali@Example.UZ", " ali@example.uz "])
def test_all_spellings_of_an_e_mail_are_one(text: str) -> None:
    assert parse_contact(text) == Contact("email", "ali@example.uz")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ab",
        "1ab",
        "_ab",
        "a b c",
        "ali@uz",
        "али",
        "a" * 31,
        "ali\0",
        "ali'--",
        "😀😀😀",
    ],
)
def test_refuses_a_user_name(text: str) -> None:
    assert not is_username(text)
    with pytest.raises(InvalidUsername):
        parse_username(text)


@pytest.mark.parametrize("text", ["ali", "Ali.Valiyev", "a-b_c.9", "a" * 30, " malika "])
def test_takes_a_user_name(text: str) -> None:
    assert parse_username(text) == text.strip()


def test_a_login_has_one_key_in_all_spellings() -> None:
    assert login_key("90 123 45 67") == login_key("+998901234567")
    assert login_key("Malika ") == login_key("malika")


def test_people_read_a_phone_in_groups() -> None:
    assert readable("+998901234567") == "+998 90 123 45 67"
    assert readable("ali@example.uz") == "ali@example.uz"
    assert readable("malika") == "malika"
