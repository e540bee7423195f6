"""A workspace that has some of everything, written by the operations that people use."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

from koshelok.budgets import operations as budgets
from koshelok.core.clock import now
from koshelok.finance import operations as finance
from koshelok.finance.models import BankMessage, CategoryMemory, CategoryRule
from koshelok.finance.operations import Brought, Part
from koshelok.infra.db import session
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.workspaces import operations as workspaces
from tests.finance.conftest import DAY, Book
from tests.identity.pictures import picture

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MONTH = DAY.replace(day=1)


def fill(book: Book) -> None:
    """Write it down and commit."""
    with unit_of_work():
        workspaces.edit_workspace(**book.whose, time_zone="Asia/Samarkand", month_start=5)
    for write in (_records, _plans, _learned):
        write(book)


def _records(book: Book) -> None:
    food, taxi = book.categories["FOOD"], book.categories["TRANSPORT"]
    book.record("0.01", comment="bir tiyin")
    book.record("9999999999999999.99", "SALARY", comment="oylik\nikki qator \"'<b>\u2028 😀")
    _split(book, food, taxi)
    kept = book.record("5", comment="non #toy #uy", external_id="OFX-1")
    book.do(
        finance.attach_receipts,
        transaction_id=kept.id,
        files=[Brought("chek.png", picture("PNG", (300, 500))), Brought("hisob.pdf", PDF)],
    )
    first = book.record("7", comment="birinchi")
    book.do(finance.attach_receipts, transaction_id=first.id, files=[Brought("a.pdf", PDF)])
    gone = book.record("8", comment="o'chirilgan")
    book.do(finance.attach_receipts, transaction_id=gone.id, files=[Brought("b.pdf", PDF)])
    book.do(finance.delete_transaction, transaction_id=gone.id)
    made = book.do(finance.create_category, name="Eski", type="expense")
    book.record("3", category_id=made.id)
    book.do(finance.remove_category, category_id=made.id)
    every, _change = book.do(
        finance.make_recurrence, category_id=taxi, amount=Decimal("12.50"), comment="yo'l",
        unit="month", every=1, starts_on=date(2026, 1, 31), ends_on=date(2027, 1, 31),
        next_on=date(2026, 11, 1),
    )  # fmt: skip
    book.record("12.50", "TRANSPORT", recurrence_id=every, occurs_on=date(2026, 10, 31))


def _split(book: Book, food: int, taxi: int) -> None:
    book.do(
        finance.record_split,
        amount=Decimal("30.03"),
        day=DAY,
        comment="bozor",
        parts=[Part(food, Decimal("10.01")), Part(taxi, Decimal("20.02"), "yo'l")],
    )


def _plans(book: Book) -> None:
    food, taxi, saving = (book.categories[code] for code in ("FOOD", "TRANSPORT", "MISCELLANEOUS"))
    goal = book.do(budgets.open_goal, name="Uy")
    for month in (MONTH, MONTH - timedelta(1)):
        book.do(
            budgets.create_budget,
            category_id=food,
            month=month,
            amount=Decimal("100000.50"),
            description="oziq",
        )
    book.do(budgets.create_budget, category_id=taxi, month=MONTH, amount=Decimal(1000))
    book.do(
        budgets.move_money,
        month=MONTH,
        first_day=5,
        from_category=food,
        to_category=saving,
        amount=Decimal("0.25"),
    )
    book.do(budgets.set_carry, category_id=food, carry="both")
    book.do(
        budgets.set_goal,
        category_id=goal.id,
        goal=Decimal(500),
        goal_on=date(2027, 5, 1),
        today=DAY,
    )
    first, _change = book.do(budgets.put_aside, category_id=goal.id, amount=Decimal(100), day=DAY)
    book.do(budgets.take_back, category_id=goal.id, amount=Decimal("30.50"), day=DAY, note="kerak")
    book.do(budgets.put_aside, category_id=goal.id, amount=Decimal(60), day=DAY)
    book.do(budgets.remove_earmark, earmark_id=first.id)  # what is left begins with a minus


def _learned(book: Book) -> None:
    food = book.categories["FOOD"]
    with unit_of_work():
        rule = CategoryRule(
            workspace_id=book.workspace_id,
            key="korzinka",
            category_id=food,
            type="expense",
            created_by_id=book.actor_id,
            created_at=now(),
        )
        session.add(rule)
        session.flush()
        rule_id = rule.id
    ruled = book.record("44", comment="Korzinka", rule_id=rule_id)
    with unit_of_work():
        session.merge(
            CategoryMemory(
                workspace_id=book.workspace_id,
                key="korzinka",
                times=7,
                category_id=food,
                corrected=2,
                used_at=now(),
                asked_at=now(),
            )
        )
        for kind, of in (("expense", ruled.id), ("unread", None)):
            read = of is not None
            session.add(
                BankMessage(
                    workspace_id=book.workspace_id,
                    fingerprint=uuid4().hex,
                    kind=kind,
                    amount=Decimal(44) if read else None,
                    payee="KORZINKA",
                    card="1234",
                    at=now(),
                    balance=Decimal("81200.10"),
                    text="" if read else "nimadir",
                    transaction_id=of,
                    created_by_id=book.actor_id,
                )
            )
