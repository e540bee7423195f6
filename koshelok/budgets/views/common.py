"""What the pages of budgets share: the month of an address, and where a change goes back."""

import re
from datetime import date
from typing import Any

from flask import abort, request

from koshelok.budgets.operations.budgets import check_month
from koshelok.core.clock import today
from koshelok.core.errors import Invalid
from koshelok.finance.periods import month_of
from koshelok.web.auth import current_actor, current_workspace
from koshelok.web.templating import format_day, url_for

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


def this_day() -> date:
    """Today in the workspace's zone."""
    return today(current_workspace().time_zone)


def this_month() -> date:
    """The 1st that names the running month."""
    return month_of(this_day(), current_workspace().month_start)


def asked_month() -> date:
    """The month of the address or form (`2026-11`), else the running one; unknown ones: 404."""
    text = request.values.get("month", "")
    if not text:
        return this_month()
    found = _MONTH.fullmatch(text)
    if found is None:
        abort(404)
    try:
        return check_month(date(int(found[1]), int(found[2]), 1))
    except (Invalid, ValueError):
        abort(404)


def slug(month: date) -> str:
    """A month as addresses write it."""
    return f"{month:%Y-%m}"


def month_url(month: date) -> str:
    """The page of a month; the running one has the short address."""
    if month == this_month():
        return url_for("budgets.index")
    return url_for("budgets.index", month=slug(month))


def month_name(month: date) -> str:
    """A month as a title says it."""
    name = format_day(month, "LLLL y")
    return name[:1].upper() + name[1:]


def whose() -> dict[str, Any]:
    """Who acts, and where: the first arguments of every operation."""
    return {"actor_id": current_actor().id, "workspace_id": current_workspace().id}


def undo_url(change_id: int | None) -> str | None:
    """Where a change is taken back; None for none."""
    return url_for("finance.changes.undo", id=change_id) if change_id else None
