"""How a shop sells: who is paid on which card, what it says of itself."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as pg_insert

from koshelok.audit import operations as audit
from koshelok.core.errors import Invalid
from koshelok.core.phones import read_phone
from koshelok.core.text import clean
from koshelok.infra.db import session
from koshelok.shop.errors import NotAShop
from koshelok.shop.models import ABOUT_LIMIT, ADDRESS_LIMIT, STOCK_LIMIT, Shop
from koshelok.shop.queries import ShopView, get_shop
from koshelok.wallet.queries import get_card
from koshelok.workspaces.queries import get_kind


def edit_shop(
    *,
    actor_id: int,
    workspace_id: int,
    about: str | None = None,
    address: str | None = None,
    phone_number: str | None = None,
    accepts_cash: bool | None = None,
    low_stock: int | None = None,
    payout_card: UUID | None = None,
    clear_payout_card: bool = False,
) -> ShopView:
    """Change what is given and keep the rest. The payout card is one of the actor's own; without
    one the shop's owner is paid on their oldest active card. Raises NotAShop, Invalid,
    CardNotFound."""
    if get_kind(workspace_id) != "shop":
        raise NotAShop
    changes: dict[str, Any] = {}
    if about is not None:
        changes["about"] = clean(about, limit=ABOUT_LIMIT, field="about")
    if address is not None:
        changes["address"] = clean(address, limit=ADDRESS_LIMIT, field="address")
    if phone_number is not None:
        changes["phone_number"] = read_phone(phone_number) if phone_number.strip() else None
    if accepts_cash is not None:
        changes["accepts_cash"] = accepts_cash
    if low_stock is not None:
        if not 0 <= low_stock <= STOCK_LIMIT:
            raise Invalid(field="low_stock")
        changes["low_stock"] = low_stock
    if payout_card is not None:
        changes["payout_card_id"] = get_card(actor_id, payout_card).id
    elif clear_payout_card:
        changes["payout_card_id"] = None
    if changes:
        row = pg_insert(Shop).values(**{**_DEFAULTS, **changes}, workspace_id=workspace_id)
        session.execute(row.on_conflict_do_update(index_elements=["workspace_id"], set_=changes))
        audit.record(
            action="shop.changed",
            actor_id=actor_id,
            workspace_id=workspace_id,
            subject_type="workspace",
            subject_id=workspace_id,
            details={"changed": ", ".join(changes)},
        )
    return get_shop(workspace_id)


_DEFAULTS: dict[str, Any] = {"about": "", "address": "", "accepts_cash": True, "low_stock": 3}
