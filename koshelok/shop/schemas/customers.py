"""JSON shapes of those who take on credit."""

from pydantic import Field

from koshelok.shop.queries import CustomerView
from koshelok.shop.schemas.values import Id
from koshelok.web.schemas import MoneyIn, MoneyOut, PageOut, Schema, SumOut


class CustomerPath(Schema):
    """`/shop/customers/{user_id}`."""

    user_id: Id


class CustomerIn(Schema):
    """Whether a buyer may take on credit, and up to what; a limit of null is none."""

    credit: bool = Field(strict=True, examples=[True])
    limit: MoneyIn | None


class CustomerOut(Schema):
    """A buyer, as the person of the shop's book (`debtor`) whom the limit is set for; of one who
    has not bought here yet no name, number and person are told."""

    user_id: int = Field(examples=[8])
    full_name: str = Field(examples=["Aziz Karimov"])
    phone_number: str = Field(examples=["+998901234567"])
    debtor: int | None = Field(examples=[3])
    credit: bool
    limit: MoneyOut | None
    debt: SumOut


class CustomerPage(PageOut[CustomerOut]):
    """A page of those whom the shop has let, or stopped letting, take on credit."""


def customer_out(customer: CustomerView) -> CustomerOut:
    """A buyer as JSON."""
    fields = CustomerOut.model_fields
    return CustomerOut.model_construct(**{name: getattr(customer, name) for name in fields})
