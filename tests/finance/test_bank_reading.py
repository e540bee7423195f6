"""Banks' messages are read in all their shapes; what is no message is not; codes are never seen."""

import re
import time
from decimal import Decimal
from typing import Any

import pytest

from koshelok.finance.bank import Message, Unread, hide, read
from koshelok.finance.bank.words import DATA

SAMPLES: list[dict[str, Any]] = [
    sample for pattern in DATA["patterns"] for sample in pattern["samples"]
]
LINES = [sample for sample in SAMPLES if "\n" not in sample["text"] and "/" not in sample["text"]]
HUMO, UZCARD = SAMPLES[0]["text"], LINES[6]["text"]
SECONDS = 5


def _name(sample: dict[str, Any]) -> str:
    return str(sample["text"]).strip()[:40]


def _expected(sample: dict[str, Any]) -> Message:
    balance = sample.get("balance")
    return Message(
        sample["type"], Decimal(sample["amount"]), sample["payee"], sample["card"],
        sample.get("at"), Decimal(balance) if balance else None,
    )  # fmt: skip


def _only(text: str) -> Message:
    found = read(text)
    assert len(found) == 1, found
    assert isinstance(found[0], Message), found
    return found[0]


class TestRefuses:
    @pytest.mark.parametrize("text", [
        "Otkaz: HUMOCARD *6659: oplata 19000.00 UZS; PAYME; 26-03-20 15:35",
        "HUMOCARD *6659: otkaz 19000.00 UZS; PAYME; 26-03-20 15:35",
        "HUMOCARD *6659: oplata 10.00 USD; STEAM; 26-03-20 15:35; Dostupno: 100.00 USD",
        "HUMOCARD *6659: oplata 0.00 UZS; PAYME; 26-03-20 15:35",
        "To'lov 50 000 so'mdan boshlab", "Podtverdite oplatu 50000 UZS", "Salom", "12 500",
        "5000 UZS", "karta ****1234", "Oplata", "<script>alert(1)</script>", "' OR 1=1 --",
        "Spisanie, karta ****1234: 99999999999999999999 UZS, KORZINKA",
    ])  # fmt: skip
    def test_what_is_no_message(self, text: str) -> None:
        found = read(text)
        assert [type(each) for each in found] == [Unread], found
        assert found[0].text == text

    @pytest.mark.parametrize("text", ["", " \n\n ", "---\n***", "Humo\n12:58\nUZCARD:"])
    def test_what_says_nothing(self, text: str) -> None:
        assert read(text) == []

    def test_long_lines_are_kept_whole(self) -> None:
        found = read("so'z " * 700)
        assert all(isinstance(each, Unread) and len(each.text) <= 1000 for each in found)
        assert "".join(each.text for each in found).count("z") == 700

    @pytest.mark.parametrize("text", [
        "To'lov: " * 4_000, "To'lov: " + "a" * 30_000, ("To'lov: " + "a" * 119 + "\n") * 200,
        "1" * 30_000, "1 000" * 6_000, "kod 1234 " * 3_300, "*" * 30_000, "* " * 15_000,
        "karta " * 5_000, "[12:58 " * 4_000, " " * 30_000, ".,;:" * 7_500, "💸" * 30_000,
        ("HUMOCARD *1234: oplata 1 UZS; " + "a; 26-03-20 " * 8 + "\n") * 150, "a\n" * 50_000,
    ], ids=range(15))  # fmt: skip
    def test_hostile_texts_take_no_longer(self, text: str) -> None:
        start = time.monotonic()
        read(text)
        assert time.monotonic() - start < SECONDS


