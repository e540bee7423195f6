"""The texts of an archive, in the language of whoever asks for one."""

from typing import Any

from flask_babel import gettext as _

from koshelok.debtors.import_words import export_words as debtors_words
from koshelok.shop.words import archive_words as shop_words
from koshelok.wallet.words import archive_words as wallet_words


def archive_words() -> dict[str, Any]:
    """What an export writes."""
    return {
        "readme": _readme(),
        "tables": _tables(),
        "codes": _codes(),
        "debtors": debtors_words(),
        "wallet": wallet_words(),
        "shop": shop_words(),
    }


def _readme() -> str:
    lines = (
        _("Everything that this workspace of Koshelok held when it was exported."),
        "",
        _("data.json: all of it, exactly. An empty workspace takes this ZIP back as it is."),
        _("tables: the same to read, as CSV for Excel and other programs."),
        _("receipts: photos and PDF of records; data.json says which belong where."),
        "",
        _("Debtors, cards, transfers and orders are here to read; they are not brought back. A "
          "record that a transfer made comes back as an ordinary one."),
        _("Whoever has this file can read it. Keep it as you keep your papers."),
    )  # fmt: skip
    return "\r\n".join(lines) + "\r\n"


def _tables() -> dict[str, Any]:
    category, amount, month, day = _("Category"), _("Amount"), _("Month"), _("Date")
    return {
        "records": [_("Records"), [
            day, category, amount, _("Note"), _("Split"), _("Receipts"),
        ]],
        "categories": [_("Categories"), [_("Name"), _("Type"), _("Archived on")]],
        "budgets": [_("Budgets"), [month, category, amount, _("Description")]],
        "moves": [_("Moved between budgets"), [month, _("From"), _("To"), amount]],
        "plans": [_("Goals"), [category, _("Carries over"), _("Goal"), _("Until")]],
        "earmarks": [_("Savings"), [day, category, amount, _("Note")]],
        "recurrences": [_("Recurring"), [
            category, amount, _("Note"), _("Every"), _("Unit"), _("From"), _("To"), _("Next"),
        ]],
        "rules": [_("Rules"), [_("Word"), category]],
    }  # fmt: skip


def _codes() -> dict[str, str]:
    return {
        "income": _("Income"),
        "expense": _("Expense"),
        "saving": _("Savings"),
        "none": _("Nothing"),
        "surplus": _("What is left"),
        "both": _("What is left or missing"),
        "day": _("Day"),
        "week": _("Week"),
        "month": _("Month"),
    }
