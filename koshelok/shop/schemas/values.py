"""What the shapes of the shop are made of: ids, pieces, categories, sums, stars."""

import json
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer, WithJsonSchema

from koshelok.shop.categories import CATEGORIES
from koshelok.shop.models import QUANTITY_LIMIT, STOCK_LIMIT
from koshelok.shop.operations.catalogue import UnknownCategory
from koshelok.web.addresses import MAX_ID
from koshelok.web.schemas import checked


def _known(category: str) -> str:
    if category not in CATEGORIES:
        raise UnknownCategory
    return category


def _number(stars: Decimal) -> object:
    """As a JSON number, which no money is."""
    return json.loads(f"{stars.normalize():f}")


Id = Annotated[int, Field(ge=1, le=MAX_ID)]
BodyId = Annotated[int, Field(ge=1, le=MAX_ID, strict=True)]
Pieces = Annotated[int, Field(ge=1, le=QUANTITY_LIMIT, strict=True, examples=[2])]
Stock = Annotated[int, Field(ge=0, le=STOCK_LIMIT, strict=True, examples=[10])]
Category = Annotated[
    str,
    AfterValidator(checked(_known)),
    Field(max_length=20, examples=["food"], json_schema_extra={"enum": list(CATEGORIES)}),
]
Stars = Annotated[
    Decimal,
    PlainSerializer(_number),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 5, "examples": [5]}),
]
EXAMPLE_ID = "01940000-0000-7000-8000-000000000000"
EXAMPLE_NAME = "Ko'k choy, 100 g"
EXAMPLE_PRICE = "12000.00"
EXAMPLE_SHOP = "Malika do'koni"
