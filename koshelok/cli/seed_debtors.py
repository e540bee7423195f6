"""Demo data of the debtors' book: who buys on credit in a shop, for five months until today."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from koshelok.core.clock import midnight, today
from koshelok.debtors import operations as debtors

DAYS = 150
NAMES = (
    "Abdulla Karimov", "Alisher Usmonov", "Anvar G'ulomov", "Aziza Sodiqova", "Bahodir Ergashev",
    "Barno Ismoilova", "Bobur Xolmatov", "Dilfuza Qodirova", "Dilshod Normatov", "Doniyor Sattorov",
    "Farhod Mirzayev", "Feruza Jo'rayeva", "G'ayrat O'rinov", "Gulbahor Umarova", "Gulnora Azizova",
    "Hamid Nazarov", "Hilola Rustamova", "Ibrohim Yo'ldoshev", "Islom Haydarov", "Jahongir Toshev",
    "Kamola Shodmonova", "Komil Rajabov", "Lola Mahmudova", "Madina Xolova", "Mansur Aliyev",
    "Mavluda To'xtayeva", "Muhabbat Sobirova", "Nargiza Hamidova", "Nodir Qosimov", "Odil Sharipov",
    "Oydin Ne'matova", "Qahramon Boboyev", "Ravshan Saidov", "Sanobar Olimova", "Sardor Eshmatov",
    "Shahnoza Murodova", "Sherzod Ro'ziyev", "Umida Aliyeva", "O'tkir Hakimov", "Zarina Vohidova",
)  # fmt: skip
GOODS = ("Un", "Guruch", "Yog'", "Shakar", "Go'sht", "Choy", "Non va sut", "Sabzavot", "Kir kukuni",
         "Bolalar kiyimi", "Ro'yxat bo'yicha", "")  # fmt: skip
SUMS = (12, 18, 25, 40, 45, 60, 85, 120, 150, 240, 380)  # thousands


def seed_debtors(*, owner_id: int, cashier_id: int, workspace_id: int) -> None:
    """Fill a shop's book: most pay in time, some are late, one has gone, one paid ahead."""
    _Counter(owner_id, cashier_id, workspace_id).work()


@dataclass(frozen=True)
class _Entry:
    at: datetime
    write: Callable[..., Any]
    values: dict[str, Any]


class _Counter:
    """The owner and a cashier write in turns, in the order of time."""

    def __init__(self, owner_id: int, cashier_id: int, workspace_id: int) -> None:
        self._owner, self._cashier, self._workspace = owner_id, cashier_id, workspace_id
        self._dice = random.Random(23)  # noqa: S311  # the same demo every time
        self._entries: list[_Entry] = []

    def work(self) -> None:
        """Plan everybody's entries, then write them down."""
        people = {name: self._enter(number, name) for number, name in enumerate(NAMES)}
        ahead, near, gone, mistaken, *others = people.values()
        for person in others:
            self._habits(person)
        self._take(near, 470, self._at(DAYS - 20), due=10)
        self._take(gone, 320, self._at(10), due=14)
        self._give(gone, 90, self._at(30))
        self._take(mistaken, 260, self._at(DAYS - 9))
        self._give(ahead, 500, self._at(DAYS - 5))
        made = [self._write(entry) for entry in sorted(self._entries, key=lambda one: one.at)]
        debt = next(one for one in made if one.debtor == gone)
        self._do(debtors.write_off, debt_id=debt.id, reason="Ko'chib ketgan, topilmadi")
        wrong = self._do(debtors.record_payment, debtor_id=mistaken, amount=Decimal(620_000))
        self._do(debtors.void_payment, payment_id=wrong.id, reason="Bir nol ortiqcha yozilgan")
        self._do(debtors.record_payment, debtor_id=mistaken, amount=Decimal(62_000))

    def _enter(self, number: int, name: str) -> int:
        limit = Decimal(500_000) if number == 1 else None
        note = "Qo'shni hovli" if number % 7 == 3 else ""
        made = self._do(
            debtors.create_debtor, full_name=name, note=note, credit_limit=limit,
            phone_number=f"+9989{number % 2}{2_345_600 + number * 37:07}",
        )  # fmt: skip
        return int(made.id)

    def _habits(self, person: int) -> None:
        """Comes a few times, and pays most of it, all of it, or nothing for long."""
        days = sorted(self._dice.sample(range(DAYS - 1), self._dice.randint(1, 6)))
        share = self._dice.choice((0, 60, 100, 100, 100, 100))
        for day in days:
            thousands = self._dice.choice(SUMS)
            self._take(person, thousands, self._at(day), due=self._dice.choice((7, 14, 30, 30)))
            if share and (paid := day + self._dice.randint(3, 25)) < DAYS:
                self._give(person, max(1, thousands * share // 100), self._at(paid))

    def _at(self, day: int) -> datetime:
        opened = midnight(today() - timedelta(days=DAYS - day)) + timedelta(hours=8)
        return opened + timedelta(minutes=self._dice.randrange(60 * 11))

    def _take(self, person: int, thousands: int, at: datetime, due: int | None = None) -> None:
        when = None if due is None else at.date() + timedelta(days=due)
        self._plan(
            at, debtors.record_debt, debtor_id=person, amount=Decimal(thousands * 1000),
            description=self._dice.choice(GOODS), due_date=when,
        )  # fmt: skip

    def _give(self, person: int, thousands: int, at: datetime) -> None:
        method = self._dice.choice(("cash", "cash", "card"))
        amount = Decimal(thousands * 1000)
        self._plan(at, debtors.record_payment, debtor_id=person, amount=amount, method=method)

    def _plan(self, at: datetime, write: Callable[..., Any], **values: Any) -> None:
        self._entries.append(_Entry(at, write, values))

    def _write(self, entry: _Entry) -> Any:
        actor = self._dice.choice((self._owner, self._cashier))
        return entry.write(
            actor_id=actor, workspace_id=self._workspace, at=entry.at, **entry.values
        )

    def _do(self, operation: Callable[..., Any], **values: Any) -> Any:
        return operation(actor_id=self._owner, workspace_id=self._workspace, **values)
