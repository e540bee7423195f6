"""Forms of imports: the file, what its columns are, what to do with duplicates."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, RadioField, SelectChoice, SelectField

from koshelok.debtors.import_words import FIELDS
from koshelok.debtors.incoming import REQUIRED
from koshelok.infra.tables_in import MAX_COLUMNS
from koshelok.web.forms import Form, required

NO_COLUMN = ""
_DIGITS = len(str(MAX_COLUMNS))


class FileForm(Form):
    """A table of debtors."""

    file = FileField(_l("File"), [required()])


class ColumnsForm(Form):
    """Which column holds each field."""

    full_name = SelectField(FIELDS["full_name"], validate_choice=False)
    phone_number = SelectField(FIELDS["phone_number"], validate_choice=False)
    debt = SelectField(FIELDS["debt"], validate_choice=False)
    credit = SelectField(FIELDS["credit"], validate_choice=False)
    credit_limit = SelectField(FIELDS["credit_limit"], validate_choice=False)
    note = SelectField(FIELDS["note"], validate_choice=False)
    date = SelectField(FIELDS["date"], validate_choice=False)
    due_date = SelectField(FIELDS["due_date"], validate_choice=False)

    def offer(self, mapping: Mapping[str, Any]) -> "ColumnsForm":
        """The file's columns as choices, each with what stands in it."""
        choices = [
            SelectChoice(str(n), f"{name}: {', '.join(samples)}"[:80] if samples else name)
            for n, (name, samples) in enumerate(
                zip(mapping["header"], mapping["samples"], strict=True)
            )
        ]
        for field in FIELDS:
            none = _("Choose one") if field in REQUIRED else _("Not in this file")
            self[field].choices = [SelectChoice(NO_COLUMN, none), *choices]
        return self

    def columns(self) -> dict[str, int]:
        """Field to column, as far as they were chosen; of two fields, the first has a column."""
        found: dict[str, int] = {}
        for field in FIELDS:
            chosen = self[field].data or NO_COLUMN
            known = len(chosen) <= _DIGITS and chosen.isdecimal()
            if known and int(chosen) not in found.values():
                found[field] = int(chosen)
        return found


def columns_form(mapping: Mapping[str, Any]) -> ColumnsForm:
    """Filled in with what was guessed, or chosen before."""
    columns = mapping["columns"]
    chosen = {field: str(columns.get(field, NO_COLUMN)) for field in FIELDS}
    return ColumnsForm(formdata=None, data=chosen).offer(mapping)


class StartForm(Form):
    """What to do with rows whose number is known already."""

    duplicates = RadioField(
        _l("Duplicates"),
        choices=[
            SelectChoice("skip", _l("Skip")),
            SelectChoice("add", _l("Add their balance to the person")),
        ],
        default="skip",
        validate_choice=False,
    )
