"""The components keep what people typed, tie errors to fields, and never need inline code."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import PasswordField, RadioField, SelectField, StringField

from koshelok.web import components
from koshelok.web.forms import MoneyField

ROOT = Path(__file__).resolve().parents[2]
INLINE = re.compile(r"""\s(?:style|on\w+|hx-on\S*)\s*=|<style|<script(?![^>]*\ssrc=)|js:""")


class Sample(FlaskForm):
    name = StringField("Name", description="As in the passport.")
    secret = PasswordField("Password")
    amount = MoneyField("Amount")
    kind = RadioField("Kind", choices={"income": "Income", "expense": "Expense"})
    place = SelectField("Place", choices={"a": "A", "b": "B"})


@pytest.fixture(scope="module")
def page() -> Iterator[Flask]:
    app = Flask("koshelok", template_folder=str(ROOT / "templates"))
    app.config.update(SECRET_KEY="s" * 32, TESTING=True, WTF_CSRF_ENABLED=False)
    Babel(app, default_locale="en", default_timezone="Asia/Tashkent")
    CSRFProtect(app)
    components.init_app(app)
    with app.test_request_context():
        yield app


def html(source: str, **context: object) -> str:
    return render_template_string(source, **context)


def bound(**data: str) -> Sample:
    from werkzeug.datastructures import MultiDict

    form = Sample(formdata=MultiDict(data))
    form.validate()
    return form


@pytest.mark.usefixtures("page")
class TestFields:
    def test_keeps_what_was_typed_and_escapes_it(self) -> None:
        out = html("{{ ui.field(form.name) }}", form=bound(name='<b>"Ali'))
        assert 'value="&lt;b&gt;&#34;Ali"' in out

    def test_ties_hint_and_error_to_the_control(self) -> None:
        form = bound(name="x")
        form.name.errors = ["Fill this in."]
        out = html("{{ ui.field(form.name) }}", form=form)
        assert 'aria-describedby="name-hint name-error"' in out
        assert 'aria-invalid="true"' in out
        assert 'id="name-error"' in out
        assert "Fill this in." in out

    def test_never_writes_a_password_back(self) -> None:
        assert "s3cret" not in html("{{ ui.field(form.secret) }}", form=bound(secret="s3cret"))

    def test_a_refused_amount_stays_as_typed(self) -> None:
        out = html("{{ ui.field(form.amount) }}", form=bound(amount="12 sum?"))
        assert 'value="12 sum?"' in out
        assert 'aria-invalid="true"' in out

    @pytest.mark.parametrize("macro", ["chips", "segmented", "field"])
    def test_marks_the_chosen_option(self, macro: str) -> None:
        out = html(f"{{{{ ui.{macro}(form.kind) }}}}", form=bound(kind="income"))
        assert re.search(r'value="income" checked', out)
        assert not re.search(r'value="expense" checked', out)

    def test_further_arguments_become_attributes(self) -> None:
        out = html("{{ ui.field(form.place, autofocus=True, **{'hx-get': '/x'}) }}", form=bound())
        assert 'hx-get="/x"' in out
        assert "autofocus" in out


@pytest.mark.usefixtures("page")
class TestMoney:
    @pytest.mark.parametrize(
        ("arguments", "text"),
        [
            ("", "1\u202f250\u202f000"),
            ("type='income'", "+1\u202f250\u202f000"),
            ("type='expense'", "\u22121\u202f250\u202f000"),
            ("signed=True", "+1\u202f250\u202f000"),
        ],
    )
    def test_always_carries_its_sign_in_words(self, arguments: str, text: str) -> None:
        out = html(f"{{{{ ui.money(amount, {arguments}) }}}}", amount=Decimal("1250000"))
        assert f">{text}<" in out

    def test_zero_is_neither_income_nor_expense(self) -> None:
        out = html("{{ ui.money(amount, signed=True) }}", amount=Decimal(0))
        assert "income" not in out
        assert "expense" not in out

    def test_the_filter_keeps_number_and_unit_on_one_line(self) -> None:
        assert components.money(Decimal("0.5"), signed=True) == "+0.50\u00a0so'm"


@pytest.mark.usefixtures("page")
class TestDay:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (date(2026, 11, 14), "Today"),
            (date(2026, 11, 13), "Yesterday"),
            (date(2026, 11, 12), "12 November"),
            (date(2025, 11, 14), "14 November 2025"),
            (datetime(2026, 11, 13, 20, tzinfo=UTC), "Today"),
        ],
    )
    def test_says_dates_as_people_do(self, value: date, text: str) -> None:
        assert components.day(value, today=date(2026, 11, 14)) == text

    def test_knows_today(self) -> None:
        assert components.day(components.clock.today()) == "Today"

    def test_uzbek_joins_day_and_month(self) -> None:
        from flask_babel import force_locale

        with force_locale("uz"):
            assert components.day(date(2026, 11, 2), today=date(2026, 11, 14)) == "2-noyabr"


@pytest.mark.usefixtures("page")
class TestParts:
    def test_a_chart_has_its_numbers_in_a_table(self) -> None:
        series = [{"name": "Spent", "amounts": [Decimal("1.50"), Decimal(2)], "color": "expense"}]
        out = html("{{ ui.chart('c', 'bar', 'Title', ['a', 'b'], series) }}", series=series)
        assert re.findall(r'data-value="([\d.]+)"', out) == ["1.50", "2"]
        assert "<caption" in out

    def test_confirm_names_thing_and_effect_and_posts(self) -> None:
        out = html(
            "{{ ui.confirm('d', 'Delete Bus?', 'It can be undone.', '/bus/delete', 'Delete') }}"
        )
        assert 'aria-describedby="d-effect"' in out
        assert 'action="/bus/delete"' in out
        assert "popover" in out
        assert 'name="csrf_token"' in out

    def test_a_toast_out_of_band_goes_among_the_toasts(self) -> None:
        out = html("{{ ui.toast('Saved', undo_url='/undo', oob=True) }}")
        assert 'hx-swap-oob="beforeend:#toasts"' in out
        assert 'action="/undo"' in out

    def test_no_more_rows_no_button(self) -> None:
        assert html("{{ ui.load_more(none) }}").strip() == ""

    def test_escapes_titles_of_rows(self) -> None:
        assert "<i>" not in html("{{ ui.list_row('<i>x', cells=['<i>']) }}")

    def test_names_a_missing_component(self) -> None:
        with pytest.raises(AttributeError, match="carousel"):
            components.Ui(_environment(), watch=False).carousel  # noqa: B018


def _environment() -> object:
    from flask import current_app

    return current_app.jinja_env


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Gulnora Karimova", "GK"), ("ali", "A"), ("  ", "?"), ("— 😀", "?"), ("Ўткир (Бек) Z", "ЎZ")],
)
def test_initials(name: str, letters: str) -> None:
    assert components.initials(name) == letters


def test_a_sparkline_needs_two_points() -> None:
    assert components.spark_path([Decimal(1)]) == ""
    assert components.spark_path([Decimal(0), Decimal(5)]) == "M0.0 30.0L100.0 2.0"
    assert components.spark_path([Decimal(3), Decimal(3)], area=True).endswith("Z")


def test_assets_follow_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"app.css": "app.1.css"}')
    assets = components.Assets(tmp_path, "/static", watch=True)
    assert assets.url("app.css") == "/static/dist/app.1.css"
    assert assets.url("unbuilt.js") == "/static/dist/unbuilt.js"
    (tmp_path / "manifest.json").unlink()
    assert assets.url("app.css") == "/static/dist/app.css"
    assert 'href="/static/dist/icons.svg#plus"' in assets.icon("plus", "sm")


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda p: p.name)
def test_templates_hold_no_inline_code(path: Path) -> None:
    if path.parent.name == "docs":
        pytest.skip("the API documents have their own policy")
    source = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.S)
    assert not INLINE.search(source)
