"""/s/<token>: what a debtor sees without an account, and says about it.

Whoever has the address is let in, so it is kept out of search engines and logs, and a wrong one
tells nothing. The policy on referrers is that of every page: no other site is told it, and our
own forms, whose origin HTTPS proves by it, work.
"""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from koshelok.core.clock import today
from koshelok.core.errors import DomainError
from koshelok.core.phones import masked_phone
from koshelok.debtors import operations, queries, tokens
from koshelok.debtors.ageing import days_late
from koshelok.debtors.errors import DebtNotFound, PaymentNotFound
from koshelok.debtors.forms.links import WrongForm
from koshelok.debtors.queries import DebtView, LinkView, PaymentView
from koshelok.infra.settings import current
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.wallet.queries import list_cards
from koshelok.web import access
from koshelok.web.auth import find_actor, memberships
from koshelok.web.htmx import render, see_other
from koshelok.web.limits import address, hit
from koshelok.workspaces.queries import get_public_name

bp = Blueprint("public", __name__, url_prefix="/s")
OPEN, PAGE = 20, 30


@bp.before_request
def _limit() -> None:
    """Guessing is slow."""
    hit(current().limit_links, "links", address())


@bp.after_request
def _unlisted(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def opened(token: str) -> LinkView:
    """The link of an address; raises LinkNotFound."""
    return queries.get_link(tokens.read(token))


@bp.get("/<token>")
@access.public
def show(token: str) -> Response:
    """The balance, what is open, what happened; `cursor` goes on with the last."""
    link, cursor = opened(token), request.args.get("cursor")
    if link.workspace_id not in {place.workspace.id for place in memberships()}:
        with unit_of_work():
            operations.note_opened(link_id=link.id)
    lines = queries.list_lines(link.debtor, limit=PAGE, cursor=cursor)
    more_url = lines.next_cursor and url_for(".show", token=token, cursor=lines.next_cursor)
    return render(
        "debtors/public.html", "history_rows" if cursor else "statement", token=token,
        lines=lines, previous=queries.previous_line(cursor), more_url=more_url,
        open=queries.list_open(link.debtor, limit=OPEN), today=today(), days_late=days_late,
        marked={mark.entry for mark in queries.list_disputes_of(link.debtor)},
        pay=_way_to_pay(link), **whose(link),
    )  # fmt: skip


@bp.get("/<token>/debts/<int:debt>/wrong")
@bp.get("/<token>/payments/<int:payment>/wrong")
@access.public
def ask_wrong(token: str, debt: int | None = None, payment: int | None = None) -> Response:
    """What is wrong with an entry?"""
    link = opened(token)
    return _ask(token, link, WrongForm(formdata=None), _entry(link, debt, payment))


@bp.post("/<token>/debts/<int:debt>/wrong")
@bp.post("/<token>/payments/<int:payment>/wrong")
@access.public
def mark_wrong(token: str, debt: int | None = None, payment: int | None = None) -> Response:
    """Tell the shop."""
    link, form = opened(token), WrongForm()
    entry = _entry(link, debt, payment)
    if not form.validate():
        return _ask(token, link, form, entry, 422)
    hit(current().limit_disputes, "disputes", f"link:{link.id}")
    hit(current().limit_disputes, "disputes", address())
    try:
        with unit_of_work():
            operations.mark_wrong(
                workspace_id=link.workspace_id, debtor_id=link.debtor, note=form.note.data,
                debt_id=debt, payment_id=payment,
            )  # fmt: skip
    except DomainError as error:
        form.refuse(error)
        return _ask(token, link, form, entry, error.status)
    flash(_("The shop is told. It will look at this entry."), "success")
    return see_other(url_for(".show", token=token))


def whose(link: LinkView) -> dict[str, Any]:
    """The shop, and as much of the person as who holds the address may see."""
    person = queries.get_person(link.workspace_id, link.debtor)
    return {
        "shop": get_public_name(link.workspace_id),
        "person": person,
        "first_name": person.full_name.split()[0],
        "phone": masked_phone(person.phone_number),
    }


def _way_to_pay(link: LinkView) -> str:
    """`card`, `sign_in`, `open_card`, or nothing where the shop takes no cards."""
    number = queries.find_payout_number(link.workspace_id)
    actor = find_actor()
    if number is None or actor is None:
        return "sign_in" if number else ""
    cards = [card for card in list_cards(actor.id) if card.status == "ACTIVE"]
    return "card" if any(card.number != number for card in cards) else "open_card"


def _entry(link: LinkView, debt: int | None, payment: int | None) -> DebtView | PaymentView:
    """One of the person's own that stands; raises DebtNotFound, PaymentNotFound."""
    entry: DebtView | PaymentView
    if debt is not None:
        entry = queries.get_debt(link.workspace_id, debt)
    else:
        entry = queries.get_payment(link.workspace_id, payment or 0)
    if entry.debtor != link.debtor or entry.voided_at is not None:
        raise DebtNotFound if debt else PaymentNotFound
    return entry


def _ask(
    token: str, link: LinkView, form: WrongForm, entry: DebtView | PaymentView, status: int = 200
) -> Response:
    return render(
        "debtors/wrong.html", status=status, token=token, form=form, entry=entry,
        is_debt=isinstance(entry, DebtView), shop=get_public_name(link.workspace_id),
    )  # fmt: skip
