"""What the shelves are narrowed to."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField

from koshelok.shop.categories import CATEGORIES
from koshelok.shop.queries import ProductFilters, Sort
from koshelok.shop.queries.lists import QUERY_LIMIT
from koshelok.web.addresses import MAX_ID
from koshelok.web.forms import Form, MoneyField, TextField, at_most

ANY_CATEGORY = [
    SelectChoice("", _l("All")),
    *(SelectChoice(code, name) for code, name in CATEGORIES.items()),
]
SORTS = [
    SelectChoice(Sort.NEW, _l("New first")),
    SelectChoice(Sort.POPULAR, _l("Popular first")),
    SelectChoice(Sort.CHEAP, _l("Cheap first")),
    SelectChoice(Sort.DEAR, _l("Expensive first")),
    SelectChoice(Sort.RATED, _l("Best rated first")),
]


class ShopField(HiddenField):  # type: ignore[misc]  # wtforms ships no types
    """The id of a shop, or None; what is no id is no shop's."""

    data: int | None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read a decimal id."""
        text = valuelist[0].strip() if valuelist else ""
        known = text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= MAX_ID
        self.data = (int(text) if known else 0) if text else None


class CatalogueForm(Form):
    """What the list of products is narrowed to; its values are the address."""

    class Meta:
        """It changes nothing, so it needs no token."""

        csrf = False

    query = TextField(_l("Search"), [at_most(QUERY_LIMIT)])
    category = RadioField(
        _l("Kind of goods"), choices=ANY_CATEGORY, default="", validate_choice=False
    )
    min_price = MoneyField(_l("Price from"))
    max_price = MoneyField(_l("Price to"))
    available = BooleanField(_l("Only what is there"))
    sort = SelectField(_l("Order"), choices=SORTS, default=Sort.NEW, validate_choice=False)
    shop = ShopField()

    def filters(self) -> ProductFilters:
        """As the query takes them; an unknown kind or order is none, and two prices that were
        typed the wrong way round are put right."""
        low, high = self.min_price.data, self.max_price.data
        if low is not None and high is not None and low > high:
            low, high = high, low
        return ProductFilters(
            query=self.query.data,
            category=self.category.data if self.category.data in CATEGORIES else None,
            min_price=low,
            max_price=high,
            shop=self.shop.data,
            available=self.available.data,
            sort=Sort(self.sort.data) if self.sort.data in set(Sort) else Sort.NEW,
        )
