"""Demo data of the wallet: cards with money, a month of transfers of every kind, saved cards."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

from koshelok.core.clock import now
from koshelok.identity.models import User
from koshelok.ledger import operations as ledger
from koshelok.ledger.errors import Refused
from koshelok.wallet import operations as wallet
from koshelok.wallet.policy import commission_on
from koshelok.wallet.queries import CardView

DAYS = 30
ISSUED = Decimal(40_000_000)
STARTS_WITH = Decimal(3_000_000)
NOTES = ("Ijara", "Tushlik uchun", "Qarzim", "Sovg'a", "Bozorlik", "Kitob puli", "Yo'l puli", "")


def seed_wallet(admin: User, people: dict[str, User]) -> None:
    """Give everybody a card with money, and let it go round for a month."""
    house = _card(admin)
    cards = {name: _card(user) for name, user in people.items()}
    spare = wallet.open_card(actor_id=people["dilnoza"].id)
    book = _Book({admin.id: admin.role} | {user.id: user.role for user in people.values()})
    start = now() - timedelta(days=DAYS)
    book.deposit(admin.id, house, ISSUED, start)
    for number, card in enumerate(cards.values(), start=1):
        book.send(house, card, STARTS_WITH, "Loyiha haqi", start + timedelta(minutes=number))
    book.go_round(list(cards.values()), start + timedelta(hours=1))
    book.refuse(cards["aziz"], cards["malika"])
    book.take_back(admin.id, cards["malika"], cards["jasur"])
    wallet.change_status(actor_id=people["jasur"].id, card_id=cards["jasur"].id, status="FROZEN")
    _save(people["malika"], {"Aziz do'kondan": cards["aziz"], "Opam Dilnoza": cards["dilnoza"]})
    _save(people["aziz"], {"Malika opa": cards["malika"], "Dilnozaning ikkinchisi": spare})


def _card(user: User) -> CardView:
    card = wallet.open_card(actor_id=user.id)
    return wallet.change_status(actor_id=user.id, card_id=card.id, status="ACTIVE")


def _save(user: User, cards: dict[str, CardView]) -> None:
    for alias, card in cards.items():
        wallet.save_card(actor_id=user.id, card_number=card.number, alias=alias)


class _Book:
    """Transfers one after another, each under a key of its own."""

    def __init__(self, roles: dict[int, str]) -> None:
        self._roles = roles
        self._dice = random.Random(11)  # noqa: S311  # the same demo every time
        self._made = 0

    def deposit(self, actor_id: int, card: CardView, amount: Decimal, at: datetime) -> None:
        ledger.deposit(
            actor_id=actor_id, key=self._key(), fingerprint="", target=card.account_id,
            amount=amount, description="Demo", at=at,
        )  # fmt: skip

    def send(
        self, source: CardView, target: CardView, amount: Decimal, note: str, at: datetime
    ) -> ledger.Made:
        return ledger.transfer(
            actor_id=source.owner_id, key=self._key(), fingerprint="", source=source.account_id,
            target=target.account_id, amount=amount, description=note, at=at,
            commission=commission_on(amount, self._roles[source.owner_id]),
        )  # fmt: skip

    def go_round(self, cards: list[CardView], start: datetime) -> None:
        """One to three transfers a day among the cards, most of them small."""
        moments = sorted(
            start + timedelta(days=day, minutes=self._dice.randrange(60 * 20))
            for day in range(DAYS - 1)
            for _ in range(self._dice.randint(1, 3))
        )
        for at in moments:
            source, target = self._dice.sample(cards, 2)
            amount = Decimal(self._dice.choice((5, 12, 20, 35, 50, 80, 150, 300))) * 1000
            self.send(source, target, amount, self._dice.choice(NOTES), at)

    def refuse(self, source: CardView, target: CardView) -> None:
        """More than there is: a refusal is part of the history."""
        try:
            self.send(source, target, Decimal(9_000_000), "Mashina", now() - timedelta(hours=3))
        except Refused:
            return

    def take_back(self, admin_id: int, source: CardView, target: CardView) -> None:
        """A mistake and its reversal."""
        made = self.send(source, target, Decimal(45_000), "Xato raqam", now() - timedelta(hours=2))
        ledger.reverse(
            actor_id=admin_id, key=self._key(), fingerprint="", transfer_id=made.transfer.id,
            reason="Adashib yuborilgan",
        )  # fmt: skip

    def _key(self) -> str:
        self._made += 1
        return f"demo-{self._made}"
