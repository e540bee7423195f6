"""Demo data of the shop: a shelf with pictures, orders at every step, what buyers say of them."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

from PIL import Image, ImageDraw, ImageFont

from koshelok.identity.models import User
from koshelok.shop import operations as shop
from koshelok.shop.operations import Wanted
from koshelok.shop.queries import OrderView
from koshelok.wallet.queries import find_payout_card

SIDE = 480
COLOURS = {
    "food": ("#f6b352", "#d9822b"), "drinks": ("#7bc8a4", "#2e8b6f"),
    "household": ("#8fb8de", "#3d6fa5"), "beauty": ("#f2a6c0", "#c2577f"),
    "health": ("#a3d9a5", "#3f9142"), "kids": ("#ffd166", "#e29b1c"),
    "clothes": ("#c3a6e8", "#7a55b3"), "electronics": ("#9fb3c8", "#486581"),
    "home": ("#d3b8a2", "#8d6748"), "stationery": ("#f29e8e", "#c8553d"),
}  # fmt: skip
GOODS = (  # name, what it is, category, thousands of so'm, pieces, code
    ("Devzira guruch, 1 kg", "O'zgan guruchi, osh uchun. Yangi hosil.", "food", 28, 60, "GUR-1"),
    ("Oliy nav un, 5 kg", "Non va somsa uchun mayin un.", "food", 42, 35, "UN-5"),
    ("Paxta yog'i, 1 litr", "Tozalangan, hidsiz.", "food", 24, 48, "YOG-1"),
    ("Tog' asali, 500 g", "Zomin tog'laridan, qo'shimchasiz.", "food", 75, 14, "ASAL-05"),
    ("Quruq mevalar to'plami", "Mayiz, turshak, yong'oq va bodom.", "food", 68, 20, "MEVA-1"),
    ("Ko'k choy 95, 250 g", "Yirik bargli, xushbo'y.", "drinks", 18, 80, "CHOY-95"),
    ("Qora choy, 100 paket", "Har kungi choy, qutida.", "drinks", 32, 40, "CHOY-Q"),
    ("Donador qahva, 200 g", "Arabika, o'rtacha qovurilgan.", "drinks", 89, 12, "QAHVA"),
    ("Kir yuvish kukuni, 3 kg", "Rangli va oq kiyim uchun.", "household", 64, 25, "KIR-3"),
    ("Idish yuvish vositasi", "Limon hidli, 900 ml.", "household", 19, 30, "IDISH"),
    ("Kungaboqar sovuni", "Tabiiy yog'dan, to'rtta bir qutida.", "beauty", 22, 44, "SOVUN-4"),
    ("Shampun, 400 ml", "O'tlar damlamasi bilan.", "beauty", 38, 26, "SHAMP"),
    ("Elektron termometr", "O'n soniyada o'lchaydi.", "health", 55, 9, "TERMO"),
    ("Yog'och konstruktor", "120 bo'lak, 5 yoshdan.", "kids", 120, 7, "KONS"),
    ("Rasm daftari va bo'yoqlar", "24 rang, mo'yqalami bilan.", "kids", 47, 18, "BOYOQ"),
    ("Atlas ro'mol", "Marg'ilon atlasi, qo'lda to'qilgan.", "clothes", 160, 5, "ATLAS"),
    ("Chust do'ppisi", "Qo'lda tikilgan, 56-58 o'lcham.", "clothes", 95, 2, "DOPPI"),
    ("Jun paypoq", "Qishki, 39-43 o'lcham.", "clothes", 26, 33, "PAYPOQ"),
    ("Simsiz quloqchin", "Zaryad 24 soatga yetadi.", "electronics", 240, 6, "QULOQ"),
    ("Tez quvvatlagich, 20 W", "USB-C, simi bilan.", "electronics", 85, 15, "QUVVAT"),
    ("Rishton likopchasi", "Qo'lda chizilgan, 26 sm.", "home", 110, 2, "RISHTON"),
    ("LED chiroq, 12 W", "Iliq oq, E27.", "home", 21, 50, "LED-12"),
    ("Umumiy daftar, 96 varaq", "Katakli, qattiq muqova.", "stationery", 15, 90, "DAFTAR"),
    ("Sharikli ruchkalar, 10 ta", "Ko'k, tekis yozadi.", "stationery", 20, 0, "RUCHKA"),
)
STEPS = ("confirmed", "packed", "shipped", "delivered", "returned")


def seed_shop(*, owner: User, workspace_id: int, people: dict[str, User]) -> None:
    """Fill a shop's shelf, and let people order from it by card, in cash and on credit."""
    seller = _Seller(owner.id, workspace_id)
    seller.open()
    dilnoza, jasur, aziz = (_Buyer(people[name]) for name in ("dilnoza", "jasur", "aziz"))
    first = dilnoza.order({"CHOY-95": 2, "ASAL-05": 1, "RISHTON": 2}, seller, "card")
    seller.take(first, "delivered")
    second = jasur.order({"GUR-1": 5, "YOG-1": 2, "QULOQ": 1}, seller)
    seller.take(second, "delivered")
    dilnoza.say(seller, "ASAL-05", 5, "Haqiqiy asal ekan, bolalarga juda yoqdi.")
    dilnoza.say(
        seller, "CHOY-95", 4, "Xushbo'y. Qutisi biroz ezilgan edi.", "Endi qalinroq o'raymiz!"
    )
    jasur.say(seller, "GUR-1", 5, "Osh zo'r chiqdi, yana olaman.")
    jasur.say(seller, "QULOQ", 3, "Ovozi yaxshi, lekin quloqqa kattaroq.")
    seller.take(jasur.order({"ATLAS": 1}, seller), "returned")
    seller.take(dilnoza.order({"KONS": 1}, seller, "card"), "cancelled")
    seller.take(dilnoza.order({"SHAMP": 1, "SOVUN-4": 1}, seller, "card"), "packed")
    seller.take(jasur.order({"LED-12": 6}, seller), "confirmed")
    aziz.order({"QAHVA": 1, "MEVA-1": 1}, seller, "card")
    jasur.order({"DAFTAR": 10}, seller)
    people["dilnoza"].phone_number = "+998901234567"
    seller.trust(people["dilnoza"], Decimal(1_000_000))
    seller.take(dilnoza.order({"UN-5": 2, "KIR-3": 1}, seller, "credit"), "shipped")


