"""/debtors/<id>/link: the address that lets a person see what is written down of them."""

from typing import Any

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _

from koshelok.core.errors import DomainError
from koshelok.debtors import operations, queries, tokens
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.web import access
from koshelok.web.addresses import public_address
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.htmx import render, see_other
from koshelok.web.qr import qr_image

bp = Blueprint("links", __name__, url_prefix="/debtors")


@bp.get("/<int:id>/link")
@access.viewer
def show(id: int) -> Response:
    """The link as it stands: to copy, to scan, to send, to shut."""
    return _page(id)


@bp.post("/<int:id>/link")
@access.editor
def create(id: int) -> Response:
    """Open one, or keep the one there is open for longer."""
    with unit_of_work():
        operations.open_link(**_place(), debtor_id=id)
    return see_other(url_for(".show", id=id))


@bp.post("/<int:id>/link/send")
@access.editor
def send(id: int) -> Response:
    """Send it to the person by SMS."""
    try:
        with unit_of_work():
            operations.send_link(**_place(), debtor_id=id, address=_address)
    except DomainError as error:
        if error.status == 404:
            raise
        return _page(id, error)
    flash(_("The link is on its way"), "success")
    return see_other(url_for(".show", id=id))


@bp.post("/<int:id>/link/revoke")
@access.editor
def revoke(id: int) -> Response:
    """Shut it: who has the address sees nothing any more."""
    with unit_of_work():
        operations.revoke_link(**_place(), debtor_id=id)
    flash(_("The link is shut"), "success")
    return see_other(url_for(".show", id=id))


def _place() -> dict[str, Any]:
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}


def _address(token: str) -> str:
    return public_address("debtors.public.show", token=token)


def _page(id: int, error: DomainError | None = None) -> Response:
    person = queries.get_person(current_workspace().id, id)
    link = queries.find_link(current_workspace().id, id)
    url = _address(tokens.sign(link.id)) if link else ""
    return render(
        "debtors/link.html", status=error.status if error else 200, person=person, link=link,
        url=url, qr=qr_image(url) if url else "", refusal=error,
    )  # fmt: skip