class TestReads:
    @pytest.mark.parametrize("sample", SAMPLES, ids=_name)
    def test_each_sample(self, sample: dict[str, Any]) -> None:
        assert _only(sample["text"]) == _expected(sample)

    @pytest.mark.parametrize("sample", LINES, ids=_name)
    @pytest.mark.parametrize(("before", "after"), [
        (": ", ":"), ("(?<=[^0-9]):", " : "), ("; ", ";"), ("; ", " ; "), (", ", " , "),
        (" ", "  "),
        ("'", "’"), ("'", "ʻ"), ("'", "`"), ("'", ""), ("\\*", "•"), (" ", "\u00a0"),
        ("Miqdor", "\nMiqdor"), ("Qoldiq", "\nQoldiq"), ("\\. ", " "),
    ])  # fmt: skip
    def test_with_other_spaces_and_punctuation(
        self, sample: dict[str, Any], before: str, after: str
    ) -> None:
        found, expected = _only(re.sub(before, after, sample["text"])), _expected(sample)
        assert found.fingerprint == expected.fingerprint

    @pytest.mark.parametrize("sample", SAMPLES, ids=_name)
    def test_in_any_case(self, sample: dict[str, Any]) -> None:
        for text in (sample["text"].upper(), sample["text"].lower()):
            assert _only(text).fingerprint == _expected(sample).fingerprint

    @pytest.mark.parametrize("between", ["\n", "\n\n", "\nHumo\n", "\n[12:58, 05.04.2025]\n",
                                         "\r\n", "\n----\n"])  # fmt: skip
    def test_one_after_another(self, between: str) -> None:
        text = between.join(sample["text"].strip() for sample in SAMPLES)
        assert read(text) == [_expected(sample) for sample in SAMPLES]

    @pytest.mark.parametrize("sender", ["Humo: ", "UZCARD> ", "SMS ", "[05.04.2025 12:58] "])
    def test_after_who_sent_it(self, sender: str) -> None:
        assert _only(sender + UZCARD) == _expected(LINES[6])

    def test_on_one_line(self) -> None:
        assert len(read(f"{HUMO}. {UZCARD}")) == 2

    def test_what_is_between_stays(self) -> None:
        found = read(f"{HUMO}\nSalom, qalaysiz\nbu SMS\n{UZCARD} Rahmat!\n\nXayr")
        assert [each.text for each in found if isinstance(each, Unread)] == [
            "Salom, qalaysiz\nbu SMS", "Rahmat!", "Xayr",
        ]  # fmt: skip

    @pytest.mark.parametrize(("written", "amount"), [
        ("1500000.00", "1500000"), ("1 500 000,00", "1500000"), ("400.000,00", "400000"),
        ("495000.00", "495000"), ("5,000.00", "5000"), ("5000", "5000"), ("0.50", "0.5"),
    ])  # fmt: skip
    @pytest.mark.parametrize("currency", ["UZS", "so'm", "сум", "сўм", "so‘m", "sum"])
    def test_amounts(self, written: str, amount: str, currency: str) -> None:
        assert _only(f"Oplata, karta *1234: {written} {currency}, X1").amount == Decimal(amount)

    @pytest.mark.parametrize(("written", "at"), [
        ("26-03-20 02:39", "2026-03-20 02:39:00"), ("23.06.25 23:28", "2025-06-23 23:28:00"),
        ("12:58 05.04.2025", "2025-04-05 12:58:00"), ("05.04.2025", "2025-04-05 00:00:00"),
        ("2025-04-05 12:58:09", "2025-04-05 12:58:09"),
    ])  # fmt: skip
    def test_times(self, written: str, at: str) -> None:
        assert str(_only(f"HUMOCARD *1234: oplata 5 UZS; X1; {written}").at) == at

    @pytest.mark.parametrize("card", [
        "*1234", "***1234", "****1234", "8600****1234", "8600 **** **** 1234", "860012******1234",
        "karta ***1234", "HUMOCARD 1234",
    ])  # fmt: skip
    def test_cards(self, card: str) -> None:
        assert _only(f"{card}: oplata 5 UZS; X1; 26-03-20 02:39").card == "1234"

    @pytest.mark.parametrize(("balance", "left"), [("0.00 UZS", "0"), ("-5 000 UZS", "-5000")])
    def test_balances(self, balance: str, left: str) -> None:
        found = _only(f"HUMOCARD *1234: oplata 5 UZS; X1; Dostupno: {balance}")
        assert found.balance == Decimal(left)


class TestCodes:
    @pytest.mark.parametrize("text", [
        "Kod: 458712", "458712 - tasdiqlash kodi", "Код: 4587", "Your code\n458712", "code 458 712",
        "parol 12345678. Summa 50 000 UZS", "G-458712 is your code", "PIN:4587", "kod N1 458712.",
        "Code 45\u200b8712", "Kod:٤٥٨٧١٢", "Kod ４５８７１２",
        "Kodni hech kimga aytmang!\n\n458712", f"{HUMO} Kod: 458712", f"Kod 458712\n{HUMO}",
        f"{HUMO}\n458712 parolingiz", "Hech kimga aytmang: 458712", "Tasdiqlash raqami 458712",
        "Никому не сообщайте 458712", "458712 - SMS podtverzhdenie", "Verification 458712",
        "Confirm with 458712", "Код 4 5 8 7 1 2",
    ])  # fmt: skip
    def test_are_hidden(self, text: str) -> None:
        hidden = hide(text)
        assert "••••" in hidden
        for code in ("4587", "8712", "1234", "٤٥", "４"):
            assert code not in hidden
        assert hide(hidden) == hidden
        assert all("4587" not in str(each) for each in read(text))

    def test_leave_the_message_beside_them(self) -> None:
        found = read(f"Kod: 458712\n{HUMO}\n{UZCARD}")
        assert found[1:] == [_expected(SAMPLES[0]), _expected(LINES[6])]

    def test_whole_numbers_of_cards_are_hidden_too(self) -> None:
        for number in ("8600123412341234", "8600 1234 1234 1234", "8600-1234-1234-1234"):
            assert hide(f"karta {number}") == "karta ****1234"
