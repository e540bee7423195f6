"""The categories that a new workspace starts with, in its first owner's language."""

from koshelok.finance.models import Type

DEFAULT_CATEGORIES: tuple[tuple[str, Type, dict[str, str]], ...] = (
    ("FOOD", Type.EXPENSE, {"uz": "Oziq-ovqat", "ru": "Продукты", "en": "Food"}),
    (
        "DATA",
        Type.EXPENSE,
        {"uz": "Internet va aloqa", "ru": "Интернет и связь", "en": "Internet and phone"},
    ),
    ("TRANSPORT", Type.EXPENSE, {"uz": "Transport", "ru": "Транспорт", "en": "Transport"}),
    ("MISCELLANEOUS", Type.EXPENSE, {"uz": "Boshqa", "ru": "Прочее", "en": "Other"}),
    ("SALARY", Type.INCOME, {"uz": "Ish haqi", "ru": "Зарплата", "en": "Salary"}),
    ("SAVINGS", Type.SAVING, {"uz": "Jamg'arma", "ru": "Сбережения", "en": "Savings"}),
)

# What transfers between cards are recorded under, made when a person opens a first card.
TRANSFER_CATEGORIES: dict[Type, tuple[str, dict[str, str]]] = {
    Type.EXPENSE: (
        "TRANSFER_OUT",
        {"uz": "Yuborilgan pul", "ru": "Отправленные переводы", "en": "Money sent"},
    ),
    Type.INCOME: (
        "TRANSFER_IN",
        {"uz": "Kelgan pul", "ru": "Полученные переводы", "en": "Money received"},
    ),
}

# What goods bought and sold in the shop are recorded under, made at the first of them.
SHOP_CATEGORIES: dict[Type, tuple[str, dict[str, str]]] = {
    Type.EXPENSE: ("SHOPPING", {"uz": "Xaridlar", "ru": "Покупки", "en": "Shopping"}),
    Type.INCOME: ("SALES", {"uz": "Savdo", "ru": "Продажи", "en": "Sales"}),
}
