"""The places of the debtors' book, on each of its pages: endpoint, label, icon, owner only."""

from typing import Any

from flask_babel import lazy_gettext as _l

SECTIONS: list[tuple[str, Any, str, bool]] = [
    ("debtors.counter.index", _l("Counter"), "calculator", False),
    ("debtors.collect.index", _l("Collect today"), "hand-coins", False),
    ("debtors.ageing.show", _l("How late"), "chart-no-axes-column", False),
    ("debtors.day.show", _l("Day close"), "calendar-check", False),
    ("debtors.lists.debts", _l("All debts"), "list", False),
    ("debtors.disputes.index", _l("Disputes"), "flag", False),
    ("debtors.imports.index", _l("In and out"), "arrow-left-right", True),
    ("debtors.settings.show", _l("Settings"), "settings", True),
]
