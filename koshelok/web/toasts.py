"""The answer to a change made in place: a toast, with Undo where it can be undone."""

from flask import Response, flash

from koshelok.web.htmx import Event, is_partial, render, see_other


def said(message: str, *, event: Event, back: str, undo_url: str | None = None) -> Response:
    """Say what was done, and to other regions that it was; without JavaScript at `back`."""
    if is_partial():
        return render("layouts/toast.html", event=event, message=message, undo_url=undo_url)
    flash(message, f"undo:{undo_url}" if undo_url else "success")
    return see_other(back)


def refused(message: str, *, back: str, status: int = 409) -> Response:
    """Say why a change was refused, where the page itself has no place for it."""
    if is_partial():
        return render("layouts/toast.html", status=status, message=message, kind="error")
    flash(message, "error")
    return see_other(back)
