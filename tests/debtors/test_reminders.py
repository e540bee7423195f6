"""Reminders: when, to whom, once a day; receipts; what they say and how long that is."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from koshelok.core.clock import today
from koshelok.core.sms import latin, parts, plain
from koshelok.debtors import operations, tasks, texts
from koshelok.debtors.errors import (
    DebtorNotFound,
    NothingOwed,
    RemindedToday,
    RemindersOff,
    SmsQuotaSpent,
)
from koshelok.debtors.models import Debtor, Reminder
from koshelok.debtors.queries import Owed, list_owed
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.messaging.models import Message
from tests.conftest import Page, Person

NOON = datetime(2026, 11, 21, 7, tzinfo=UTC)  # 12:00 in Tashkent
DAY = date(2026, 11, 21)
NASTY = (
    "Ғофуров Ўктам Ҳамидович " * 4, "😀" * 100, "王小明 " * 30, "{{ 7 }} %(name)s %s",
    "G‘ofurov «Oʻktam» “Bek”", "^{}[]~|\\€`" * 10, "ქართული " * 12, "A" * 120, "Щ" * 120,
    "'; DROP TABLE debts; --", "\u202e\u200bАзиз", "x",
)  # fmt: skip


class Book:
    """A shop's book, and what is done in it."""

    def __init__(self, owner: Person) -> None:
        self.place: dict[str, Any] = {"actor_id": owner.id, "workspace_id": owner.workspace_id}

    def set(self, **changes: Any) -> None:
        values = {"reminders": True, "receipts": False, "due_days": None, "language": "uz"}
        with unit_of_work():
            operations.edit_book(**self.place, **{**values, **changes})

    def debtor(self, number: int = 1, name: str = "Aziz Karimov") -> int:
        with unit_of_work():
            return operations.create_debtor(
                **self.place, full_name=name, phone_number=f"+99890{number:07}"
            ).id

    def debt(self, debtor: int, amount: int = 1000, due: date | None = None, **more: Any) -> int:
        with unit_of_work():
            return operations.record_debt(
                **self.place, debtor_id=debtor, amount=Decimal(amount), due_date=due, **more
            ).id

    def told(self) -> list[Reminder]:
        session.rollback()
        return list(session.scalars(select(Reminder).order_by(Reminder.id)))


@pytest.fixture
def book(context: Flask, person: Person) -> Book:
    made = Book(person)
    made.set()
    return made


def remind(days: int = 0, hour: int = 12) -> int:
    return tasks.remind(NOON + timedelta(days=days, hours=hour - 12))


def test_a_book_without_a_row_reminds_nobody(context: Flask, person: Person) -> None:
    quiet = Book(person)
    quiet.debt(quiet.debtor(), due=DAY)
    assert remind() == 0


@pytest.mark.parametrize("hour", [0, 3, 8, 20, 23])
def test_nobody_is_written_to_at_night(book: Book, hour: int) -> None:
    book.debt(book.debtor(), due=DAY)
    assert remind(hour=hour) == 0
    assert not tasks.remind(datetime(2026, 11, 21, 3, 59, 59, tzinfo=UTC))


@pytest.mark.parametrize("hour", [9, 19])
def test_by_day_they_are(book: Book, hour: int) -> None:
    book.debt(book.debtor(), due=DAY)
    assert remind(hour=hour) == 1


def test_two_days_before_on_the_day_and_every_week(book: Book) -> None:
    book.debt(book.debtor(), due=DAY)
    sent = [days for days in range(-10, 30) if remind(days)]
    assert sent == [-2, 0, 7, 14, 21, 28]
    assert [row.occasion for row in book.told()] == ["before", "due", *["late"] * 4]


def test_a_debt_without_a_date_or_paid_or_voided_reminds_of_nothing(book: Book) -> None:
    undated, paid, voided, forgiven = (book.debtor(number) for number in range(1, 5))
    book.debt(undated)
    book.debt(paid, due=DAY)
    with unit_of_work():
        operations.record_payment(**book.place, debtor_id=paid, amount=Decimal(1000))
        operations.void_debt(**book.place, debt_id=book.debt(voided, due=DAY), reason="xato")
        operations.write_off(**book.place, debt_id=book.debt(forgiven, due=DAY), reason="mayli")
    assert remind() == 0


