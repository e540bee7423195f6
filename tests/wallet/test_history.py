"""The history page: what is refused, what is shown, narrowed and continued."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.ledger import operations as ledger
from koshelok.ledger.errors import InsufficientFunds
from koshelok.wallet import operations
from koshelok.wallet.operations import Order
from koshelok.wallet.queries import CardView, TransferFilters, count_transfers, list_transfers
from tests.conftest import Api, Page, Person, QueryCounter

CardOf = Callable[..., CardView]


@pytest.fixture
def malika(make_person: Callable[..., Person]) -> Person:
    """The other side."""
    return make_person(full_name="Malika Karimova")


@pytest.fixture
def mine(card_of: CardOf, person: Person) -> CardView:
    """A card with a top-up of 1 000 000."""
    return card_of(person, "1000000")


@pytest.fixture
def hers(card_of: CardOf, malika: Person) -> CardView:
    """Hers, with a top-up of 200 000."""
    return card_of(malika, "200000")


@pytest.fixture
def pay(app: Flask) -> Callable[..., str]:
    """Send from a card to another; answers the transfer's id."""

    def make(source: CardView, target: CardView, amount: str, what: str = "") -> str:
        order = Order(source.id, target.number, Decimal(amount), what, str(uuid4()))
        with app.app_context(), unit_of_work():
            sent = operations.send(actor_id=source.owner_id, role="USER", order=order)
            return str(sent.transfer.id)

    return make


@pytest.fixture
def history(app: Flask, pay: Callable[..., str], mine: CardView, hers: CardView) -> dict[str, str]:
    """A payment out, one in, one refused, one taken back."""
    made = {
        "out": pay(mine, hers, "100000", "Ijara"),
        "in": pay(hers, mine, "50000"),
    }
    with pytest.raises(InsufficientFunds):
        pay(mine, hers, "1900000")
    back = pay(mine, hers, "20000")
    with app.app_context(), unit_of_work():
        made["reversal"] = str(ledger.reverse(
            actor_id=mine.owner_id, key=str(uuid4()), fingerprint="x", transfer_id=back,
            reason="Xato",
        ).transfer.id)  # fmt: skip
    return made


def test_refuses_what_no_history_is_narrowed_to(
    browse: Callable[[Person], Page], person: Person, malika: Person, hers: CardView
) -> None:
    mine = browse(person)
    assert mine.get(f"/transfers?card={hers.id}").status_code == 404
    assert mine.get("/transfers?card=nothing").status_code == 422
    assert mine.get("/transfers?start_date=2026-02-02&end_date=2026-01-01").status_code == 422
    assert mine.get("/transfers?min_amount=much").status_code == 422
    assert mine.get("/transfers?cursor=nonsense").status_code == 422
    assert mine.get("/transfers?direction=sideways").status_code == 200


def test_an_empty_history_says_so(browse: Callable[[Person], Page], person: Person) -> None:
    mine = browse(person)
    assert "drawing-ledger" in mine.get("/transfers").get_data(as_text=True)
    assert "drawing-search" in mine.get("/transfers?type=deposit").get_data(as_text=True)


def test_shows_each_kind_with_its_sign_and_reason(
    browse: Callable[[Person], Page], person: Person, history: dict[str, str]
) -> None:
    text = browse(person).get("/transfers").get_data(as_text=True)
    rows = {part.split('"')[0]: part for part in text.split('id="transfer-')[1:]}
    assert len(rows) == 6
    out, came, back = (rows[history[name]] for name in ("out", "in", "reversal"))
    assert "\u2212101\u202f000" in out
    assert "#arrow-up-right" in out
    assert "Ijara" in out
    assert "+50\u202f000" in came
    assert "#arrow-down-left" in came
    assert "+20\u202f200" in back
    assert "#rotate-ccw" in back
    (failed,) = [row for row in rows.values() if "#circle-x" in row]
    assert "1\u202f900\u202f000" in failed
    assert text.count("row-gone") == 1
    assert text.count("#plus") >= 1


def test_names_the_other_end_as_the_reader_knows_it(
    app: Flask,
    browse: Callable[[Person], Page],
    person: Person,
    malika: Person,
    hers: CardView,
    history: dict[str, str],
) -> None:
    page = browse(person)

    def title_of(name: str) -> str:
        row = page.get("/transfers").text.split(f'id="transfer-{history[name]}"')[1]
        return row.split('row-title">')[1].split("</p>")[0]

    assert "M***a K." in title_of("out")
    assert "M***a K." in title_of("in")
    assert "M***a" not in title_of("reversal")
    with app.app_context(), unit_of_work():
        operations.save_card(actor_id=person.id, card_number=hers.number, alias="Singlim")
    assert "Singlim" in title_of("out")
    assert "Karimova" not in page.get("/transfers").text
    assert "Singlim" not in browse(malika).get("/transfers").text


