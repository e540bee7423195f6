"""A product as its seller describes it, its pictures, and what a shelf is narrowed to."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField, TextAreaField

from koshelok.shop.categories import CATEGORIES
from koshelok.shop.forms.stock import PiecesField
from koshelok.shop.models import DESCRIPTION_LIMIT, NAME_LIMIT, SKU_LIMIT
from koshelok.shop.queries import ProductView
from koshelok.shop.queries.shelf import Tab
from koshelok.web.forms import FilesField, Form, MoneyField, TextField, at_most, chosen, required

_FIELDS = ("name", "category", "price", "sku", "description")
_CHOICES = [SelectChoice("", _l("Choose")), *(SelectChoice(*item) for item in CATEGORIES.items())]


class ProductForm(Form):
    """What buyers read of a product, and its price a piece in so'm."""

    name = TextField(_l("Name"), [required(), at_most(NAME_LIMIT)])
    category = SelectField(_l("Category"), [chosen()], choices=_CHOICES, validate_choice=False)
    price = MoneyField(_l("Price"), [required()])
    sku = TextField(_l("Code (SKU)"), [at_most(SKU_LIMIT)])
    description = TextAreaField(_l("About the product"), [at_most(DESCRIPTION_LIMIT)])

    def values(self) -> dict[str, Any]:
        """What create_product and edit_product take."""
        values = {name: self.data[name] for name in _FIELDS}
        return values | {name: values[name] or "" for name in ("sku", "description")}


class NewProductForm(ProductForm):
    """The same with what is there from the start: pieces and pictures."""

    stock = PiecesField(_l("How many are there"))
    photo = FilesField(_l("Pictures"))


def product_form(product: ProductView) -> ProductForm:
    """The form as the product is now."""
    return ProductForm(formdata=None, data={name: getattr(product, name) for name in _FIELDS})


class PhotosForm(Form):
    """More pictures of a product."""

    photo = FilesField(_l("Add pictures"))


class ShelfForm(Form):
    """What a shelf is narrowed to; its values are the address."""

    class Meta:
        """It changes nothing, so it needs no token."""

        csrf = False

    query = TextField(_l("Search"), [at_most(100)])
    tab = TextField()

    @property
    def shown(self) -> Tab:
        """The part that is asked for; an unknown one is all."""
        return Tab(self.tab.data) if self.tab.data in set(Tab) else Tab.ALL
