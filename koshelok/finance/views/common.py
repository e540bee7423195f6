"""What the pages of finance share: the answer to a change with its Undo, and pictures."""

from flask import Response, flash

from koshelok.web.htmx import Event, is_partial, render, see_other

_ICONS = {
    "FOOD": "shopping-basket",
    "DATA": "wifi",
    "TRANSPORT": "bus",
    "MISCELLANEOUS": "tag",
    "SALARY": "banknote",
    "TRANSFER_OUT": "send",
    "TRANSFER_IN": "wallet",
}


def category_icon(code: str | None, type_: str) -> str:
    """The icon of a category: its own, or an arrow that tells its type."""
    return _ICONS.get(code or "", "arrow-down-left" if type_ == "income" else "arrow-up-right")


def said(message: str, *, event: Event, back: str, undo_url: str | None = None) -> Response:
    """After a change: a toast with Undo; without JavaScript the same on the page it goes to."""
    if is_partial():
        return render("finance/toast.html", event=event, message=message, undo_url=undo_url)
    flash(message, f"undo:{undo_url}" if undo_url else "success")
    return see_other(back)
