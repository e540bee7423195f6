"""What people call each change that the history shows, and its picture."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from koshelok.core.money import format_amount

COUNTED: Mapping[str, Callable[[int], str]] = {
    "edited": lambda n: ngettext("Changed a record", "Changed %(num)d records", n),
    "deleted": lambda n: ngettext("Deleted a record", "Deleted %(num)d records", n),
    "restored": lambda n: ngettext("Put a record back", "Put %(num)d records back", n),
    "recategorised": lambda n: ngettext("Moved a record", "Moved %(num)d records", n),
    "split": lambda n: ngettext("Split a record", "Split a record into %(num)d", n),
    "imported": lambda n: ngettext("Imported a record", "Imported %(num)d records", n),
    "bank_recorded": lambda n: ngettext(
        "Recorded a bank message", "Recorded %(num)d bank messages", n
    ),
    "receipt_added": lambda n: ngettext("Added a receipt", "Added %(num)d receipts", n),
    "receipt_removed": lambda n: ngettext("Removed a receipt", "Removed %(num)d receipts", n),
    "budget_set": lambda n: ngettext("A budget was set", "%(num)d budgets were set", n),
    "budgets_copied": lambda n: ngettext("Copied a budget", "Copied %(num)d budgets", n),
}
ONES: Mapping[str, str] = {
    "budget_deleted": _l("Deleted a budget"),
    "budget_moved": _l("Moved money between budgets"),
    "carry_set": _l("Changed what a budget carries over"),
    "goal_set": _l("Set a savings goal"),
    "put_aside": _l("Put money aside"),
    "taken_back": _l("Took savings back"),
    "earmark_deleted": _l("Deleted a saving"),
    "recurrence_made": _l("Made a recurring record"),
    "recurrence_edited": _l("Changed a recurring record"),
    "recurrence_stopped": _l("Stopped a recurring record"),
    "recurrence_declined": _l("Declined a recurring record"),
    "recurrence_confirmed": _l("Confirmed a recurring record"),
    "recurrence_skipped": _l("Skipped a recurring record"),
    "category_made": _l("Made a category"),
    "category_changed": _l("Changed a category"),
    "category_removed": _l("Put a category away"),
    "category_restored": _l("Brought a category back"),
    "rule_made": _l("Made a rule"),
    "rule_deleted": _l("Deleted a rule"),
    "bank_dismissed": _l("Dismissed a bank message"),
}
_ICONS = {
    "edited": "pencil",
    "deleted": "trash-2",
    "restored": "undo-2",
    "recategorised": "tags",
    "split": "split",
    "imported": "file-down",
    "receipt": "receipt-text",
    "budget": "gauge",
    "budgets": "gauge",
    "carry": "gauge",
    "goal": "piggy-bank",
    "put": "piggy-bank",
    "taken": "piggy-bank",
    "earmark": "piggy-bank",
    "category": "tag",
    "recurrence": "calendar-check",
    "rule": "sparkles",
    "bank": "message-square-text",
}


def words_of(kind: str, count: int, details: Mapping[str, Any]) -> str:
    """`Moved 12 records: Transport`, `Deleted a record: Non, 5 000`, `Made a rule: korzinka`."""
    if kind in COUNTED:
        words = COUNTED[kind](count)
    else:
        words = str(ONES[kind]) if kind in ONES else _("Changed something")
    named = (details.get(name) for name in ("key", "category", "comment", "file"))
    what = next((one for one in named if isinstance(one, str) and one), None)
    if what and (amount := details.get("amount")):
        what = f"{what}, {format_amount(Decimal(amount))}"
    return f"{words}: {what}" if what else words


def icon_of(kind: str) -> str:
    """The icon of a kind, by its whole name or its first word."""
    return _ICONS.get(kind) or _ICONS.get(kind.partition("_")[0], "pencil")
