"""Every htmx header is read and written here, nowhere else."""

import json
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Response, make_response, redirect, render_template, request
from jinja2_fragments.flask import render_blocks


class Event(StrEnum):
    """Facts of the domain that regions of a page may listen to."""

    TRANSACTION_RECORDED = "transaction-recorded"
    TRANSACTION_CHANGED = "transaction-changed"
    TRANSACTION_RESTORED = "transaction-restored"
    CATEGORY_CHANGED = "category-changed"
    RECURRING_CHANGED = "recurring-changed"
    RULE_CHANGED = "rule-changed"
    SAVED_CARD_CHANGED = "saved-card-changed"
    JOB_FINISHED = "job-finished"
    DEBT_RECORDED = "debt-recorded"
    PAYMENT_RECORDED = "payment-recorded"
    ENTRY_VOIDED = "entry-voided"
    DEBTOR_CHANGED = "debtor-changed"
    ORDER_CHANGED = "order-changed"
    PRODUCT_CHANGED = "product-changed"
    CART_CHANGED = "cart-changed"
    BUDGET_CHANGED = "budget-changed"


def is_htmx() -> bool:
    """Whether htmx sent this request."""
    return request.headers.get("HX-Request") == "true"


def is_partial() -> bool:
    """Whether only a region of the page is wanted."""
    return is_htmx() and request.headers.get("HX-Request-Type", "partial") == "partial"


def render(
    template: str, *fragments: str, status: int = 200, event: Event | None = None, **context: Any
) -> Response:
    """Answer a page, or, to a partial request, only its named blocks one after another.

    With `event`, other regions are told by `HX-Trigger`.
    """
    if fragments and is_partial():
        body = render_blocks(template, list(fragments), **context)
    else:
        body = render_template(template, **context)
    response = make_response(body, status)
    if event:
        response.headers["HX-Trigger"] = json.dumps({event.value: True})
    return response


def push_url(response: Response, url: str) -> Response:
    """Show this address in the browser's bar, unless it is there already: back is one step.

    A whole page has its own address; pushing one while history goes back would trap the reader.
    """
    if is_partial() and _place(request.headers.get("HX-Current-URL", "")) != _place(url):
        response.headers["HX-Push-Url"] = url
    return response


def _place(url: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(url)
    return parts.path, dict(parse_qsl(parts.query))


def see_other(url: str) -> Response:
    """After a change: 303 for a plain form; htmx is told to go there by itself."""
    return _go(url, "HX-Location", json.dumps({"path": url, "target": "body"}))


def full_redirect(url: str) -> Response:
    """Leave this page wholly (sign-in, sign-out): no region may keep what it shows."""
    return _go(url, "HX-Redirect", url)


def _go(url: str, header: str, value: str) -> Response:
    """fetch follows a 303 by itself and the headers on it are lost: htmx gets a 200 with one."""
    if not is_htmx():
        return make_response(redirect(url, 303))
    return make_response("", 200, {header: value})


def vary(response: Response) -> Response:
    """Keep caches from mixing pages with their regions."""
    response.vary.update(["HX-Request", "HX-Request-Type"])
    return response
