"""Workspaces and members over JSON."""

from flask import Response

from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.api import READ, WRITE, answers, api_blueprint, create_once, no_content, ok
from koshelok.web.auth import current_actor
from koshelok.workspaces import operations, queries
from koshelok.workspaces.schemas import (
    MemberIn,
    MemberListOut,
    MemberOut,
    MemberPatch,
    MemberPath,
    WorkspaceIn,
    WorkspaceListOut,
    WorkspaceOut,
    WorkspacePatch,
    WorkspacePath,
    member_out,
    workspace_out,
)

api = api_blueprint(
    "workspaces", "Workspaces", "A person's own workspace, shops, and their members."
)


@api.get("/workspaces", summary="List my workspaces",
         responses=answers({200: WorkspaceListOut}, errors=(401,)))  # fmt: skip
@access.signed_in
def index() -> Response:
    """The personal one first."""
    mine = queries.list_memberships(current_actor().id)
    return ok(WorkspaceListOut(items=[workspace_out(m) for m in mine]))


@api.post("/workspaces", summary="Open a workspace",
          responses=answers({201: WorkspaceOut}, errors=WRITE))  # fmt: skip
@access.signed_in
def create(body: WorkspaceIn) -> Response:
    """The caller becomes its owner."""
    actor = current_actor()

    def produce() -> Response:
        opened = operations.open_workspace(
            actor_id=actor.id, language=actor.language, **body.model_dump()
        )
        out = workspace_out(opened)
        return ok(out, 201, location=f"/api/v1/workspaces/{out.id}")

    return create_once(produce)


@api.get("/workspaces/<int:id>", summary="Show a workspace",
         responses=answers({200: WorkspaceOut}, errors=READ))  # fmt: skip
@access.signed_in
def show(path: WorkspacePath) -> Response:
    """One of the caller's."""
    return ok(workspace_out(queries.get_membership(current_actor().id, path.id)))


@api.patch("/workspaces/<int:id>", summary="Change a workspace",
           responses=answers({200: WorkspaceOut}, errors=WRITE))  # fmt: skip
@access.signed_in
def update(path: WorkspacePath, body: WorkspacePatch) -> Response:
    """By an owner: its name, its time zone, or the day its months begin on."""
    with unit_of_work():
        changed = operations.edit_workspace(
            actor_id=current_actor().id, workspace_id=path.id, **body.model_dump()
        )
        return ok(workspace_out(changed))


@api.get("/workspaces/<int:id>/members", summary="List members",
         responses=answers({200: MemberListOut}, errors=READ))  # fmt: skip
@access.signed_in
def members(path: WorkspacePath) -> Response:
    """Everyone in the workspace."""
    queries.get_membership(current_actor().id, path.id)
    return ok(MemberListOut(items=[member_out(m) for m in queries.list_members(path.id)]))


@api.post("/workspaces/<int:id>/members", summary="Add a member",
          responses=answers({201: MemberOut}, errors=WRITE))  # fmt: skip
@access.signed_in
def add_member(path: WorkspacePath, body: MemberIn) -> Response:
    """By an owner: somebody who uses Koshelok, by phone or e-mail."""

    def produce() -> Response:
        user_id = operations.add_member(
            actor_id=current_actor().id, workspace_id=path.id, **body.model_dump()
        )
        location = f"/api/v1/workspaces/{path.id}/members/{user_id}"
        return ok(member_out(queries.get_member(path.id, user_id)), 201, location=location)

    return create_once(produce)


@api.patch("/workspaces/<int:id>/members/<int:user_id>", summary="Change a member's role",
           responses=answers({200: MemberOut}, errors=WRITE))  # fmt: skip
@access.signed_in
def update_member(path: MemberPath, body: MemberPatch) -> Response:
    """By an owner; the last owner stays one."""
    with unit_of_work():
        operations.change_role(
            actor_id=current_actor().id,
            workspace_id=path.id,
            user_id=path.user_id,
            role=body.role,
        )
        return ok(member_out(queries.get_member(path.id, path.user_id)))


@api.delete("/workspaces/<int:id>/members/<int:user_id>", summary="End a membership",
            responses=answers({204: None}, errors=(*READ, 409)))  # fmt: skip
@access.signed_in
def remove_member(path: MemberPath) -> Response:
    """An owner ends anyone's, everybody their own."""
    with unit_of_work():
        operations.remove_member(
            actor_id=current_actor().id, workspace_id=path.id, user_id=path.user_id
        )
        return no_content()
