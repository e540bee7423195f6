"""The answer to a change made in place: a toast with Undo."""

from flask import Response, flash

from koshelok.web.htmx import Event, is_partial, render, see_other


def said(message: str, *, event: Event, back: str, undo_url: str | None = None) -> Response:
    """Say what was done, and to other regions that it was; without JavaScript at `back`."""
    if is_partial():
        return render("layouts/toast.html", event=event, message=message, undo_url=undo_url)
    flash(message, f"undo:{undo_url}" if undo_url else "success")
    return see_other(back)
