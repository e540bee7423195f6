"""A list of records as SQL, made once for each choice of filters, whatever their values: making it
takes longer than asking it.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Numeric,
    Select,
    Text,
    and_,
    bindparam,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
    union_all,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY

from koshelok.finance.models import Category, CategoryTotal, Grain, Transaction

records, categories = Transaction.__table__, Category.__table__
_FOUND = tuple(
    records.c[name] for name in ("id", "category_id", "type", "amount", "comment", "date",
                                 "created_at", "transfer_id", "split_id")
)  # fmt: skip


def _value(name: str, type_: Any) -> BindParameter[Any]:
    """A value of the one who asks; named apart from those of statements that it becomes a part
    of."""
    return bindparam(f"list_{name}", type_=type_)


WORKSPACE, CATEGORY = _value("workspace", BigInteger), _value("category", BigInteger)
TYPE, START, END = _value("type", Text), _value("start", Date), _value("end", Date)
LEAST, MOST = _value("least", Numeric(18, 2)), _value("most", Numeric(18, 2))
WANTED, UNWANTED = _value("wanted", ARRAY(Text)), _value("unwanted", ARRAY(Text))
DAY, ID = _value("day", Date), _value("id", BigInteger)  # after which a page begins
ROWS, STRIDE = _value("rows", Integer), _value("stride", Integer)
RARE, ENOUGH = _value("rare", Integer), _value("enough", Numeric)
FIRST_MONTH, LAST_MONTH = _value("first_month", Date), _value("last_month", Date)


@dataclass(frozen=True, slots=True)
class Shape:
    """Which filters there are."""

    category: bool = False
    type: bool = False
    start: bool = False
    end: bool = False
    least: bool = False
    most: bool = False
    wanted: bool = False
    unwanted: bool = False
    after: bool = False

    @property
    def is_search(self) -> bool:
        """Whether something lies across the order of the list."""
        return self.least or self.most or self.wanted or self.unwanted

    def along(self) -> ColumnElement[bool]:
        """What lies along the order of the list."""
        there = (
            (self.category, records.c.category_id == CATEGORY),
            (self.type, records.c.type == TYPE),
            (self.start, records.c.date >= START),
            (self.end, records.c.date <= END),
            (self.after, tuple_(records.c.date, records.c.id) < tuple_(DAY, ID)),
        )
        live = records.c.workspace_id == WORKSPACE, records.c.deleted_at.is_(None)
        return and_(*live, *(condition for asked, condition in there if asked))

    def across(self, source: FromClause) -> list[ColumnElement[bool]]:
        """What lies across it. Beside words no index of amounts is asked, and of what is left out
        none at all: it would read every place of a common word."""
        conditions = self._amounts(source)
        if self.wanted:
            conditions = [condition.is_(True) for condition in conditions]
            conditions.append(_words(source, WANTED, _NO_WORDS))
        if self.unwanted:
            conditions.append(_words(source, _NO_WORDS, UNWANTED).is_not(False))
        return conditions

    def leading(self, source: FromClause) -> ColumnElement[bool] | None:
        """What an index leads to: the words, or the amounts where there is none."""
        if self.wanted:
            return _words(source, WANTED, _NO_WORDS)
        return and_(*amounts) if (amounts := self._amounts(source)) else None

    def _amounts(self, source: FromClause) -> list[ColumnElement[bool]]:
        there = (self.least, source.c.amount >= LEAST), (self.most, source.c.amount <= MOST)
        return [condition for asked, condition in there if asked]


@cache
def plainly(shape: Shape) -> Select[Any]:
    """A page of a list without a search."""
    query = _shown(records).join(categories, categories.c.id == records.c.category_id)
    return _newest(query.where(shape.along()))


@cache
def one_stride(shape: Shape) -> Select[Any]:
    """What is met among STRIDE records, and the place of the last of them where more follow."""
    near = _look("near", shape)
    return _beside(_newest(_met(near, shape), near), _end(near))


@cache
def in_steps(shape: Shape) -> Select[Any]:
    """The same, each step taken only where those before it did not fill the page."""
    near = _look("near", shape)
    here = _kept("here", _newest(_met(near, shape), near))
    told = _kept("told", select(
        and_(_count(near) == STRIDE, _count(here) < ROWS).label("short"),
        _is_rare(near, shape).label("rare"),
    ))  # fmt: skip
    worth = select(and_(told.c.short, told.c.rare)).scalar_subquery()
    found = select(*_FOUND).where(shape.along(), *shape.across(records), worth)
    met = _kept("met", found.limit(RARE + 1))
    way = _kept("way", select(
        and_(worth, _count(met) <= RARE).label("indexed"),
        and_(told.c.short, or_(not_(told.c.rare), _count(met) > RARE)).label("on"),
    ))  # fmt: skip
    indexed, on = (select(column).scalar_subquery() for column in way.c)
    far = _look("far", shape, tuple_(records.c.date, records.c.id) < _edge(near), on)
    every = union_all(
        select(here).where(not_(indexed)), select(met).where(indexed), _met(far, shape)
    ).subquery("every")
    return _beside(_newest(select(every), every), _end(far))


def _look(name: str, shape: Shape, *conditions: ColumnElement[bool]) -> CTE:
    """So many records of the list, whatever they are."""
    along = select(*_FOUND, records.c.search).where(shape.along(), *conditions)
    return _kept(name, _newest(along, limit=STRIDE))


def _met(source: FromClause, shape: Shape) -> Select[Any]:
    columns = (source.c[column.name] for column in _FOUND)
    return select(*columns).where(*shape.across(source))


def _is_rare(near: FromClause, shape: Shape) -> ColumnElement[bool]:
    """Whether an index leads to few enough records, as the share of the newest tells."""
    led = shape.leading(near)
    if led is None:
        return false()  # only what is left out: no index leads to the rest
    share = select(func.count().filter(led)).select_from(near).scalar_subquery()
    return share * _size(shape) <= ENOUGH


def _size(shape: Shape) -> ColumnElement[int]:
    """About how many records the list has, by the kept totals of whole months."""
    total = CategoryTotal
    days = total.grain == Grain.ALL
    if shape.start or shape.end:
        days = and_(total.grain == Grain.MONTH, total.period_start.between(FIRST_MONTH, LAST_MONTH))
    count = select(func.coalesce(func.sum(total.count), 0))
    mine = count.where(total.workspace_id == WORKSPACE, days)
    mine = mine.where(total.category_id == CATEGORY) if shape.category else mine
    return mine.scalar_subquery()


_NO_WORDS = literal([], ARRAY(Text))


def _words(source: FromClause, wanted: Any, unwanted: Any) -> ColumnElement[bool]:
    # As one value, so that the words are folded once, not for each row.
    query = select(func.record_query(WORKSPACE, wanted, unwanted)).scalar_subquery()
    return source.c.search.op("@@", is_comparison=True)(query)


def _newest(
    query: Select[Any], source: FromClause = records, limit: ColumnElement[int] = ROWS
) -> Select[Any]:
    return query.order_by(source.c.date.desc(), source.c.id.desc()).limit(limit)


def _shown(source: FromClause) -> Select[Any]:
    """The columns of Record, in its order."""
    page = source.c
    return select(
        page.id, page.category_id, categories.c.name, categories.c.code, page.type,
        page.amount, page.comment, page.date, page.created_at, page.transfer_id, page.split_id,
    ).select_from(source)  # fmt: skip


def _beside(page: Select[Any], end: CTE) -> Select[Any]:
    """The rows of a page as they are shown, and beside each of them the end."""
    rows = page.subquery("page")
    shown = _shown(rows).join(categories, categories.c.id == rows.c.category_id).subquery("shown")
    one = select(literal(1)).subquery("one")
    joined = one.outerjoin(end, true()).outerjoin(shown, true())
    newest = shown.c.date.desc(), shown.c.id.desc()
    return select(shown, end.c.date, end.c.id).select_from(joined).order_by(*newest)


def _end(looked: CTE) -> CTE:
    """Day and id of the last record looked at; nothing where the list ended before."""
    return _last(looked).where(_count(looked) == STRIDE).cte("stop")


def _edge(looked: CTE) -> ColumnElement[Any]:
    last = _last(looked).cte("edge")
    return tuple_(select(last.c.date).scalar_subquery(), select(last.c.id).scalar_subquery())


def _last(looked: FromClause) -> Select[Any]:
    return select(looked.c.date, looked.c.id).order_by(looked.c.date, looked.c.id).limit(1)


def _kept(name: str, query: Select[*tuple[Any, ...]]) -> CTE:
    """A step whose rows the steps after it read; asked once."""
    return query.cte(name).prefix_with("MATERIALIZED")


def _count(source: FromClause) -> ColumnElement[int]:
    return select(func.count()).select_from(source).scalar_subquery()
