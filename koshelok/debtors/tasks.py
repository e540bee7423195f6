"""Jobs of the clock, and long statements."""

import logging
from datetime import datetime

from koshelok.core.clock import now
from koshelok.debtors import operations
from koshelok.debtors.operations import reminders
from koshelok.debtors.papers import TYPES, file_name, write_paper
from koshelok.debtors.queries import iterate, list_reminding, summarize
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.jobs.operations import Work

logger = logging.getLogger(__name__)


def remind(moment: datetime | None = None) -> int:
    """Remind whoever is due today, in every book that wants it; answers how many. Only by day,
    and safe to run twice: what is sent is written down with it, a batch a transaction."""
    if not reminders.may_remind(moment=moment or now()):
        return 0
    with unit_of_work():
        books = list_reminding()
    return sum(_remind_book(workspace_id, moment) for workspace_id in books)


def _remind_book(workspace_id: int, moment: datetime | None) -> int:
    sent, after = 0, 0
    try:
        while reminders.may_remind(moment=moment or now()):
            with unit_of_work():
                some, last = reminders.remind_some(
                    workspace_id=workspace_id, after=after, moment=moment or now()
                )
            sent += some
            if last is None:
                break
            after = last
    except Exception:  # one book must not keep the others from being served
        logger.exception("reminders of workspace %s", workspace_id)
    return sent


def write_statement(work: Work) -> None:
    """Write a statement into a file; its lines are read in one snapshot, as they are written."""
    params = work.params
    start, end = operations.read_days(params)
    with unit_of_work():
        summary = summarize(params["workspace"], params["debtor"], start, end)
        work.advance(0, summary.count)
        name, format_ = file_name(summary, params["format"]), params["format"]
        with work.open_file(name, TYPES[format_]) as path:
            write_paper(path, format_, summary, iterate(summary), params["words"], work.advance)
    work.done = work.total = summary.count
    work.result = {"rows": summary.count}
