"""Passwords: which are refused, and how they are kept."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given, settings
from hypothesis import strategies as st

from koshelok.core.errors import Invalid
from koshelok.identity import passwords
from koshelok.identity.errors import (
    PasswordInvalid,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
)
from koshelok.identity.passwords import (
    check_password,
    hash_password,
    needs_rehash,
    verify_password,
)


@pytest.mark.parametrize("password", ["", "a", "seven77", "қисқа"])
def test_refuses_a_short_one(password: str) -> None:
    with pytest.raises(PasswordTooShort):
        check_password(password)


def test_refuses_a_long_one() -> None:
    check_password("uchta olma " * 11)
    with pytest.raises(PasswordTooLong):
        check_password("uchta olma " * 12)


def test_refuses_what_cannot_be_encoded() -> None:
    with pytest.raises(PasswordInvalid):
        check_password("parol\ud800so'z")
    assert not verify_password(hash_password("uchta-olma-va-choy"), "\ud800")


@pytest.mark.parametrize(
    "password",
    [
        "password", "PASSWORD", "Password123", "parol123!", "qwertyuiop", "йцукенгшщз", "12345678",
        "87654321", "aaaaaaaa", "abababab", "abcdefgh", "zxcvbnmz", "Toshkent2024", "iloveyou",
        "o'zbekiston", "20001231", "1qaz2wsx3edc", "salom1234", "!!!parol!!!", "adminadmin",
    ],
)  # fmt: skip
def test_refuses_a_common_one(password: str) -> None:
    with pytest.raises(PasswordTooCommon):
        check_password(password)


@pytest.mark.parametrize(
    ("password", "own"),
    [
        ("malika_karimova", "malika_karimova"),
        ("Dilnavoz1990", "dilnavoz"),
        ("Malika Karimova", "Malika Karimova"),
        ("+998901234567", "+998901234567"),
        ("sh.tursunov", "sh.tursunov@example.uz"),
        ("sh.tursunov@example.uz", "sh.tursunov@example.uz"),
    ],
)
def test_refuses_ones_own_name(password: str, own: str) -> None:
    with pytest.raises(PasswordTooCommon):
        check_password(password, personal=(None, own))


def test_a_short_name_inside_is_no_harm() -> None:
    check_password("ali-olma-yeydi", personal=("ali", None, ""))


def test_the_refusal_stands_at_the_field() -> None:
    with pytest.raises(Invalid) as refusal:
        check_password("short", field="new_password")
    assert refusal.value.field == "new_password"


@pytest.mark.parametrize(
    "password", ["uchta-olma-va-choy", "a-long-enough-passphrase", "тўртта олма 😀", "Xy7!kq9#"]
)
def test_takes_a_good_one(password: str) -> None:
    check_password(password, personal=("malika", "+998901234567"))


def test_is_argon2id_with_enough_work(
    quick_passwords: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_hasher", quick_passwords)  # the real one
    stored = hash_password("uchta-olma-va-choy")
    found = extract_parameters(stored)
    assert stored.startswith("$argon2id$")
    assert (found.memory_cost, found.time_cost) >= (19 * 1024, 2)
    assert not needs_rehash(stored)
    assert needs_rehash("$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21l$c29tZWhhc2hzb21laGFzaA")


def test_the_same_one_is_stored_differently_each_time() -> None:
    assert hash_password("uchta-olma-va-choy") != hash_password("uchta-olma-va-choy")


def test_the_decoy_is_nobodys_password() -> None:
    assert not verify_password(None, "nobody has this password")
    assert not verify_password("not a hash", "uchta-olma-va-choy")


@settings(max_examples=10, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=8, max_size=128))
def test_whatever_was_set_signs_in_and_nothing_else(password: str) -> None:
    stored = hash_password(password)
    assert verify_password(stored, password)
    assert not verify_password(stored, password + "x")