def test_not_whoever_does_not_want_it_or_promised_a_later_day(book: Book) -> None:
    quiet, later, today_, past = (book.debtor(number) for number in range(1, 5))
    for debtor in (quiet, later, today_, past):
        book.debt(debtor, due=DAY)
    with unit_of_work():
        operations.edit_debtor(**book.place, debtor_id=quiet, reminders=False)
        for debtor, day in ((later, 1), (today_, 0), (past, -1)):
            operations.note_promise(**book.place, debtor_id=debtor, day=DAY + timedelta(days=day))
    remind()
    assert [row.debtor_id for row in book.told()] == [today_, past]


def test_once_a_day_whatever_is_due_and_whoever_asks(book: Book) -> None:
    debtor = book.debtor()
    for days in (-14, -7, 0, 2):
        book.debt(debtor, due=DAY + timedelta(days=days))
    assert [remind(), remind(), remind(hour=19)] == [1, 0, 0]
    with unit_of_work(), pytest.raises(RemindedToday):
        operations.remind_debtor(**book.place, debtor_id=debtor, moment=NOON)
    (told,) = book.told()
    assert (told.occasion, told.day) == ("late", DAY)


def test_two_workers_at_once_send_one(app: Flask, book: Book) -> None:
    for number in range(30):
        book.debt(book.debtor(number), due=DAY)

    def work(_: int) -> int:
        with app.app_context():
            return remind()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 30
    assert len(book.told()) == 30
    assert len(session.scalars(select(Message.id)).all()) == 30


def test_more_than_a_batch_over_several_books(
    context: Flask, book: Book, make_person: Callable[..., Person],
) -> None:  # fmt: skip
    other = Book(make_person())
    other.set()
    for number in range(103):
        book.debt(book.debtor(number), due=DAY)
    other.debt(other.debtor(), due=DAY)
    assert remind() == 104


def test_by_hand(book: Book, make_person: Callable[..., Person]) -> None:
    debtor, settled = book.debtor(), book.debtor(2)
    stranger = Book(make_person())
    book.debt(debtor, 5000)
    for place, who, error in (
        (stranger.place, debtor, DebtorNotFound), (book.place, settled, NothingOwed),
    ):  # fmt: skip
        with unit_of_work(), pytest.raises(error):
            operations.remind_debtor(**place, debtor_id=who, moment=NOON)
    (owed,) = list_owed([debtor], DAY)
    promised = operations.preview(workspace_id=book.place["workspace_id"], owed=[owed])[debtor].text
    with unit_of_work():
        operations.remind_debtor(**book.place, debtor_id=debtor, moment=NOON)
    (told,) = book.told()
    message = session.get_one(Message, told.message_id)
    assert told.text == message.text == promised
    assert (told.occasion, told.created_by_id) == ("asked", book.place["actor_id"])
    assert message.recipient == "+998900000001"
    assert message.valid_until == NOON + timedelta(hours=2)
    with unit_of_work():
        operations.edit_debtor(**book.place, debtor_id=debtor, reminders=False)
    with unit_of_work(), pytest.raises(RemindersOff):
        operations.remind_debtor(**book.place, debtor_id=debtor, moment=NOON + timedelta(days=1))


def test_a_month_has_its_limit(another_app: Callable[..., Flask], book: Book) -> None:
    for number in range(5):
        book.debt(book.debtor(number), due=DAY)
    with another_app(debtor_sms_a_month=3).app_context():
        assert remind() == 3
        left = book.debtor(9)
        book.debt(left)
        with unit_of_work(), pytest.raises(SmsQuotaSpent):
            operations.remind_debtor(**book.place, debtor_id=left, moment=NOON)


def owed(name: str, part: str | None = "150000", due: date | None = DAY) -> Owed:
    sum_ = Decimal("9999999999999999.99")
    return Owed(1, name, "+998900000001", True, sum_, part and Decimal(part), due)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("shop", NASTY)
