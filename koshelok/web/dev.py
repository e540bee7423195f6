"""/dev/ui: each component in each state, for the eye and for axe. Development only."""

from datetime import timedelta
from decimal import Decimal

from flask import Blueprint, Response
from flask_babel import gettext as _
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

from koshelok.core import clock
from koshelok.web import access
from koshelok.web.forms import Form, MoneyField
from koshelok.web.htmx import render

bp = Blueprint("dev", __name__, url_prefix="/dev")

CATEGORIES = {
    "food": "Oziq-ovqat", "transport": "Transport", "data": "Internet va aloqa",
    "home": "Uy", "other": "Boshqa",
}  # fmt: skip


class Sample(Form):
    """One field of each kind."""

    type = RadioField("Turi", choices={"expense": "Xarajat", "income": "Daromad"})
    amount = MoneyField("Summa")
    limit = MoneyField("Chegara")
    category = RadioField("Toifa", choices=CATEGORIES)
    name = StringField("Ism", description="Hujjatdagidek yozing.")
    password = PasswordField("Parol")
    date = DateField("Sana")
    note = TextAreaField("Izoh")
    place = SelectField("Qayerda", choices=CATEGORIES)
    photo = FileField("Rasm")
    agree = BooleanField("Hisobot har oy pochtaga kelsin")
    remind = BooleanField("Eslatib turilsin")
    code = StringField("Kod")


@bp.get("/ui")
@access.public
def ui() -> Response:
    """Show every component."""
    today = clock.today()
    sample = Sample(
        meta={"csrf": False}, amount=Decimal(1_250_000), limit=Decimal(0), type="expense",
        category="food", date=today, remind=True, code="482",
    )  # fmt: skip
    wrong = Sample(meta={"csrf": False}, prefix="wrong-", name="Gulnora", limit=None, code="123")
    for name, message in [
        ("name", _("Fill this in.")),
        ("limit", _("Write an amount, for example 25 000, 25k or 1.5mln.")),
        ("category", _("Choose one.")), ("place", _("Choose one.")), ("code", _("Choose one.")),
    ]:  # fmt: skip
        wrong[name].errors = [message]
    months = [f"{m:02}.26" for m in range(1, 13)]
    income = [Decimal(n) * 100_000 for n in (42, 45, 41, 50, 58, 47, 52, 61, 55, 58, 64, 60)]
    expense = [Decimal(n) * 100_000 for n in (31, 40, 35, 38, 61, 42, 39, 44, 47, 41, 49, 38)]
    return render(
        "dev/ui.html", sample=sample, wrong=wrong, months=months, income=income, expense=expense,
        balance=[i - e for i, e in zip(income, expense, strict=True)], now=clock.now(),
        today=today, yesterday=today - timedelta(days=1), amount=Decimal,
        category_names=list(CATEGORIES.values()),
        category_sums=[Decimal(n) * 10_000 for n in (182, 96, 43, 27, 12)],
    )  # fmt: skip