def test_the_other_side_sees_no_refusal(
    browse: Callable[[Person], Page], malika: Person, history: dict[str, str]
) -> None:
    text = browse(malika).get("/transfers").get_data(as_text=True)
    assert text.count('id="transfer-') == 5
    assert "row-gone" not in text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("direction=out", 3),
        ("direction=in", 3),
        ("direction=own", 0),
        ("type=deposit", 1),
        ("type=reversal", 1),
        ("status=failed", 1),
        ("status=success&direction=out", 2),
        ("min_amount=50+000&max_amount=100k", 2),
        ("min_amount=3mln", 0),
    ],
)
def test_filters_narrow_it_and_agree_with_the_count(
    app: Flask,
    browse: Callable[[Person], Page],
    person: Person,
    history: dict[str, str],
    query: str,
    count: int,
) -> None:
    text = browse(person).get(f"/transfers?{query}").get_data(as_text=True)
    assert text.count('id="transfer-') == count
    words = dict(part.split("=") for part in query.split("&"))
    if not any("amount" in word for word in words):
        with app.app_context():
            filters = TransferFilters(**words)
            assert count_transfers(person.id, filters) == count


def test_days_are_those_of_tashkent(
    app: Flask, browse: Callable[[Person], Page], person: Person, mine: CardView
) -> None:
    late = datetime(2026, 3, 31, 19, 30, tzinfo=UTC)  # already the first of April there
    with app.app_context(), unit_of_work():
        ledger.deposit(
            actor_id=person.id, key=str(uuid4()), fingerprint="x", target=mine.account_id,
            amount=Decimal(5000), at=late,
        )  # fmt: skip
    page = browse(person)
    asked = "/transfers?start_date={0}&end_date={0}"
    first = page.get(asked.format("2026-04-01")).get_data(as_text=True)
    assert first.count('id="transfer-') == 1
    assert "00:30" in first
    assert 'id="transfer-' not in page.get(asked.format("2026-03-31")).get_data(as_text=True)


def test_more_are_loaded_without_saying_a_day_twice(
    app: Flask, browse: Callable[[Person], Page], person: Person, mine: CardView
) -> None:
    start = datetime(2026, 3, 1, 6, tzinfo=UTC)
    with app.app_context(), unit_of_work():
        for number in range(55):
            ledger.deposit(
                actor_id=person.id, key=f"more-{number}", fingerprint="x",
                target=mine.account_id, amount=Decimal(1000), at=start + timedelta(minutes=number),
            )  # fmt: skip
    page = browse(person)
    text = page.get("/transfers?type=deposit").get_data(as_text=True)
    assert text.count('id="transfer-') == 50
    more = text.split('class="load-more"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    rest = page.htmx("GET", more).get_data(as_text=True)
    assert rest.count('id="transfer-') == 6
    assert "rows-day" not in rest
    assert "<form" not in rest


def test_a_region_has_its_address(
    browse: Callable[[Person], Page], person: Person, history: dict[str, str]
) -> None:
    response = browse(person).htmx("GET", "/transfers?direction=in&min_amount=")
    text = response.get_data(as_text=True)
    assert response.headers["HX-Push-Url"] == "/transfers?direction=in"
    assert 'id="results"' in text
    assert "<html" not in text


def test_a_card_shows_its_own(
    browse: Callable[[Person], Page], person: Person, mine: CardView, history: dict[str, str]
) -> None:
    page = browse(person)
    text = page.get(f"/cards/{mine.id}").get_data(as_text=True)
    assert text.count('id="transfer-') == 6
    assert f"/transfers?card={mine.id}" in text


def test_between_ones_own_cards(
    app: Flask,
    card_of: CardOf,
    make_person: Callable[..., Person],
    pay: Callable[..., str],
    browse: Callable[[Person], Page],
) -> None:
    rich = make_person(role="PREMIUM")
    one, two = card_of(rich, "100000"), card_of(rich)
    moved = pay(one, two, "30000")
    page = browse(rich)
    own = page.get("/transfers?direction=own").get_data(as_text=True)
    assert f'id="transfer-{moved}"' in own
    assert "#arrow-right-left" in own
    from_one = page.get(f"/transfers?card={one.id}&direction=out").get_data(as_text=True)
    to_two = page.get(f"/transfers?card={two.id}&direction=in").get_data(as_text=True)
    assert f'id="transfer-{moved}"' in from_one
    assert f'id="transfer-{moved}"' in to_two
    with app.app_context():
        (view,) = list_transfers(rich.id, TransferFilters(direction="own"), limit=5).items
        assert view.total == Decimal("30300.00")


def test_at_most_ten_queries(
    browse: Callable[[Person], Page],
    person: Person,
    history: dict[str, str],
    queries: QueryCounter,
    api: Api,
) -> None:
    page = browse(person)
    for path in ("/transfers", "/transfers?direction=in", "/saved-cards"):
        queries.statements.clear()
        assert page.get(path).status_code == 200
        assert len(queries.statements) <= 10, queries.statements
