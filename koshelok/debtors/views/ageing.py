"""/debtors/ageing: how late what debtors owe is, and the debts behind each sum."""

from datetime import date

from flask import Blueprint, Response, request, url_for

from koshelok.core.clock import today
from koshelok.core.page import DEFAULT_LIMIT, Page
from koshelok.debtors import ageing, queries, terms
from koshelok.debtors.ageing import Bucket
from koshelok.debtors.queries import AgedDebt
from koshelok.web import access
from koshelok.web.auth import current_workspace
from koshelok.web.htmx import push_url, render

bp = Blueprint("ageing", __name__, url_prefix="/debtors/ageing")


@bp.get("")
@access.viewer
def show() -> Response:
    """The buckets, and, where one is opened, its debts, the longest late first."""
    asked, cursor = request.args.get("bucket"), request.args.get("cursor")
    bucket = Bucket(asked) if asked in set(Bucket) else None
    workspace_id, now = current_workspace().id, today()
    page = _debts(workspace_id, bucket, now, cursor)
    sums = {} if cursor else queries.get_ageing(workspace_id, now)
    response = render(
        "debtors/ageing.html",
        "rows" if cursor and bucket else "results",
        sums=sums,
        late=ageing.late_of(sums) if sums else None,
        bucket=bucket,
        page=page,
        today=now,
        more_url=page.next_cursor and url_for(".show", bucket=bucket, cursor=page.next_cursor),
        names=terms.BUCKETS,
        lateness=terms.lateness,
    )
    here = url_for(".show", bucket=bucket) if bucket else url_for(".show")
    return response if cursor else push_url(response, here)


def _debts(
    workspace_id: int, bucket: Bucket | None, now: date, cursor: str | None
) -> Page[AgedDebt]:
    if bucket is None:
        return Page([], None)
    return queries.list_aged_debts(workspace_id, bucket, now, limit=DEFAULT_LIMIT, cursor=cursor)
