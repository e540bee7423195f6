"""The receipt of a transfer: the same lines on a page, in print and as a PDF."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import to_user_timezone

from koshelok.core.money import format_amount
from koshelok.identity import queries as identity_queries
from koshelok.infra.pdf import ALARM, BRAND, MUTED, Paper
from koshelok.ledger.errors import FAILURES, LimitExceeded, failure
from koshelok.wallet.numbers import mask_name, masked
from koshelok.wallet.policy import DEBT_PAYMENT, maximum_for
from koshelok.wallet.queries import TransferView
from koshelok.web.problems import message_of

_A5 = (148, 210)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is printed: a title, the sum, lines of a label and a value, a reason if it failed."""

    title: str
    amount: Decimal
    lines: list[tuple[str, str]]
    reason: str


def make_receipt(reader_id: int, role: str, transfer: TransferView) -> Receipt:
    """In the language of the reader, who is at one end of it; others' names masked."""
    names = _names(reader_id, transfer)
    lines = [
        (_("From card"), _end(transfer.from_number, names.get(transfer.from_owner_id))),
        (_("To card"), _end(transfer.to_number, names.get(transfer.to_owner_id))),
        (_("Amount"), so_m(transfer.amount)),
    ]
    if transfer.bears_commission:
        lines += [(_("Commission"), so_m(transfer.commission)), (_("Total"), so_m(transfer.total))]
    lines += [
        (_("Time"), moment(transfer.created_at)),
        (_("Debt to") if transfer.type == DEBT_PAYMENT else _("What for"), transfer.description),
        (_("Number of the transfer"), str(transfer.id)),
    ]
    reason = reason_of(transfer, role)
    main = transfer.total if transfer.type == "reversal" else transfer.amount
    return Receipt(title_of(transfer), main, [line for line in lines if line[1]], reason)


def title_of(transfer: TransferView) -> str:
    """What it was, for the person at this end of it."""
    if transfer.status == "failed":
        return str(_("Not sent"))
    if transfer.type == "deposit":
        return str(_("Card topped up"))
    if transfer.type == "reversal":
        return str(_("Transfer taken back"))
    if transfer.type == DEBT_PAYMENT:
        return str(_("Debt paid to you") if transfer.direction == "in" else _("Debt paid"))
    words = {"in": _("Received"), "out": _("Sent"), "own": _("Moved between my cards")}
    return str(words[transfer.direction])


def reason_of(transfer: TransferView, role: str) -> str:
    """Why it failed, as a sentence; empty where it did not."""
    code = transfer.failure_code
    if code not in FAILURES:
        return ""
    error = failure(code)
    if isinstance(error, LimitExceeded):
        error.params["limit"] = format_amount(maximum_for(role))
    return message_of(error)


def so_m(amount: Decimal) -> str:
    """`1 250 000 so'm`."""
    return format_amount(amount) + "\u00a0" + str(_("so'm"))


def moment(instant: datetime) -> str:
    """To the second, in the reader's zone."""
    return str(to_user_timezone(instant).strftime("%d.%m.%Y %H:%M:%S"))


def _names(reader_id: int, transfer: TransferView) -> dict[int | None, str]:
    ids = {id_ for id_ in (transfer.from_owner_id, transfer.to_owner_id) if id_ is not None}
    return {
        user.id: user.full_name if user.id == reader_id else mask_name(user.full_name)
        for user in identity_queries.list_users(list(ids))
    }


def _end(number: str | None, name: str | None) -> str:
    if number is None:
        return "Koshelok"
    return " · ".join(part for part in (masked(number), name) if part)


def to_pdf(receipt: Receipt) -> bytes:
    """One page of A5."""
    pdf = Paper(receipt.title, size=_A5, margin=14)
    pdf.add_page()
    pdf.say("Koshelok", 12, "B", ink=BRAND, gap=10)
    pdf.say(receipt.title, 11, ink=MUTED)
    pdf.say(so_m(receipt.amount), 24, "B", gap=4)
    if receipt.reason:
        pdf.say(receipt.reason, 10, ink=ALARM, gap=2)
    pdf.ln(4)
    for label, value in receipt.lines:
        pdf.hairline()
        pdf.ln(2)
        pdf.say(label, 8, ink=MUTED)
        pdf.say(value, 11, gap=2)
    return bytes(pdf.output())