class _Seller:
    """The owner at work."""

    def __init__(self, owner_id: int, workspace_id: int) -> None:
        self._owner, self._workspace = owner_id, workspace_id
        self.shelf: dict[str, int] = {}

    def open(self) -> None:
        """Say who we are, and put everything on the shelf."""
        self.do(
            shop.edit_shop,
            about="Uy uchun kerakli hamma narsa, shu kuni yetkazamiz.",
            address="Toshkent, Chilonzor 5-mavze, 12",
        )
        for name, description, category, thousands, stock, sku in GOODS:
            product = self.do(
                shop.create_product, name=name, description=description, category=category,
                price=Decimal(thousands * 1000), stock=stock, sku=sku,
            )  # fmt: skip
            picture = draw(name[0], *COLOURS[category])
            self.do(shop.add_image, product_id=product.id, data=picture)
            self.shelf[sku] = product.id

    def take(self, order: OrderView, status: str) -> None:
        """Take an order as far as this."""
        steps = (status,) if status == "cancelled" else STEPS[: STEPS.index(status) + 1]
        for step in steps:
            self.do(shop.change_status, order_id=order.id, status=step)

    def trust(self, buyer: User, limit: Decimal) -> None:
        """Let somebody take on credit."""
        self.do(shop.set_credit, user_id=buyer.id, credit=True, limit=limit)

    def do(self, operation: Callable[..., Any], **values: Any) -> Any:
        """As the owner of this shop."""
        return operation(actor_id=self._owner, workspace_id=self._workspace, **values)


@dataclass(frozen=True)
class _Buyer:
    """Somebody who orders, and says how it was."""

    user: User

    def order(self, wanted: dict[str, int], seller: _Seller, payment: str = "cash") -> OrderView:
        """Put these into the cart and confirm it."""
        cart_id = shop.open_cart(user_id=self.user.id)
        for sku, quantity in wanted.items():
            shop.add_item(cart_id=cart_id, product_id=seller.shelf[sku], quantity=quantity)
        asked = Wanted(
            payment=payment, key=f"demo-{payment}-{'-'.join(wanted)}",
            card=self._card() if payment == "card" else None,
            address="Toshkent, Yunusobod 4, 17-uy",
        )  # fmt: skip
        return shop.place_orders(actor_id=self.user.id, wanted=asked).orders[0]

    def say(self, seller: _Seller, sku: str, rating: int, text: str, reply: str = "") -> None:
        """Review what was delivered; the shop may answer."""
        made = shop.review_product(
            actor_id=self.user.id, product_id=seller.shelf[sku], rating=rating, text=text
        )
        if reply:
            seller.do(shop.reply_to_review, review_id=made.id, reply=reply)

    def _card(self) -> UUID:
        card = find_payout_card(self.user.id)
        assert card is not None  # noqa: S101  # the wallet is seeded before
        return card.id


def draw(letter: str, light: str, dark: str) -> bytes:
    """A picture that stands for a product: its first letter on a shade of its category."""
    shade = Image.linear_gradient("L").resize((SIDE, SIDE))
    picture = Image.composite(
        Image.new("RGB", shade.size, dark), Image.new("RGB", shade.size, light), shade
    )
    font = ImageFont.load_default(size=SIDE // 2)
    middle = (SIDE / 2, SIDE / 2)
    ImageDraw.Draw(picture).text(middle, letter.upper(), "white", font, anchor="mm")
    data = BytesIO()
    picture.save(data, "PNG", compress_level=1)
    return data.getvalue()
