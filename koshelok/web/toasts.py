"""The answer to a change made in place: a toast, with Undo where it can be undone."""

from flask import Response, flash, jsonify

from koshelok.web.htmx import Event, is_partial, render, see_other
from koshelok.web.request import prefers_json


def said(message: str, *, event: Event, back: str, undo_url: str | None = None) -> Response:
    """Say what was done, and to other regions that it was; without JavaScript at `back`. A page's
    own script that asks for JSON shows it itself."""
    if prefers_json():
        return jsonify(message=message, undo_url=undo_url)
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
