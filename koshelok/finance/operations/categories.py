"""Making, renaming, putting away and bringing back categories."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from itertools import chain, count

from psycopg.errors import ForeignKeyViolation
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.exc import IntegrityError

from koshelok.core.clock import now
from koshelok.core.text import clean
from koshelok.finance.defaults import DEFAULT_CATEGORIES, SHOP_CATEGORIES, TRANSFER_CATEGORIES
from koshelok.finance.errors import CategoryHasRecords, CategoryNameTaken, UnknownType
from koshelok.finance.models import NAME_LIMIT, Category, Type
from koshelok.finance.operations.changes import Tracked, tracked
from koshelok.finance.queries import get_category
from koshelok.finance.queries.changes import may_come_back_to
from koshelok.infra.db import session
from koshelok.workspaces.events import WorkspaceCreated


def add_default_categories(event: WorkspaceCreated) -> None:
    """Give a new workspace its first categories, in the transaction that opens it."""
    session.add_all(
        Category(
            workspace_id=event.workspace_id,
            code=code,
            type=type_,
            name=names.get(event.language, names["uz"]),
        )
        for code, type_, names in DEFAULT_CATEGORIES
    )
    session.flush()


def open_transfer_categories(*, workspace_id: int, language: str) -> tuple[int, int]:
    """Find or make the categories of money sent and received; answers their ids in this order."""
    made = [
        _open(workspace_id, type_, *named, language) for type_, named in TRANSFER_CATEGORIES.items()
    ]
    return made[0], made[1]


def open_shop_category(*, workspace_id: int, type: str, language: str) -> int:
    """Find or make the category of goods bought (an expense) or sold (an income)."""
    type_ = _known_type(type)
    return _open(workspace_id, type_, *SHOP_CATEGORIES[type_], language)


def _open(
    workspace_id: int, type_: Type, code: str, names: Mapping[str, str], language: str
) -> int:
    """A category of ours, brought back if it was put away. A person's own one of the same name
    keeps it: ours then says so by a number."""
    mine = select(Category).filter_by(workspace_id=workspace_id, code=code).with_for_update()
    found = session.scalar(mine)
    if found is None:
        name = _free_name(workspace_id, type_, names.get(language, names["uz"]))
        values = {"workspace_id": workspace_id, "code": code, "type": type_, "name": name}
        session.execute(
            pg_insert(Category).values(**values, created_at=now()).on_conflict_do_nothing()
        )  # of two at once, one makes it
        found = session.scalars(mine).one()
    elif found.archived_at is not None:
        found.name = _free_name(workspace_id, type_, found.name)
        found.archived_at = None
        session.flush()
    return found.id


def _free_name(workspace_id: int, type_: Type, name: str) -> str:
    taken = set(
        session.scalars(
            select(func.lower(Category.name)).where(
                Category.workspace_id == workspace_id,
                Category.type == type_,
                Category.archived_at.is_(None),
            )
        )
    )
    names = chain([name], (f"{name} {number}" for number in count(2)))
    return next(free for free in names if free.lower() not in taken)


def create_category(*, actor_id: int, workspace_id: int, name: str, type: str) -> Category:
    """Make a category. Raises Invalid for a blank, long or taken name, or an unknown type."""
    category = Category(workspace_id=workspace_id, name=_clean_name(name), type=_known_type(type))
    with _step(actor_id, category, "category_made") as step:
        _save(category)
        step.made(Category, category.id)
    return category


def edit_category(
    *,
    actor_id: int,
    workspace_id: int,
    category_id: int,
    name: str | None = None,
    type: str | None = None,
) -> Category:
    """Rename a category, or turn its type while it has no records, nor had any that undo may
    bring back; raises CategoryHasRecords."""
    category = get_category(workspace_id, category_id, lock=True)
    before = category.type
    with _step(actor_id, category, "category_changed") as step:
        step.watch(Category, category_id)
        if name is not None:
            category.name = _clean_name(name)
        if type is not None:
            category.type = _known_type(type)
        _save(category)
    if category.type != before and session.scalar(select(may_come_back_to(category_id))):
        raise CategoryHasRecords
    return category


def rename_category(*, actor_id: int, workspace_id: int, category_id: int, name: str) -> Category:
    """Give a category another name; its records keep to it."""
    return edit_category(
        actor_id=actor_id, workspace_id=workspace_id, category_id=category_id, name=name
    )


def remove_category(*, actor_id: int, workspace_id: int, category_id: int) -> bool:
    """Delete a category without a past; archive one with a code or with records, even deleted
    or moved ones, which undo may bring back. True if it was archived.
    """
    category = get_category(workspace_id, category_id, lock=True)
    with _step(actor_id, category, "category_removed") as step:
        step.watch(Category, category_id)
        if _delete_unused(category):
            return False
        category.archived_at = category.archived_at or now()
    return True


def restore_category(*, actor_id: int, workspace_id: int, category_id: int) -> Category:
    """Take an archived category back into use; raises CategoryNameTaken if another has its name."""
    category = get_category(workspace_id, category_id, lock=True)
    with _step(actor_id, category, "category_restored") as step:
        step.watch(Category, category_id)
        category.archived_at = None
        _save(category)
    return category


def _step(actor_id: int, category: Category, kind: str) -> AbstractContextManager[Tracked]:
    return tracked(
        actor_id=actor_id, workspace_id=category.workspace_id, kind=kind,
        details={"category": category.name},
    )  # fmt: skip


def _delete_unused(category: Category) -> bool:
    """Whether it could go: nothing refers to it, not even what undo may bring back."""
    unused = delete(Category).where(
        Category.id == category.id, Category.code.is_(None), ~may_come_back_to(category.id)
    )
    try:
        with session.begin_nested():
            gone = session.scalar(unused.returning(Category.id))
    except IntegrityError:
        return False
    if gone is not None:
        session.expunge(category)
    return gone is not None


def _clean_name(name: str) -> str:
    return clean(" ".join(name.split()), limit=NAME_LIMIT, field="name", required=True)


def _known_type(type_: str) -> Type:
    try:
        return Type(type_)
    except ValueError as error:
        raise UnknownType from error


def _save(category: Category) -> None:
    """Write the category; what the database refuses becomes the rule it stands for."""
    try:
        with session.begin_nested():
            session.add(category)
            session.flush()
    except IntegrityError as error:
        if "uq_categories_name" in str(error.orig):
            raise CategoryNameTaken from error
        if isinstance(error.orig, ForeignKeyViolation):
            raise CategoryHasRecords from error
        raise
