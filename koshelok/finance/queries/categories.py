"""Reads of categories."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, Subquery, func, select

from koshelok.core.errors import NotFound
from koshelok.core.page import Page, decode_cursor, encode_cursor
from koshelok.finance.models import Category, CategoryTotal, Grain, Type
from koshelok.infra.db import session

TAKING_RECORDS = (Type.EXPENSE, Type.INCOME)


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category with what its records sum to over all time."""

    id: int
    name: str
    type: str
    code: str | None
    archived: bool
    total_amount: Decimal
    count: int


def get_category(workspace_id: int, category_id: int, *, lock: bool = False) -> Category:
    """A category, archived or not; raises NotFound. `lock` keeps others from
    archiving it until the end."""
    query = select(Category).filter_by(id=category_id, workspace_id=workspace_id)
    found = session.scalar(query.with_for_update(key_share=True) if lock else query)
    if found is None:
        raise NotFound
    return found


def named() -> Subquery:
    """Ids, names, codes and types of categories, archived ones too, for others to join."""
    return select(
        Category.id, Category.name, Category.code, Category.type, Category.archived_at
    ).subquery("named")


def list_named(workspace_id: int, ids: Collection[int]) -> dict[int, tuple[str, str | None, str]]:
    """Name, code and type of categories, archived ones too, by id."""
    rows = session.execute(
        select(Category.id, Category.name, Category.code, Category.type).where(
            Category.workspace_id == workspace_id, Category.id.in_(ids)
        )
    )
    return {id_: (name, code, type_) for id_, name, code, type_ in rows}


def find_category_by_code(workspace_id: int, code: str) -> Category | None:
    """The category of one of our codes (FOOD), archived or not."""
    return session.scalar(select(Category).filter_by(workspace_id=workspace_id, code=code))


def list_categories(
    workspace_id: int, *, recent_first: bool = False, types: Sequence[str] = TAKING_RECORDS
) -> Sequence[Category]:
    """Categories in use of some types, in the order of their making or of their last use."""
    query = select(Category).where(
        Category.workspace_id == workspace_id,
        Category.archived_at.is_(None),
        Category.type.in_(types),
    )
    if recent_first:
        query = query.order_by(Category.last_used_at.desc().nulls_last())
    return session.scalars(query.order_by(Category.id)).all()


def page_categories(
    workspace_id: int, *, limit: int, cursor: str | None = None
) -> Page[CategoryRow]:
    """Categories in use with their totals, in the order of their making."""
    query = _with_totals(workspace_id).where(Category.archived_at.is_(None))
    if cursor:
        (after,) = decode_cursor(cursor, int)
        query = query.where(Category.id > after)
    rows = [CategoryRow(*row) for row in session.execute(query.limit(limit + 1))]
    more = len(rows) > limit
    return Page(rows[:limit], encode_cursor(rows[limit - 1].id) if more else None)


def list_archived(workspace_id: int) -> list[CategoryRow]:
    """Categories put away, with their totals."""
    query = _with_totals(workspace_id).where(Category.archived_at.is_not(None))
    return [CategoryRow(*row) for row in session.execute(query)]


def get_category_row(workspace_id: int, category_id: int) -> CategoryRow:
    """One category with its total; raises NotFound."""
    row = session.execute(_with_totals(workspace_id).where(Category.id == category_id)).first()
    if row is None:
        raise NotFound
    return CategoryRow(*row)


def _with_totals(workspace_id: int) -> Select[int, str, str, str | None, bool, Decimal, int]:
    return (
        select(
            Category.id,
            Category.name,
            Category.type,
            Category.code,
            Category.archived_at.is_not(None),
            func.coalesce(CategoryTotal.amount, 0),
            func.coalesce(CategoryTotal.count, 0),
        )
        .outerjoin(
            CategoryTotal,
            (CategoryTotal.category_id == Category.id)
            & (CategoryTotal.workspace_id == workspace_id)
            & (CategoryTotal.grain == Grain.ALL),
        )
        .where(Category.workspace_id == workspace_id)
        .order_by(Category.id)
    )
