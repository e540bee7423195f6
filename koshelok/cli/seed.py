"""Demo data: a year of records, a shop with debtors, cards, transfers: no page is empty."""

import random
from datetime import date, timedelta
from decimal import Decimal

from koshelok.cli.seed_budgets import seed_budgets
from koshelok.cli.seed_debtors import seed_debtors
from koshelok.cli.seed_shop import seed_shop
from koshelok.cli.seed_wallet import seed_wallet
from koshelok.core.clock import today
from koshelok.finance import operations as finance
from koshelok.finance.queries import list_categories
from koshelok.identity import operations as identity
from koshelok.identity.queries import count_users
from koshelok.workspaces import operations as workspaces
from koshelok.workspaces.queries import list_memberships

DEMO_LOGINS = (
    ("malika", "koshelok-demo-1", "a year of records, a shop with its shelf and orders, a card"),
    ("aziz", "koshelok-demo-2", "an editor in Malika's shop, a card"),
    ("dilnoza", "koshelok-demo-4", "buys in Malika's shop: orders, reviews, credit, a card"),
    ("rustam", "koshelok-demo-3", "the administrator"),
)
PEOPLE = {
    "malika": "Malika Karimova",
    "aziz": "Aziz Rahimov",
    "dilnoza": "Dilnoza Yusupova",
    "jasur": "Jasur To'rayev",
}
DAYS = 365
HABITS: dict[str, tuple[int, int, int, tuple[str, ...]]] = {  # percent of days, thousands from, to
    "FOOD": (80, 15, 180, ("Korzinka", "Bozorlik", "Non va sut", "Choyxona", "Makro")),
    "TRANSPORT": (60, 2, 45, ("Taksi", "Metro", "Benzin")),
    "DATA": (4, 50, 120, ("Internet", "Telefon", "Beeline")),
    "MISCELLANEOUS": (15, 20, 400, ("Dorixona", "Sovg'a", "Kiyim", "Kitob")),
}
SALARY = Decimal(7_500_000)


def seed_demo() -> bool:
    """Make the demo people and their records; False when anybody is here already."""
    if count_users():
        return False
    passwords = {login: password for login, password, _ in DEMO_LOGINS}
    people = {
        login: identity.register_with_password(
            username=login, password=passwords.get(login, DEMO_LOGINS[0][1]), full_name=name,
            language="uz",
        )
        for login, name in PEOPLE.items()
    }  # fmt: skip
    people["dilnoza"].role = "PREMIUM"
    admin = identity.register_with_password(
        username="rustam", password=passwords["rustam"], full_name="Rustam Yo'ldoshev",
        language="uz",
    )  # fmt: skip
    admin.role = "ADMIN"
    malika, aziz = people["malika"], people["aziz"]
    own = list_memberships(malika.id)[0].workspace_id
    _record_a_year(malika.id, own)
    seed_budgets(actor_id=malika.id, workspace_id=own)
    shop = workspaces.open_workspace(
        actor_id=malika.id, name="Malika do'koni", kind="shop", language="uz"
    )
    workspaces.join(workspace_id=shop.workspace_id, user_id=aziz.id, role="editor")
    seed_debtors(owner_id=malika.id, cashier_id=aziz.id, workspace_id=shop.workspace_id)
    seed_wallet(admin, people)
    seed_shop(owner=malika, workspace_id=shop.workspace_id, people=people)
    return True


def _record_a_year(actor_id: int, workspace_id: int) -> None:
    dice = random.Random(7)  # noqa: S311  # the same demo every time
    by_code = {category.code: category.id for category in list_categories(workspace_id)}
    last = today()
    for back in range(DAYS, -1, -1):
        day = last - timedelta(days=back)
        if day.day == 5 or back == DAYS:
            _record(actor_id, workspace_id, by_code["SALARY"], SALARY, "Oylik", day)
        for code, (chance, low, high, notes) in HABITS.items():
            if dice.randrange(100) < chance:
                amount = Decimal(dice.randint(low, high)) * 1000
                _record(actor_id, workspace_id, by_code[code], amount, dice.choice(notes), day)


def _record(
    actor_id: int, workspace_id: int, category_id: int, amount: Decimal, comment: str, day: date
) -> None:
    finance.record_transaction(
        actor_id=actor_id,
        workspace_id=workspace_id,
        category_id=category_id,
        amount=amount,
        comment=comment,
        day=day,
    )
