"""A statement as a file: PDF on A4, CSV and XLSX, line after line, in bounded memory.

`words` are statement_words: a file is in the language of who asked for it, wherever it is
written.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from koshelok.core.clock import TASHKENT
from koshelok.core.money import format_amount
from koshelok.core.phones import readable_phone
from koshelok.debtors.queries import Balanced, Line, LineKind, Summary
from koshelok.infra.pdf import BRAND, INK, MUTED, Ink, Paper
from koshelok.infra.tables import CSV_TYPE, XLSX_TYPE, Progress, Row, write_csv, write_xlsx

PDF_TYPE = "application/pdf"
TYPES = {"pdf": PDF_TYPE, "csv": CSV_TYPE, "xlsx": XLSX_TYPE}
_COLUMNS = ("day", "time", "what", "for", "due", "taken", "paid", "balance", "note")
_WIDTHS = (22, 74, 28, 28, 30)  # mm: together A4 without its margins
_MARGIN = 14
_LINE, _GAP, _SIZE = 5, 3, 9
_NUMBERS = 2  # from this column on
_HEADS = ("day", "what", "taken", "paid", "balance")
_TOLD_EVERY = 100


def write_paper(
    path: Path, format: str, summary: Summary, lines: Iterable[Balanced],
    words: dict[str, Any], progress: Progress | None = None,
) -> int:  # fmt: skip
    """Write a statement as `pdf`, `csv` or `xlsx`; answers how many rows or lines it has."""
    if format == "pdf":
        return _write_pdf(path, summary, lines, words, progress)
    write: Callable[..., int] = {"csv": write_csv, "xlsx": write_xlsx}[format]
    return write(path, [words[name] for name in _COLUMNS], _rows(summary, lines, words), progress)


def file_name(summary: Summary, format: str) -> str:
    """What the file is called; ASCII."""
    return f"koshelok-{summary.person.id}-{summary.end:%Y-%m-%d}.{format}"


def exact_day(day: date | datetime) -> str:
    """`21.11.2026`; of an instant, its day in Tashkent."""
    if isinstance(day, datetime):
        day = day.astimezone(ZoneInfo(TASHKENT))
    return day.strftime("%d.%m.%Y")


def taken_of(line: Line) -> Decimal | None:
    """The amount, if it stands in the column of what was taken."""
    return line.amount if line.kind == LineKind.DEBT else None


def paid_of(line: Line) -> Decimal | None:
    """The amount, if it stands in the column of what was given or forgiven."""
    return None if line.kind == LineKind.DEBT else line.amount


def _rows(summary: Summary, lines: Iterable[Balanced], words: dict[str, Any]) -> Iterator[Row]:
    """The opening, each line, the closing, and how late it is. A voided line names its amount in
    the note only: the columns can be summed."""
    yield _sum_row(words["opening"], summary.opening, summary.start)
    for balanced in lines:
        line, at = balanced.line, balanced.line.at.astimezone(ZoneInfo(TASHKENT))
        counts = not line.voided
        yield (
            at.date(), at.strftime("%H:%M"), words["kinds"][line.kind], line.description,
            line.due_date, taken_of(line) if counts else None, paid_of(line) if counts else None,
            balanced.balance, "" if counts else _void_note(line, words),
        )  # fmt: skip
    yield _sum_row(words["closing"], summary.closing, summary.end)
    for bucket, amount in summary.ageing.items():
        yield _sum_row(f"{words['ageing']}: {words['buckets'][bucket]}", amount, None)
    yield _sum_row(words["credit"], summary.credit, None)


def _sum_row(label: str, amount: Decimal, day: date | None) -> Row:
    return (day, "", label, "", None, None, None, amount, "")


def _void_note(line: Line, words: dict[str, Any]) -> str:
    told = (f"{words['voided']}: {format_amount(line.amount)}", _reason(line, words))
    return " · ".join(part for part in told if part)


def _reason(line: Line, words: dict[str, Any]) -> str | None:
    return line.void_reason and words["reasons"].get(line.void_reason, line.void_reason)


def _write_pdf(
    path: Path, summary: Summary, lines: Iterable[Balanced], words: dict[str, Any],
    progress: Progress | None,
) -> int:  # fmt: skip
    paper = _StatementPaper(summary, words)
    count = 0
    for count, balanced in enumerate(lines, start=1):
        paper.line_of(balanced)
        if progress and count % _TOLD_EVERY == 0:
            progress(count)
    paper.finish()
    paper.output(str(path))
    if progress:
        progress(count)
    return count


class _StatementPaper(Paper):
    """The pages of a statement: who and when, a table that goes on, what it comes to."""

    def __init__(self, summary: Summary, words: dict[str, Any]) -> None:
        super().__init__(words["title"], size="A4", margin=_MARGIN)
        self._summary, self._words = summary, words
        self.set_auto_page_break(True, margin=18)
        self.add_page()
        self._row(["", words["opening"], "", "", format_amount(summary.opening)], "B")

    def header(self) -> None:
        """On the first page whose statement it is, on each the heads of the columns."""
        words, person = self._words, self._summary.person
        if self.page_no() == 1:
            self.say(words["shop"], 11, "B", ink=BRAND, gap=4)
            self.say(f"{words['title']}: {person.full_name}", 17, "B", gap=1)
            self.say(readable_phone(person.phone_number), 10, ink=MUTED)
            self.say(self._period(), 10, ink=MUTED, gap=5)
        self._write([[words[name]] for name in _HEADS], "", MUTED)

    def footer(self) -> None:
        """The page's number."""
        self.set_y(-12)
        self.set_font("Inter", "", 8)
        self.set_text_color(*MUTED)
        self.cell(0, 5, f"Koshelok · {self._words['page']} {self.page_no()}", align="R")

    def line_of(self, balanced: Balanced) -> None:
        """One entry, a voided one struck through; under it what is to be known of it."""
        line, words = balanced.line, self._words
        kind, note = words["kinds"][line.kind], ""
        if line.voided:
            note = " · ".join(part for part in (words["voided"], _reason(line, words)) if part)
        elif line.due_date:
            note = f"{words['due']}: {exact_day(line.due_date)}"
        amounts = [format_amount(a) if a else "" for a in (taken_of(line), paid_of(line))]
        texts = [
            exact_day(line.at),
            f"{kind} · {line.description}" if line.description else kind,
            *amounts,
            format_amount(balanced.balance),
        ]
        self._row(texts, "S" if line.voided else "", MUTED if line.voided else INK, note)

    def finish(self) -> None:
        """What it comes to, and how late that is."""
        summary, words = self._summary, self._words
        given = summary.paid + summary.written_off
        sums = [format_amount(amount) for amount in (summary.taken, given, summary.closing)]
        self._row([exact_day(summary.end), words["closing"], *sums], "B")
        self.ln(5)
        if summary.closing > 0:
            self.say(words["ageing"], 11, "B", gap=1)
            for bucket, amount in summary.ageing.items():
                self._pair(words["buckets"][bucket], amount)
        for name, amount in (("written_off", summary.written_off), ("credit", summary.credit)):
            if amount:
                self._pair(words[name], amount)

    def _period(self) -> str:
        start = self._summary.start
        first = exact_day(start) if start else self._words["beginning"]
        return f"{first} – {exact_day(self._summary.end)} · {self._words['unit']}"

    def _row(self, texts: list[str], style: str, ink: Ink = INK, note: str = "") -> None:
        """A line under what came before, then the cells, whole on one page."""
        self.set_font("Inter", style, _SIZE)
        cells = [self._wrapped(*cell) for cell in zip(texts, _WIDTHS, strict=True)]
        self.set_font("Inter", "", _SIZE - 1)
        notes = self._wrapped(note, _WIDTHS[1]) if note else []
        lines = max(map(len, cells))
        if self.will_page_break(_LINE * (lines + len(notes)) + 2):
            self.add_page()
        self.hairline()
        self.ln(1)
        self._write(cells, style, ink)
        self.set_font("Inter", "", _SIZE - 1)
        self.set_text_color(*MUTED)
        for text in notes:
            self.set_x(self.l_margin + _WIDTHS[0])
            self.cell(_WIDTHS[1], _LINE, text, new_x="LMARGIN", new_y="NEXT")
        self.ln(1)

    def _wrapped(self, text: str, width: int) -> list[str]:
        """The lines that a text needs in this font; asked only where it needs more than one."""
        if self.get_string_width(text) <= width - _GAP:
            return [text]
        found: list[str] = self.multi_cell(width - _GAP, _LINE, text, dry_run=True, output="LINES")  # type: ignore[assignment]  # as LINES answers
        return found

    def _write(self, cells: list[list[str]], style: str, ink: Ink) -> None:
        """The cells of a row; what is struck through is what happened, not its day and balance."""
        top, left = self.get_y(), self.l_margin
        self.set_text_color(*ink)
        for place, (lines, width) in enumerate(zip(cells, _WIDTHS, strict=True)):
            kept = place in {0, len(cells) - 1}
            self.set_font("Inter", style.replace("S", "") if kept else style, _SIZE)
            for number, text in enumerate(lines):
                self.set_xy(left, top + number * _LINE)
                self.cell(width, _LINE, text, align="L" if place < _NUMBERS else "R")
            left += width
        self.set_xy(self.l_margin, top + max(map(len, cells)) * _LINE)

    def _pair(self, label: str, amount: Decimal) -> None:
        self.set_font("Inter", "", _SIZE)
        self.set_text_color(*INK)
        self.cell(60, 6, label)
        self.cell(40, 6, format_amount(amount), align="R", new_x="LMARGIN", new_y="NEXT")
