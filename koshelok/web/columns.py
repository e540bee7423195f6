"""The form that says which column of a file is which field, for every import."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Self

from flask_babel import gettext as _
from wtforms import SelectChoice

from koshelok.infra.tables_in import MAX_COLUMNS
from koshelok.web.forms import Form

NO_COLUMN = ""
_DIGITS = len(str(MAX_COLUMNS))
_SHOWN = 80


class ColumnsForm(Form):
    """A select for each of `NAMES`, in their order; `NEEDED` ones must have a column."""

    NAMES: ClassVar[Collection[str]]
    NEEDED: ClassVar[Collection[str]]

    @classmethod
    def of(cls, mapping: Mapping[str, Any], **more: Any) -> Self:
        """Filled in with what was guessed, or chosen before."""
        columns = mapping["columns"]
        chosen = {field: str(columns.get(field, NO_COLUMN)) for field in cls.NAMES}
        form = cls(formdata=None, data={**chosen, **more})
        choices = [
            SelectChoice(str(n), f"{name}: {', '.join(samples)}"[:_SHOWN] if samples else name)
            for n, (name, samples) in enumerate(
                zip(mapping["header"], mapping["samples"], strict=True)
            )
        ]
        for field in cls.NAMES:
            none = _("Choose one") if field in cls.NEEDED else _("Not in this file")
            form[field].choices = [SelectChoice(NO_COLUMN, none), *choices]
        return form

    def columns(self) -> dict[str, int]:
        """Field to column, as far as they were chosen; of two fields, the first has a column."""
        found: dict[str, int] = {}
        for field in self.NAMES:
            chosen = self[field].data or NO_COLUMN
            known = len(chosen) <= _DIGITS and chosen.isdecimal()
            if known and int(chosen) not in found.values():
                found[field] = int(chosen)
        return found
