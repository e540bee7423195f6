"""People and their roles over JSON."""

from flask import Response

from koshelok.admin.api.blueprint import api
from koshelok.admin.schemas import (
    AdminUserOut,
    AdminUserPage,
    UserPath,
    UserQuery,
    UserRoleIn,
)
from koshelok.identity import operations as identity
from koshelok.identity import queries as identity_queries
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, ok
from koshelok.web.auth import current_actor


@api.get("/admin/users", summary="Find people",
         responses=answers({200: AdminUserPage}, errors=READ))  # fmt: skip
@access.admin
def list_users(query: UserQuery) -> Response:
    """The newest first; every word of the query is a part of what they are called."""
    page = identity_queries.search_users(
        (query.query or "").strip(), limit=query.limit, cursor=query.cursor
    )
    items = [AdminUserOut.model_validate(user) for user in page.items]
    return ok(AdminUserPage.model_construct(items=items, next_cursor=page.next_cursor))


@api.get("/admin/users/<int:id>", summary="Show a person",
         responses=answers({200: AdminUserOut}, errors=READ))  # fmt: skip
@access.admin
def show_user(path: UserPath) -> Response:
    """One person."""
    return ok(AdminUserOut.model_validate(identity_queries.get_user(path.id)))


@api.patch("/admin/users/<int:id>/role", summary="Change a role",
           responses=answers({200: AdminUserOut}, errors=WRITE))  # fmt: skip
@access.admin
def change_role(path: UserPath, body: UserRoleIn) -> Response:
    """It holds from the person's next request on. Not one's own (409 `own_role`), nor of the
    last administrator (409 `last_admin`)."""
    with unit_of_work():
        user = identity.change_role(actor_id=current_actor().id, user_id=path.id, role=body.role)
        return ok(AdminUserOut.model_validate(user))
