"""Pictures of products: what is refused, what becomes of the rest, and what stays on the disk."""

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import text

from koshelok.cli.backup import backup, restore
from koshelok.core.clock import now
from koshelok.core.errors import DomainError, NotFound
from koshelok.infra.db import db, session
from koshelok.infra.settings import Settings
from koshelok.infra.unit_of_work import unit_of_work
from koshelok.shop import operations, queries
from koshelok.shop.errors import (
    ImageNotFound,
    PictureInvalid,
    PictureTooLarge,
    ProductNotFound,
    TooManyImages,
)
from koshelok.shop.images import SIZES, Stored, image_url, images_folder, save_image
from koshelok.shop.queries import ProductView
from koshelok.shop.tasks import forget_old
from tests.conftest import Page, Person
from tests.identity.pictures import photo_with_metadata, picture
from tests.identity.test_photos import _bomb
from tests.shop.shelf import Seller, open_shop


@pytest.fixture
def seller(context: Flask, person: Person) -> Seller:
    """A shop; nothing is on its disk yet."""
    for path in _files():
        path.unlink()
    return open_shop(person)


@pytest.fixture
def product(seller: Seller) -> ProductView:
    """Something it sells."""
    return seller.product()


def _files() -> list[Path]:
    return sorted(images_folder().glob("*")) if images_folder().exists() else []


def add(seller: Seller, product: ProductView, data: bytes) -> queries.Image:
    """Add a picture as the seller."""
    with unit_of_work():
        return operations.add_image(**_which(seller, product), data=data)


def _which(seller: Seller, product: ProductView) -> dict[str, int]:
    return {
        "actor_id": seller.person.id,
        "workspace_id": seller.workspace_id,
        "product_id": product.id,
    }


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"<svg onload='alert(1)'/>", picture("GIF"), picture()[:60], _bomb(60_000)],
    ids=["empty", "text", "svg", "gif", "cut", "bomb"],
)
def test_refuses_what_is_no_picture(seller: Seller, product: ProductView, data: bytes) -> None:
    with pytest.raises(PictureInvalid) as refusal:
        add(seller, product, data)
    assert (refusal.value.status, refusal.value.field) == (422, "photo")
    assert _files() == []


def test_refuses_what_is_too_large(
    seller: Seller, product: ProductView, context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context.config["SETTINGS"], "max_photo_bytes", 10)
    with pytest.raises(PictureTooLarge) as refusal:
        add(seller, product, picture())
    assert (refusal.value.status, refusal.value.field) == (422, "photo")
    assert _files() == []


def test_refuses_anothers_product(
    seller: Seller, product: ProductView, make_person: Callable[..., Person]
) -> None:
    image = add(seller, product, picture())
    other = open_shop(make_person())
    theirs = _which(other, product)
    for refused in (
        lambda: operations.add_image(**theirs, data=picture()),
        lambda: operations.remove_image(**theirs, image_id=image.id),
        lambda: operations.move_image(**theirs, image_id=image.id),
    ):
        with pytest.raises(ProductNotFound), unit_of_work():
            refused()
    assert len(_files()) == len(SIZES)


def test_refuses_a_picture_of_another_product(seller: Seller, product: ProductView) -> None:
    image, other = add(seller, product, picture()), seller.product()
    for operation in (operations.remove_image, operations.move_image):
        with pytest.raises(ImageNotFound), unit_of_work():
            operation(**_which(seller, other), image_id=image.id)


def test_refuses_a_ninth_and_keeps_nothing_of_it(seller: Seller, product: ProductView) -> None:
    for _ in range(8):
        add(seller, product, picture())
    with pytest.raises(TooManyImages) as refusal:
        add(seller, product, picture())
    assert (refusal.value.status, refusal.value.code) == (409, "too_many_images")
    assert len(_files()) == 8 * len(SIZES)


def test_nine_at_once_are_refused_before_one_is_made(seller: Seller, product: ProductView) -> None:
    add(seller, product, picture())
    with pytest.raises(TooManyImages), unit_of_work():
        operations.add_images(**_which(seller, product), photos=[picture()] * 8)
    assert len(_files()) == len(SIZES)


