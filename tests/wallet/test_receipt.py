"""/transfers/<id>: what each end of a transfer reads, prints and downloads."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations as ledger
from koshelok.wallet.queries import CardView
from koshelok.wallet.receipts import Receipt, to_pdf
from tests.conftest import Api, Page, Person
from tests.wallet.support import send

Browse = Callable[[Person], Page]
CardOf = Callable[..., CardView]


@pytest.fixture
def ali(make_person: Callable[..., Person]) -> Person:
    """Who sends."""
    return make_person(full_name="Ali Valiyev")


@pytest.fixture
def malika(make_person: Callable[..., Person]) -> Person:
    """Who receives."""
    return make_person(full_name="Malika Karimova")


@pytest.fixture
def cards(card_of: CardOf, ali: Person, malika: Person) -> tuple[CardView, CardView]:
    """Ali's card with a million, Malika's empty one."""
    return card_of(ali, "1000000"), card_of(malika)


@pytest.fixture
def made(call: Callable[[Person], Api], ali: Person, cards: tuple[CardView, CardView]) -> str:
    """Ali sent Malika 500 000."""
    made: str = send(call(ali), *cards, "500000", description="Ijara").get_json()["id"]
    return made


def test_a_stranger_reads_nothing(browse: Browse, person: Person, made: str) -> None:
    page = browse(person)
    assert page.get(f"/transfers/{made}").status_code == 404
    assert page.get(f"/transfers/{made}/receipt.pdf").status_code == 404


def test_the_sender_reads_the_cost_and_the_receivers_masked_name(
    browse: Browse, ali: Person, made: str, cards: tuple[CardView, CardView]
) -> None:
    page = browse(ali).get(f"/transfers/{made}").text
    for shown in ("505\u202f000", "5\u202f000", "Ijara", "M***a K.", "Ali Valiyev", made,
                  f"•••• {cards[0].number[-4:]}"):  # fmt: skip
        assert shown in page, shown
    assert "Karimova" not in page
    assert f"to={cards[1].number}" in page, "it can be sent again"


def test_the_receiver_reads_no_cost_and_the_senders_masked_name(
    browse: Browse, malika: Person, made: str
) -> None:
    page = browse(malika).get(f"/transfers/{made}").text
    assert "A***i V." in page
    assert "505\u202f000" not in page
    assert "Valiyev" not in page
    assert "/send?" not in page


def test_it_is_linked_with_the_record_that_it_made(browse: Browse, ali: Person, made: str) -> None:
    assert "/transactions/" in browse(ali).get(f"/transfers/{made}").text.split("slip-page")[1]


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_downloads_as_a_pdf(browse: Browse, ali: Person, made: str, language: str) -> None:
    page = browse(ali)
    page.post("/language", {"language": language})
    answer = page.get(f"/transfers/{made}/receipt.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.data.startswith(b"%PDF-")
    assert len(answer.data) < 64 * 1024


@pytest.mark.parametrize(
    "words",
    ["Oʻzbekiston, gʻisht, toʼlov", "Перевод: ўқиш, ғишт, ҳақ", "مرحبا 🍕 \u202e x", "x" * 200],
)  # fmt: skip
def test_a_pdf_of_any_words(wired: Flask, words: str) -> None:
    receipt = Receipt(words[:60], Decimal("9999999999999999.99"), [(words, words)] * 9, words)
    assert to_pdf(receipt).startswith(b"%PDF-")


def test_a_failed_one_says_why_and_what_to_do(
    browse: Browse, call: Callable[[Person], Api], ali: Person, cards: tuple[CardView, CardView]
) -> None:
    client = call(ali)
    for amount, more in (("1000000", {}), ("3000000", {"password": ali.password})):
        assert send(client, *cards, amount, **more).status_code == 409
        failed = client.get("/transfers").get_json()["items"][0]["id"]
        page = browse(ali).get(f"/transfers/{failed}").text
        assert 'role="alert"' in page
        assert "%(" not in page
        assert "/send?" in page
        assert "receipt.pdf" not in page


def test_one_that_was_taken_back_says_so_at_both_ends(
    app: Flask, browse: Browse, ali: Person, malika: Person, made: str
) -> None:
    with app.app_context(), unit_of_work():
        back = ledger.reverse(
            actor_id=ali.id, key="back", fingerprint="", transfer_id=UUID(made), reason="A mistake"
        )
    for reader in (ali, malika):
        page = browse(reader)
        assert "notice-warning" in page.get(f"/transfers/{made}").text
        returned = page.get(f"/transfers/{back.transfer.id}").text
        assert f"/transfers/{made}" in returned
        assert ("505\u202f000" in returned) is (reader is ali), "the commission came back to Ali"
    assert f"{datetime.now(UTC):%Y}" in page.get(f"/transfers/{made}").text


def test_a_deposit_comes_from_the_house(
    browse: Browse, call: Callable[[Person], Api], ali: Person, cards: tuple[CardView, CardView]
) -> None:
    deposit = call(ali).get("/transfers?type=deposit").get_json()["items"][0]["id"]
    page = browse(ali).get(f"/transfers/{deposit}")
    assert page.status_code == 200
    assert "/send?" not in page.text
