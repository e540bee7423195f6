"""Where a file is asked for, text in its place is refused in a sentence, as no file is."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import Page, Person
from tests.finance.conftest import open_book
from tests.shop.shelf import open_shop


@pytest.mark.parametrize("sent", ["", "text"])
def test_text_is_no_file(
    app: Flask, browse: Callable[[Person], Page], person: Person, sent: str
) -> None:
    page = browse(person)
    with app.app_context():
        record = open_book(person).record().id
    for path, field in (
        ("/transactions/import", "file"), ("/debtors/import", "file"), ("/profile/photo", "photo"),
        ("/settings/data/import", "file"), (f"/transactions/{record}/receipts", "receipts"),
    ):  # fmt: skip
        assert page.post(path, {field: sent}).status_code == 422, path
        assert page.post(path).status_code == 422, path
    with app.app_context():
        shop = open_shop(person)
        product, workspace = shop.product().id, shop.workspace_id
    page.post("/workspaces/switch", {"workspace_id": str(workspace)})
    path = f"/shop/manage/products/{product}/images"
    for form in ({"photo": sent}, {}):
        assert page.post(path, form).status_code == 422
