"""What people call the columns of tables that come in and go out."""

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koshelok.debtors.incoming import REASONS
from koshelok.web.locale import LANGUAGES

FIELDS: Mapping[str, Any] = {
    "full_name": _l("First and last name"),
    "phone_number": _l("Phone"),
    "debt": _l("Debt"),
    "credit": _l("Credit"),
    "credit_limit": _l("Limit"),
    "note": _l("Note"),
    "date": _l("Date"),
    "due_date": _l("Due date"),
}
CODES: Mapping[str, Any] = {
    "pending": _l("Not paid"),
    "partially_paid": _l("Partly paid"),
    "paid": _l("Paid"),
    "voided": _l("Voided"),
    "cash": _l("Cash"),
    "card": _l("Card"),
    "koshelok": _l("Koshelok card"),
    "payment": _l("Payment"),
    "credit": _l("Credit"),
    "write_off": _l("Write-off"),
}


def field_labels() -> dict[str, list[str]]:
    """What we call each field, in each of our languages."""
    labels: dict[str, list[str]] = {field: [] for field in FIELDS}
    for language in LANGUAGES:
        with force_locale(language):
            for field, label in FIELDS.items():
                labels[field].append(str(label))
    return labels


def import_words() -> dict[str, Any]:
    """The texts that an import writes, in the language of this request."""
    return {
        "description": _("Opening balance"),
        "row": _("Row"),
        "wrong": _("What is wrong"),
        "wrong_file": _("wrong-rows"),
        "reasons": {reason.message: _(reason.message) for reason in REASONS},
    }


def export_words() -> dict[str, Any]:
    """The texts of an export, in the language of this request; its people can be brought again."""
    name, phone, reason = _("First and last name"), _("Phone"), _("Voided because")
    people = ("full_name", "phone_number", "note", "credit_limit", "debt", "credit")
    return {
        "file": _("debtors"),
        "tables": {
            "people": [_("Debtors"), [str(FIELDS[field]) for field in people]],
            "debts": [_("Debts"), [
                _("Debt no."), name, phone, _("Date"), _("Amount"), _("Remaining"), _("Status"),
                _("Due date"), _("Description"), reason,
            ]],
            "payments": [_("Payments"), [
                _("Payment no."), name, phone, _("Date"), _("Amount"), _("Left as credit"),
                _("Method"), _("Description"), reason,
            ]],
            "allocations": [_("What covers what"), [
                _("Debt no."), _("Payment no."), _("Kind"), _("Amount"), _("Date"), _("Voided at"),
                _("Reason"),
            ]],
        },
        "codes": {code: str(word) for code, word in CODES.items()},
    }  # fmt: skip
