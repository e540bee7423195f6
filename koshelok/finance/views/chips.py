"""What a search was understood to ask, as chips that take a piece of it away."""

from collections.abc import Callable, Sequence

from flask_babel import gettext as _

from koshelok.core.money import format_amount
from koshelok.finance.periods import Span, month_of, month_span
from koshelok.finance.search_words import Asked, Kind, Term
from koshelok.web.components import day
from koshelok.web.templating import format_day

_ICONS = {
    Kind.WORD: "search",
    Kind.TAG: "tag",
    Kind.WITHOUT: "minus",
    Kind.AMOUNT: "banknote",
    Kind.PERIOD: "calendar",
}


def chips_of(
    asked: Asked, first: int, url_without: Callable[[str], str]
) -> Sequence[dict[str, str]]:
    """A chip for each piece, and one for all of its days together."""
    shown = [[term] for term in asked.terms if term.kind is not Kind.PERIOD]
    days = [term for term in asked.terms if term.kind is Kind.PERIOD]
    return [
        {
            "label": _label(asked, terms[0], first),
            "icon": _ICONS[terms[0].kind],
            "url": url_without(asked.but(*terms)),
        }
        for terms in [*shown, *([days] if days else [])]
    ]


def _label(asked: Asked, term: Term, first: int) -> str:
    if term.kind is Kind.PERIOD and asked.span:
        return _days(asked.span, first)
    if term.kind is Kind.WITHOUT:
        return str(_("without %(word)s", word=term.word))
    if term.kind is Kind.AMOUNT:
        return _amount(term)
    return term.word


def _amount(term: Term) -> str:
    sign = {">=": "≥", "<=": "≤"}.get(term.sign, term.sign)
    if sign == ".." and term.least is not None and term.most is not None:
        return f"{format_amount(term.least)} – {format_amount(term.most)}"
    return f"{sign} {format_amount(term.typed)}" if term.typed is not None else term.text


def _days(span: Span, first: int) -> str:
    """A month by its name, another span by its days."""
    if span == month_span(month_of(span.start, first), first):
        name = format_day(month_of(span.start, first), "LLLL y")
        return name[:1].upper() + name[1:]
    return day(span.start) if span.days == 1 else f"{day(span.start)} – {day(span.end)}"