def test_every_text_is_short_and_plain(language: str, name: str, shop: str) -> None:
    most = {"ru": 2}.get(language, 1)
    said = [
        texts.reminder(owed(name), shop=shop, language=language),
        texts.reminder(owed(name, None, None), shop=shop, language=language),
        texts.receipt(entry="debt", entered=Decimal("9999999999999999.99"), on=DAY,
                      balance=Decimal("9999999999999999.99"), shop=shop, language=language),
        texts.receipt(entry="payment", entered=Decimal(1), on=DAY, balance=Decimal(-5),
                      shop=shop, language=language),
    ]  # fmt: skip
    for one in said:
        assert parts(one.text) <= most, one.text
        assert not set(one.text) & set("‘’ʻʼ“”«»\u00a0\u202f")
        if language != "ru":
            assert one.text.isascii()


@given(st.text(max_size=200))
def test_latin_letters_fit(text: str) -> None:
    assert (
        parts(latin(text) or "x") == -(-max(len(latin(text)), 1) // 160) or len(latin(text)) > 160
    )
    assert latin(text).isascii()
    assert plain(plain(text)) == plain(text)


def test_names_are_written_as_uzbeks_write_them() -> None:
    assert latin("Ғофуров Ўткир") == "G'ofurov O'tkir"
    assert latin("Gʻayrat Oʼktamov") == "G'ayrat O'ktamov"


def test_parts() -> None:
    assert [parts(text) for text in ("", "a" * 160, "a" * 161, "я" * 70, "я" * 71, "😀" * 36)] == [
        1, 1, 2, 1, 2, 2,
    ]  # fmt: skip


def test_the_sum_and_what_of_it_is_due_are_both_told(book: Book) -> None:
    book.set(language="en")
    debtor = book.debtor()
    book.debt(debtor, 100_000, DAY)
    book.debt(debtor, 900_000)
    remind()
    (told,) = book.told()
    assert "1 000 000 so'm" in told.text
    assert "100 000 so'm due on 21.11.2026" in told.text


def test_receipts_are_off_at_first(book: Book) -> None:
    book.debt(book.debtor())
    assert book.told() == []


def test_a_receipt_after_each_entry_and_none_for_a_replay(book: Book) -> None:
    book.set(receipts=True, language="en")
    debtor, key = book.debtor(), uuid4()
    for _ in range(2):
        book.debt(debtor, 250_000, client_id=key)
    key = uuid4()
    for _ in range(2):
        with unit_of_work():
            operations.record_payment(
                **book.place, debtor_id=debtor, amount=Decimal(300_000), client_id=key
            )
    debt, payment = book.told()
    assert "debt 250 000 so'm" in debt.text
    assert "in all: 250 000 so'm" in debt.text
    assert "paid 300 000 so'm" in payment.text
    assert "50 000 so'm left over" in payment.text
    assert (debt.day, debt.occasion) == (today(), "receipt")
    with unit_of_work():
        operations.edit_debtor(**book.place, debtor_id=debtor, reminders=False)
    book.debt(debtor)
    assert len(book.told()) == 2


def test_a_receipt_of_a_refused_entry_is_never_sent(book: Book) -> None:
    book.set(receipts=True)
    debtor = book.debtor()

    def late_refusal() -> None:
        with unit_of_work():
            operations.record_debt(**book.place, debtor_id=debtor, amount=Decimal(5))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        late_refusal()
    assert book.told() == []
    assert session.scalars(select(Message)).all() == []


def test_the_history_page(
    app: Flask,
    person: Person,
    browse: Callable[[Person], Page],
    make_person: Callable[..., Person],
) -> None:
    with app.app_context():
        debtor = Book(person).debtor()
        Book(person).debt(debtor, 70_000, today())
    path = f"/debtors/{debtor}/reminders"
    stranger, mine = browse(make_person()), browse(person)
    for answer in (stranger.get(path), stranger.post(path), stranger.post(f"{path}/wanted")):
        assert answer.status_code == 404
    assert "70 000" in mine.get(path).get_data(as_text=True)
    assert mine.post(path).status_code == 303
    with app.app_context():
        sent = Book(person).told()[0].text.replace("'", "&#39;")
    assert mine.get(path).get_data(as_text=True).count(sent) == 2
    assert mine.htmx("POST", path).status_code == 409
    mine.post(f"{path}/wanted", {"wanted": "no"})
    with app.app_context():
        assert session.scalar(select(Debtor.reminders)) is False
