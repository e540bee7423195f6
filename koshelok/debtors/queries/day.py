"""A day of the book: what was given and collected, by whom, and what was taken back."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, literal, null, select, text, tuple_, union_all

from koshelok.core.clock import midnight
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.debtors.models import Allocation, Debt, Debtor, Kind, Method, Payment
from koshelok.infra.db import session

MOST_VOIDS = 100
_ZERO = Decimal(0)


@dataclass(slots=True)
class DaySums:
    """What came to pass, in so'm; of a whole day or of one cashier's. Payments are by method;
    what was brought in from a file is neither given nor collected."""

    given: Decimal = _ZERO
    by_method: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(Method, _ZERO))
    written_off: Decimal = _ZERO
    imported: Decimal = _ZERO
    entries: int = 0

    @property
    def collected(self) -> Decimal:
        """What money came, whichever way."""
        return sum(self.by_method.values(), _ZERO)


@dataclass(frozen=True, slots=True)
class Day:
    """A day's sums, and those of each cashier (None: a debtor alone, or somebody removed)."""

    total: DaySums = field(default_factory=DaySums)
    cashiers: dict[int | None, DaySums] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayEntry:
    """A debt, a payment or a write-off; the kind is its word in addresses."""

    kind: str
    id: int
    debtor: int
    full_name: str
    amount: Decimal
    method: str | None
    words: str
    created_by: int | None
    created_at: datetime
    voided_at: datetime | None
    voided_by: int | None
    void_reason: str | None


# An entry voided on its own day is as if it had not been; voided later, it was that day's still.
_SUMS = text("""
    SELECT 'debt' AS kind, created_by_id, import_id IS NOT NULL AS imported, count(*), sum(amount)
    FROM debts
    WHERE workspace_id = :workspace AND created_at >= :start AND created_at < :stop
        AND (voided_at IS NULL OR voided_at >= :stop)
    GROUP BY 2, 3
    UNION ALL
    SELECT method, created_by_id, import_id IS NOT NULL, count(*), sum(amount)
    FROM payments
    WHERE workspace_id = :workspace AND created_at >= :start AND created_at < :stop
        AND (voided_at IS NULL OR voided_at >= :stop)
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT 'write_off', part.created_by_id, false, count(*), sum(part.amount)
    FROM debt_allocations AS part JOIN debts ON debts.id = part.debt_id
    WHERE debts.workspace_id = :workspace AND part.kind = 'write_off'
        AND part.created_at >= :start AND part.created_at < :stop
        AND (part.voided_at IS NULL OR part.voided_at >= :stop)
    GROUP BY 2
""")


def get_day(workspace_id: int, day: date) -> Day:
    """What a day (in Asia/Tashkent) came to, in one query."""
    total, cashiers = DaySums(), dict[int | None, DaySums]()
    for kind, cashier, imported, count, amount in session.execute(
        _SUMS, _bounds(workspace_id, day)
    ):
        for sums in (total, cashiers.setdefault(cashier, DaySums())):
            _add(sums, "import" if imported else kind, count, amount)
    return Day(total, cashiers)


def _add(sums: DaySums, kind: str, count: int, amount: Decimal) -> None:
    match kind:
        case "import":
            sums.imported += amount
        case "debt":
            sums.given += amount
        case "write_off":
            sums.written_off += amount
        case method:
            sums.by_method[method] += amount
    sums.entries += count


def list_day(
    workspace_id: int, day: date, *, limit: int, cursor: str | None = None
) -> Page[DayEntry]:
    """What was written down on a day, the newest first; voided entries are among them."""
    bounds = _bounds(workspace_id, day)
    before = decode_cursor(cursor, datetime, str, int) if cursor else None
    arms = []
    for kind, (model, query) in _arms().items():
        query = query.where(
            (Debt if model is Allocation else model).workspace_id == workspace_id,
            model.created_at >= bounds["start"],
            model.created_at < bounds["stop"],
        )
        if before:
            query = query.where(tuple_(model.created_at, literal(kind), model.id) < before)
        query = query.order_by(model.created_at.desc(), model.id.desc()).limit(limit + 1)
        arms.append(query.subquery().select())
    every = union_all(*arms).subquery()
    newest = every.c.created_at.desc(), every.c.kind.desc(), every.c.id.desc()
    found = session.execute(select(every).order_by(*newest).limit(limit + 1))
    rows = [DayEntry(*row) for row in found]
    more, rows = len(rows) > limit, rows[:limit]
    last = rows[-1] if more else None
    return Page(rows, encode_cursor(last.created_at, last.kind, last.id) if last else None)


def list_day_voids(workspace_id: int, day: date) -> list[DayEntry]:
    """What was voided on a day, whenever it was written down; what an import took back at once
    is not told one by one."""
    bounds = _bounds(workspace_id, day)
    arms = [
        query.where(
            model.workspace_id == workspace_id,
            model.voided_at >= bounds["start"],
            model.voided_at < bounds["stop"],
            model.import_id.is_(None),
        )
        .order_by(model.voided_at.desc())
        .limit(MOST_VOIDS)
        .subquery()
        .select()
        for model, query in (_arms()["debt"], _arms()["payment"])
    ]
    every = union_all(*arms).subquery()
    newest = select(every).order_by(every.c.voided_at.desc(), every.c.id.desc()).limit(MOST_VOIDS)
    return [DayEntry(*row) for row in session.execute(newest)]


def _arms() -> dict[str, tuple[Any, Select[*tuple[Any, ...]]]]:
    return {
        "debt": (Debt, _arm("debt", Debt, null(), Debt.description, Debt.void_reason)),
        "payment": (
            Payment,
            _arm("payment", Payment, Payment.method, Payment.description, Payment.void_reason),
        ),
        "write_off": (
            Allocation,
            _arm("write_off", Allocation, null(), Allocation.reason, null())
            .join(Debt, Debt.id == Allocation.debt_id)
            .where(Allocation.kind == Kind.WRITE_OFF),
        ),
    }


def _arm(kind: str, model: Any, method: Any, words: Any, reason: Any) -> Select[*tuple[Any, ...]]:
    return select(
        literal(kind).label("kind"), model.id, model.debtor_id, Debtor.full_name, model.amount,
        method.label("method"), words.label("words"), model.created_by_id, model.created_at,
        model.voided_at, model.voided_by_id, reason.label("void_reason"),
    ).join(Debtor, Debtor.id == model.debtor_id)  # fmt: skip


def _bounds(workspace_id: int, day: date) -> dict[str, Any]:
    start, stop = midnight(day), midnight(day + timedelta(days=1))
    return {"workspace": workspace_id, "start": start, "stop": stop}
