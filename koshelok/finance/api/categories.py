"""Categories over JSON."""

from flask import Response

from koshelok.finance import operations, queries
from koshelok.finance.api.blueprint import api
from koshelok.finance.queries import CategoryRow
from koshelok.finance.schemas import CategoryIn, CategoryOut, CategoryPage, CategoryPatch, IdPath
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, create_once, no_content, ok
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.schemas import PageQuery


def _out(row: CategoryRow) -> CategoryOut:
    return CategoryOut.model_construct(
        id=row.id,
        name=row.name,
        type=row.type,  # type: ignore[arg-type]  # the database holds one of the two
        code=row.code,
        total_amount=row.total_amount,
    )


def _stored(category_id: int) -> CategoryOut:
    return _out(queries.get_category_row(current_workspace().id, category_id))


@api.get("/finance/categories", summary="List categories",
         responses=answers({200: CategoryPage}, errors=READ))  # fmt: skip
@access.viewer
def list_categories(query: PageQuery) -> Response:
    """Those in use, in the order of their making."""
    page = queries.page_categories(current_workspace().id, limit=query.limit, cursor=query.cursor)
    items = [_out(row) for row in page.items]
    return ok(CategoryPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.post("/finance/categories", summary="Make a category",
          responses=answers({201: CategoryOut}, errors=WRITE))  # fmt: skip
@access.editor
def create_category(body: CategoryIn) -> Response:
    """The same name and type twice is refused."""

    def produce() -> Response:
        made = operations.create_category(
            actor_id=current_actor().id, workspace_id=current_workspace().id, **body.model_dump()
        )
        return ok(_stored(made.id), 201, location=f"/api/v1/finance/categories/{made.id}")

    return create_once(produce)


@api.get("/finance/categories/<int:id>", summary="Show a category",
         responses=answers({200: CategoryOut}, errors=READ))  # fmt: skip
@access.viewer
def show_category(path: IdPath) -> Response:
    """One category, an archived one too."""
    return ok(_stored(path.id))


@api.patch("/finance/categories/<int:id>", summary="Change a category",
           responses=answers({200: CategoryOut}, errors=WRITE))  # fmt: skip
@access.editor
def update_category(path: IdPath, body: CategoryPatch) -> Response:
    """Its name; its type too while it has no records."""
    with unit_of_work():
        operations.edit_category(
            actor_id=current_actor().id,
            workspace_id=current_workspace().id,
            category_id=path.id,
            **body.model_dump(),
        )
        return ok(_stored(path.id))


@api.delete("/finance/categories/<int:id>", summary="Remove a category",
            responses=answers({204: None}, errors=READ))  # fmt: skip
@access.editor
def delete_category(path: IdPath) -> Response:
    """One with records is archived: the records stay, and so do their sums."""
    with unit_of_work():
        operations.remove_category(
            actor_id=current_actor().id, workspace_id=current_workspace().id, category_id=path.id
        )
        return no_content()