def test_buyers_do_not_wait_while_pictures_are_made(
    seller: Seller, product: ProductView, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    making, go_on = threading.Event(), threading.Event()

    def slowly(data: bytes) -> Stored:
        making.set()
        assert go_on.wait(10)
        return save_image(data)

    def upload() -> None:
        with app.app_context():
            add(seller, product, picture())

    monkeypatch.setattr("koshelok.shop.operations.images.save_image", slowly)
    session.remove()
    thread = threading.Thread(target=upload)
    thread.start()
    assert making.wait(10)
    with unit_of_work():
        session.execute(text("SET LOCAL lock_timeout = '2s'"))
        operations.move_stock(**_which(seller, product), kind="received", quantity=1)
    go_on.set()
    thread.join()
    assert len(seller.see(product).images) == 1


def test_of_many_at_once_eight_are_kept(seller: Seller, product: ProductView, app: Flask) -> None:
    refused: list[DomainError] = []
    start = threading.Barrier(12)

    def race() -> None:
        with app.app_context():
            start.wait()
            try:
                add(seller, product, picture())
            except TooManyImages as error:
                refused.append(error)

    session.remove()
    threads = [threading.Thread(target=race) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 4
    assert len(seller.see(product).images) == 8
    assert len(_files()) == 8 * len(SIZES)


def _then_fail(operation: Callable[..., object], **arguments: Any) -> None:
    """Do something whose transaction is then rolled back."""
    with unit_of_work():
        operation(**arguments)
        assert len(_files()) == len(SIZES)
        raise NotFound


def test_a_rollback_takes_the_files_along(seller: Seller, product: ProductView) -> None:
    with pytest.raises(NotFound):
        _then_fail(operations.add_image, **_which(seller, product), data=picture())
    assert _files() == []
    assert seller.see(product).images == ()


def test_a_rollback_keeps_what_was_to_be_removed(seller: Seller, product: ProductView) -> None:
    image = add(seller, product, picture())
    with pytest.raises(NotFound):
        _then_fail(operations.remove_image, **_which(seller, product), image_id=image.id)
    assert len(_files()) == len(SIZES)
    assert [kept.id for kept in seller.see(product).images] == [image.id]


@pytest.mark.parametrize(
    ("size", "largest"),
    [((2400, 1200), (1200, 600)), ((1000, 3000), (400, 1200)), ((90, 40), (90, 40)),
     ((300, 300), (300, 300))],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_is_kept_in_three_sizes_and_never_enlarged(
    seller: Seller, product: ProductView, kind: str, size: tuple[int, int],
    largest: tuple[int, int],
) -> None:  # fmt: skip
    image = add(seller, product, picture(kind, size))
    assert (image.width, image.height) == largest
    for side in SIZES:
        with Image.open(images_folder() / Path(image_url(image, side)).name) as stored:
            assert (stored.format, stored.mode) == ("WEBP", "RGB")
            assert max(stored.size) == min(side, *[max(size)])


def test_drops_metadata_and_stands_upright(seller: Seller, product: ProductView) -> None:
    image = add(seller, product, photo_with_metadata() + b"<script>alert(1)</script>")
    assert (image.width, image.height) == (100, 200)
    for path in _files():
        raw = path.read_bytes()
        for trace in (b"Secret Photographer", b"EXIF", b"<script>"):
            assert trace not in raw
    with Image.open(images_folder() / Path(image_url(image, 1200)).name) as stored:
        assert stored.getpixel((50, 10))[0] > 200 > stored.getpixel((50, 190))[0]  # type: ignore[index]


def test_their_order_is_the_sellers(seller: Seller, product: ProductView) -> None:
    first, second, third = (add(seller, product, picture()).id for _ in range(3))

    def order() -> list[int]:
        return [image.id for image in seller.see(product).images]

    assert order() == [first, second, third]
    with unit_of_work():
        operations.move_image(**_which(seller, product), image_id=third)
    assert order() == [third, first, second]
    with unit_of_work():
        operations.move_image(**_which(seller, product), image_id=third, place=99)
    assert order() == [first, second, third]
    with unit_of_work():
        operations.remove_image(**_which(seller, product), image_id=first)
    assert order() == [second, third]
    fourth = add(seller, product, picture()).id
    assert order() == [second, third, fourth]


def test_the_night_takes_what_no_product_names(seller: Seller, product: ProductView) -> None:
    kept = add(seller, product, picture())
    for name in ("left-behind-by-a-killed-process-480.webp", "nonsense"):
        (images_folder() / name).write_bytes(b"x")
    fresh = images_folder() / "of-a-transaction-still-at-work-480.webp"
    old = (now() - timedelta(days=2)).timestamp()
    for path in _files():
        os.utime(path, (old, old))
    fresh.write_bytes(b"x")
    forget_old()
    left = {path.name for path in _files()}
    assert {Path(image_url(kept, size)).name for size in SIZES} | {fresh.name} <= left
    assert "left-behind-by-a-killed-process-480.webp" not in left
    with unit_of_work():
        operations.remove_image(**_which(seller, product), image_id=kept.id)
    assert fresh in _files()
    assert len([path for path in _files() if path.suffix == ".webp"]) == 1


def test_is_shown_to_everybody_for_a_year(seller: Seller, product: ProductView, app: Flask) -> None:
    image = add(seller, product, picture())
    assert len(image.name) >= 32
    answer = app.test_client().get(image_url(image, 160))
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    assert "Set-Cookie" not in answer.headers
    answer.close()


@pytest.mark.parametrize("name", ["nothing.webp", "..%2F..%2Fsecret", "%2e%2e", "a/b", "\0"])
def test_shows_nothing_else(page: Page, name: str) -> None:
    assert page.get(f"/shop/images/{name}").status_code == 404


def test_a_backup_has_them(
    seller: Seller, product: ProductView, settings: Settings, tmp_path: Path
) -> None:
    image = add(seller, product, picture())
    before = {path.name: path.read_bytes() for path in _files()}
    session.remove()
    backup(settings, tmp_path / "all.tar.gz")
    with unit_of_work():
        operations.remove_image(**_which(seller, product), image_id=image.id)
    assert _files() == []
    session.remove()
    db.engine.dispose()
    restore(settings, tmp_path / "all.tar.gz")
    assert {path.name: path.read_bytes() for path in _files()} == before
    assert [kept.name for kept in seller.see(product).images] == [image.name]
    assert BytesIO(before[Path(image_url(image)).name]).read(4) == b"RIFF"
