"""What people call the columns of tables that they bring, and the texts that an import writes."""

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from koshelok.finance.incoming import REASONS
from koshelok.web.locale import LANGUAGES

FIELDS: Mapping[str, Any] = {
    "date": _l("Date"),
    "amount": _l("Amount"),
    "income": _l("Income"),
    "expense": _l("Expense"),
    "type": _l("Type"),
    "category": _l("Category"),
    "note": _l("Note"),
    "external_id": _l("Number from the bank"),
    "currency": _l("Currency"),
}


def field_labels() -> dict[str, list[str]]:
    """What we call each field, in each of our languages."""
    labels: dict[str, list[str]] = {field: [] for field in FIELDS}
    for language in LANGUAGES:
        with force_locale(language):
            for field, label in FIELDS.items():
                labels[field].append(str(label))
    return labels


def import_words(file_name: str = "") -> dict[str, Any]:
    """The texts that an import writes, in the language of this request."""
    return {
        "other": _("Other"),
        "file": file_name,
        "row": _("Row"),
        "wrong": _("What is wrong"),
        "wrong_file": _("wrong-rows"),
        "reasons": {reason.message: _(reason.message) for reason in REASONS},
    }
